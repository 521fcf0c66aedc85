/** Debian's etcd for real, in containers and as plain processes, judged against its own claims and against more. */
import { expect, it } from 'vitest'
import { loadRun } from '../../harness/store/run-store.ts'
import { describeWith, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { type FinishedRun, faultline, run, temporaryFolder } from '../../harness/testing/command.ts'
import { hostBaseline, leftovers } from '../../harness/testing/host.ts'

const FAULTS = ['-w', 'register', '-n', 'partition,kill,pause', '--time-limit', '60s', '--seed', '7']

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

  it('serializable reads: as etcd claims them, but not linearizable', async () => {
    using folder = temporaryFolder()
    const options = 'shapes=one+leader,direction=two-way,interval=4s,duration=3s'
    const args = [
      'etcd',
      '--env',
      'namespaces',
      '-n',
      'partition',
      '--nemesis-opts',
      options,
      '--target-opts',
      'reads=serializable',
      '--time-limit',
      '20s',
      '--seed',
      '7',
    ]
    const claimed = await run(folder.path, args)
    expect(claimed.verdict.status, claimed.verdict.summary).toBe('valid')
    expect(claimed.verdict.verdicts[0]?.promise.text).toContain('read: consistent-prefix')
    const expected = await run(folder.path, [...args, '--expect', 'linearizable'])
    expect(expected.exitCode).toBe(1)
    expect(expected.verdict.status).toBe('invalid')
    expect(expected.verdict.summary).toContain('Stale read')
    // Judged again offline, the stored run says the same.
    const again = await faultline(['check', expected.verdict.runDir, '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'invalid', summary: expected.verdict.summary })
    const exported = await faultline(['export', expected.verdict.runDir, '--format', 'edn'])
    expect(exported.stdout.split('\n').length).toBeGreaterThan(1000)
  })
})
