/** Real runs of Debian's ZooKeeper, in containers and as plain processes, judged by its own claims and by a stronger one. */
import { expect, it } from 'vitest'
import { loadRun } from '../../harness/store/run-store.ts'
import { describeWith, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { run, temporaryFolder } from '../../harness/testing/command.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'

const FAULTS = '-n partition,kill,pause --time-limit 30s --seed 3'
const OPTIONS =
  '--nemesis-opts interval=5s,duration=3s,kill.signals=SIGKILL+SIGTERM,partition.shapes=one+leader'

describeWith(missingLinuxRoot(), 'zookeeper', () => {
  it('keeps linearizability in containers under partitions, kills and pauses, as measured', async () => {
    const played = await play(['zookeeper', '--env', 'docker'], `-w register ${FAULTS} ${OPTIONS}`)
    expectKept(played)
    const { verdict, record } = played
    expect(verdict.verdicts[0]?.promise.text).toContain('read: linearizable')
    expect(verdict.faults.effective).toBeGreaterThan(3)
    expect(verdict.counts.ok).toBeGreaterThan(300)
    const [agreement] = verdict.verdicts.filter(({ checker }) => checker === 'agreement')
    expect(agreement?.status, agreement?.summary).toBe('valid')
    expect(summariesOf(played, 'kill')).toMatch(/gone by SIGTERM \((status 143|SIGTERM)/)
    const roles = new Set(record.samples?.map(({ status }) => status?.role))
    expect([...roles]).toEqual(expect.arrayContaining(['leader', 'follower']))
  })

  it('as plain processes, reads plainly: sequentially as it claims, and not linearizably', async () => {
    using folder = temporaryFolder()
    const target = ['zookeeper', '--env', 'namespaces', '--target-opts', 'reads=plain']
    const flags = `-w register ${FAULTS} --nemesis-opts interval=5s,duration=3s`.split(' ')
    const { verdict } = await run(folder.path, [...target, ...flags])
    expect(verdict.status, verdict.summary).toBe('valid')
    expect(verdict.verdicts[0]?.promise.text).toContain('read: sequential')
    const { record } = loadRun(verdict.runDir)
    expect(record.claims?.consistency.register).toMatchObject({ read: 'sequential' })
  })

  it('serves a lease of a session that nobody keeps alive, and a lock that ends with its session', async () => {
    using folder = temporaryFolder()
    const flags = ['-n', 'kill', '--time-limit', '15s', '--seed', '4']
    for (const workload of ['lease', 'lock']) {
      const target = ['zookeeper', '--env', 'namespaces', '-w', workload]
      const { verdict } = await run(folder.path, [...target, ...flags])
      expect(verdict.status, verdict.summary).toBe('valid')
      expect(verdict.counts.ok).toBeGreaterThan(50)
    }
  })
})
