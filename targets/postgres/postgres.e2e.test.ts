/** Real runs of Debian's PostgreSQL with Patroni, in containers and as plain processes, judged by its own claims. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { RunSpec } from '../../harness/api/record.ts'
import { FILES } from '../../harness/store/run-store.ts'
import { describeWith, isFull, missingLinuxRoot, missingTool } from '../../harness/testing/capabilities.ts'
import { faultline, run, temporaryFolder } from '../../harness/testing/command.ts'
import { hostBaseline } from '../../harness/testing/host.ts'
import { leftovers } from '../../harness/testing/leftovers.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'

/** The record says that more was expected: as if the run had been started with --expect. */
const expectMore = (runDir: string, promise: RunSpec['expect']): void => {
  const file = path.join(runDir, FILES.run)
  const written = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly spec: RunSpec }
  fs.writeFileSync(file, JSON.stringify({ ...written, spec: { ...written.spec, expect: promise } }))
}

describeWith(missingLinuxRoot(), 'PostgreSQL with Patroni', () => {
  it('loses nothing in containers while the primary is cut off and killed, and fails over', async () => {
    const played = await play(
      ['postgres', '--env', 'docker'],
      // A failover takes 10 to 20 s, and the cluster has to serve for a while between two of them.
      '-w register -n partition,kill --time-limit 60s --seed 3 --nemesis-opts interval=22s,duration=10s,kill.victims=leader,partition.shapes=leader',
    )
    expectKept(played)
    expect(played.verdict.verdicts[0]?.promise.text).toContain('read: linearizable')
    expect(played.verdict.counts.ok).toBeGreaterThan(300)
    expect(played.record.facts?.leaderChanges.length).toBeGreaterThanOrEqual(1)
    expect(summariesOf(played, 'kill')).toMatch(/gone by SIGKILL .*running again as pid/)
  })

  it('as plain processes, reads at standbys: as it claims them; judged offline for more, they are stale', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const target = ['postgres', '--env', 'namespaces', '--target-opts', 'reads=standby,synchronous=strict']
    // A standby that is cut off from the primary answers what it has.
    const flags =
      '-w register -n partition --time-limit 20s --seed 1 --nemesis-opts shapes=one,interval=7s,duration=4s'
    const { verdict } = await run(folder.path, [...target, ...flags.split(' ')])
    expect(verdict.status, verdict.summary).toBe('valid')
    expect(verdict.verdicts[0]?.promise.text).toContain('read: eventual')
    expect(verdict.counts.ok).toBeGreaterThan(300)
    expectMore(verdict.runDir, 'linearizable')
    const again = await faultline(['check', verdict.runDir, '--json'])
    expect(again.exitCode).toBe(1)
    expect((JSON.parse(again.stdout) as typeof verdict).status).toBe('invalid')
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  describeWith(missingTool('mvn', 'java'), 'of npm and of Maven', () => {
    it.each(isFull ? ['18.4', '12.3'] : ['18.4'])(
      'in version %s, alone, loses nothing that was acknowledged',
      async (version) => {
        using folder = temporaryFolder()
        const before = hostBaseline()
        const target = [
          'postgres',
          '--env',
          'namespaces',
          '--nodes',
          '1',
          '--target-opts',
          `version=${version}`,
        ]
        const flags =
          '-w register -n kill,disk --plan steady --time-limit 30s --seed 3 --nemesis-opts interval=4s,duration=1s,disk.modes=power-loss'
        const { verdict } = await run(folder.path, [...target, ...flags.split(' ')])
        expect(verdict.status, verdict.summary).toBe('valid')
        expect(verdict.verdicts[0]?.promise.text).toContain('read: linearizable')
        expect(verdict.faults.effective).toBeGreaterThan(1)
        expect(verdict.counts.ok).toBeGreaterThan(100)
        expect(await leftovers(before, folder.path)).toEqual([])
      },
    )
  })
})
