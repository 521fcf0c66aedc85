/** Real runs of Debian's RabbitMQ, in containers and as plain processes, judged by its own claims. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { expectKept, type Played, play, summariesOf } from '../../harness/testing/play.ts'

/**
 * Two queues for the whole run. Nodes that are killed while a queue is being declared may leave it without a leader for good,
 * and then nothing is proved about it (README.md).
 */
const FAULTS =
  '-w queue --workload-opts per-key=1000000 -n kill,partition --time-limit 40s --seed 3 --nemesis-opts interval=9s,duration=3s'

const expectUsed = ({ verdict }: Played): void => {
  expect(verdict.faults.effective).toBeGreaterThanOrEqual(3)
  expect(verdict.counts.ok).toBeGreaterThan(300)
  expect(verdict.summary).toContain('2 drained queues')
}

describeWith(missingLinuxRoot(), 'RabbitMQ', () => {
  it('loses nothing of quorum queues in containers, under partitions and kills', async () => {
    const played = await play(['rabbitmq', '--env', 'docker'], FAULTS)
    expectKept(played)
    expectUsed(played)
    expect(played.verdict.verdicts[0]?.promise.text).toContain('enqueue: at-least-once')
    // A node is Erlang's virtual machine, its port programs, and epmd.
    expect(summariesOf(played, 'kill')).toMatch(
      /pid \d+, \d+.* of n\d.* gone by SIGKILL .*; running again as pid \d+/,
    )
  })

  it('loses nothing of mirrored queues as plain processes', async () => {
    const played = await play(['rabbitmq', '--env', 'namespaces', '--target-opts', 'queues=mirrored'], FAULTS)
    expectKept(played)
    expectUsed(played)
    expect(played.verdict.verdicts[0]?.promise.source).toContain('Classic Queue Mirroring')
  })
})
