/** Real runs of Debian's ZooKeeper, in containers and as plain processes, judged by its own claims and by a stronger one. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, missingTool } from '../../harness/testing/capabilities.ts'
import { run, temporaryFolder } from '../../harness/testing/command.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'

const SHORT = '--time-limit 30s --seed 3 --nemesis-opts interval=6s,duration=3s'

/**
 * Faults that restart servers and faults that interrupt their connections are kept apart: together they may show that ZooKeeper
 * 3.8 loses writes (ZOOKEEPER-4712, README).
 */
describeWith(missingLinuxRoot(), 'zookeeper', () => {
  it.concurrent('keeps linearizability in containers under kills, as measured', async () => {
    const played = await play(
      ['zookeeper', '--env', 'docker'],
      `-w register -n kill ${SHORT},kill.signals=SIGKILL+SIGTERM`,
    )
    expectKept(played)
    const { verdict, record } = played
    expect(verdict.verdicts[0]?.promise.text).toContain('read: linearizable')
    expect(verdict.faults.effective).toBeGreaterThan(2)
    expect(verdict.counts.ok).toBeGreaterThan(200)
    expect(summariesOf(played, 'kill')).toMatch(/gone by SIG(KILL|TERM)/)
    const roles = new Set(record.samples?.map(({ status }) => status?.role))
    expect([...roles]).toEqual(expect.arrayContaining(['leader', 'follower']))
  })

  it.concurrent('as plain processes, keeps its plain reads sequential, as it claims', async () => {
    using folder = temporaryFolder()
    const target = ['zookeeper', '--env', 'namespaces', '--target-opts', 'reads=plain']
    const flags = `-w register -n partition,pause ${SHORT}`.split(' ')
    const { verdict } = await run(folder.path, [...target, ...flags])
    expect(verdict.status, verdict.summary).toBe('valid')
    expect(verdict.verdicts[0]?.promise.text).toContain('read: sequential')
    expect(verdict.faults.effective).toBeGreaterThan(2)
    const agreement = verdict.verdicts.find(({ checker }) => checker === 'agreement')
    expect(agreement?.status, agreement?.summary).toBe('valid')
  })

  describeWith(missingTool('mvn', 'java'), 'from Maven', () => {
    it('keeps linearizability in a release of Maven', async () => {
      using folder = temporaryFolder()
      const target = ['zookeeper', '--env', 'namespaces', '--target-opts', 'version=3.9.5']
      const { verdict } = await run(folder.path, [...target, ...`-w register -n kill ${SHORT}`.split(' ')])
      expect(verdict.status, verdict.summary).toBe('valid')
      expect(JSON.stringify(verdict.verdicts[0]?.promise)).toContain('ZooKeeper 3.9 documentation')
      expect(verdict.faults.effective).toBeGreaterThan(1)
      expect(verdict.counts.ok).toBeGreaterThan(200)
    })
  })

  it.concurrent.each(['lease', 'lock'])(
    'grants a %s whose tokens increase while servers are killed',
    async (workload) => {
      using folder = temporaryFolder()
      const target = ['zookeeper', '--env', 'namespaces', '-w', workload]
      const { verdict } = await run(folder.path, [
        ...target,
        '-n',
        'kill',
        '--time-limit',
        '15s',
        '--seed',
        '4',
      ])
      expect(verdict.status, verdict.summary).toBe('valid')
      expect(verdict.counts.ok).toBeGreaterThan(50)
    },
  )
})
