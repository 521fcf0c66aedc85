/** Real runs of Debian's etcd, in containers and as plain processes, judged by its own claims and by stronger ones. */
import { expect, it } from 'vitest'
import { loadRun } from '../../harness/store/run-store.ts'
import { describeWith, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { type FinishedRun, faultline, run, temporaryFolder } from '../../harness/testing/command.ts'
import { hostBaseline, leftovers } from '../../harness/testing/host.ts'

const FAULTS = ['-w', 'register', '-n', 'partition,kill,pause', '--time-limit', '60s', '--seed', '7']

const SERIALIZABLE = ['--target-opts', 'reads=serializable']

const expectHealthy = ({ verdict, exitCode }: FinishedRun): void => {
  expect(verdict.status, verdict.summary).toBe('valid')
  expect(exitCode).toBe(0)
  expect(verdict.faults.bit).toBeGreaterThan(10)
  expect(verdict.counts.ok).toBeGreaterThan(1000)
  const { record } = loadRun(verdict.runDir)
  expect(record.facts?.leaderChanges.length).toBeGreaterThanOrEqual(3)
  expect(verdict.verdicts[0]?.promise.text).toContain('read: linearizable')
}

describeWith(missingLinuxRoot(), 'etcd', () => {
  it('keeps linearizability in Docker containers under partitions, kills and pauses', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    expectHealthy(await run(folder.path, ['etcd', '--env', 'docker', ...FAULTS]))
    expect(await leftovers(before)).toEqual([])
  })

  it('and as plain processes in namespaces', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    expectHealthy(await run(folder.path, ['etcd', '--env', 'namespaces', ...FAULTS]))
    expect(await leftovers(before)).toEqual([])
  })

  it('serializable reads: as etcd claims them', async () => {
    using folder = temporaryFolder()
    const { verdict } = await run(folder.path, [
      'etcd',
      '--env',
      'docker',
      ...FAULTS,
      '--time-limit',
      '25s',
      ...SERIALIZABLE,
    ])
    expect(verdict.status, verdict.summary).toBe('valid')
    expect(verdict.verdicts[0]?.promise.text).toContain('read: consistent-prefix')
  })

  it('serializable reads: not linearizable, with a stale read shown; judged again offline all the same', async () => {
    using folder = temporaryFolder()
    const { verdict, exitCode } = await run(folder.path, [
      'etcd',
      '--env',
      'namespaces',
      ...FAULTS,
      ...SERIALIZABLE,
      '--expect',
      'linearizable',
    ])
    expect(verdict.status).toBe('invalid')
    expect(exitCode).toBe(1)
    // The anomaly is named where the values prove it. The evidence draws what was read in any case.
    expect(`${verdict.summary}\n${verdict.verdicts[0]?.evidence[0]?.text}`).toMatch(/Stale read|read -> /)
    expect(verdict.verdicts[0]?.evidence[0]?.text).toContain('cannot be placed')
    const again = await faultline(['check', verdict.runDir, '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'invalid', summary: verdict.summary })
    const exported = await faultline(['export', verdict.runDir, '--format', 'edn'])
    expect(exported.stdout.split('\n').length).toBeGreaterThan(1000)
  })
})
