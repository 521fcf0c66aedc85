/** Real runs of Debian's etcd, in containers and as plain processes, judged by its own claims and by stronger ones. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { RunSpec } from '../../harness/api/record.ts'
import { FILES, loadRun } from '../../harness/store/run-store.ts'
import { describeWith, isFull, missingLinuxRoot, missingTool } from '../../harness/testing/capabilities.ts'
import { faultline, run, temporaryFolder } from '../../harness/testing/command.ts'
import { hostBaseline } from '../../harness/testing/host.ts'
import { leftovers } from '../../harness/testing/leftovers.ts'
import { ETCD, expectKept, type Played, play, summariesOf } from '../../harness/testing/play.ts'

const FAULTS = '-w register -n partition,kill,pause --time-limit 25s --seed 3'
const OPTIONS = 'interval=2500ms,duration=1200ms'

const expectManyFaults = ({ verdict, record }: Pick<Played, 'verdict' | 'record'>): void => {
  expect(verdict.faults.effective).toBeGreaterThan(10)
  expect(verdict.counts.ok).toBeGreaterThan(300)
  expect(record.facts?.leaderChanges.length).toBeGreaterThanOrEqual(3)
}

/** The record says that more was expected: as if the run had been started with --expect. */
const expectMore = (runDir: string, promise: RunSpec['expect']): void => {
  const file = path.join(runDir, FILES.run)
  const written = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly spec: RunSpec }
  fs.writeFileSync(file, JSON.stringify({ ...written, spec: { ...written.spec, expect: promise } }))
}

describeWith(missingLinuxRoot(), 'etcd', () => {
  it('keeps linearizability in containers under partitions, kills and pauses, as measured', async () => {
    const played = await play(
      ETCD,
      `${FAULTS} --nemesis-opts ${OPTIONS},kill.signals=SIGKILL+SIGTERM,partition.shapes=one+leader`,
    )
    expectKept(played)
    expect(played.exitCode).toBe(0)
    expect(played.verdict.verdicts[0]?.promise.text).toContain('read: linearizable')
    expectManyFaults(played)
    const killed = summariesOf(played, 'kill')
    expect(killed).toMatch(/pid \d+.* of n\d.* gone by SIGKILL \(SIGKILL\); running again as pid \d+/)
    expect(killed).toMatch(/gone by SIGTERM \((status \d+|SIGTERM)/)
    expect(summariesOf(played, 'partition')).toMatch(
      /[1-9]\d* packets dropped .*probed: 4 of 4 cut directions silent, 2 of 2 others open/,
    )
  })

  it('as plain processes, reads serializable: as it claims them; judged offline for more, a stale read is shown', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const target = ['etcd', '--env', 'namespaces', '--target-opts', 'reads=serializable']
    const flags = [...FAULTS.split(' '), '--nemesis-opts', OPTIONS]
    const { verdict } = await run(folder.path, [...target, ...flags])
    expect(verdict.status, verdict.summary).toBe('valid')
    expect(verdict.verdicts[0]?.promise.text).toContain('read: consistent-prefix')
    expectManyFaults({ verdict, record: loadRun(verdict.runDir).record })
    expectMore(verdict.runDir, 'linearizable')
    const again = await faultline(['check', verdict.runDir, '--json'])
    const judged = JSON.parse(again.stdout) as typeof verdict
    expect(judged.status).toBe('invalid')
    expect(again.exitCode).toBe(1)
    // The anomaly is named where the values prove it. The evidence draws what was read in any case.
    expect(`${judged.summary}\n${judged.verdicts[0]?.evidence[0]?.text}`).toMatch(/Stale read|read -> /)
    expect(judged.verdicts[0]?.evidence[0]?.text).toContain('cannot be placed')
    const exported = await faultline(['export', verdict.runDir, '--format', 'edn'])
    expect(exported.stdout.split('\n').length).toBeGreaterThan(600)
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  const watched = async (version: string) => {
    using folder = temporaryFolder()
    const options = [
      '--target-opts',
      `version=${version},compaction=often`,
      '--time-limit',
      '20s',
      '--seed',
      '1',
    ]
    const { verdict } = await run(folder.path, ['etcd', '--env', 'namespaces', '-w', 'watch', ...options])
    return verdict
  }

  describeWith(missingTool('pip3'), 'from PyPI', () => {
    it('of another version runs in containers too, and its members agree', async () => {
      using folder = temporaryFolder()
      const options = ['--target-opts', 'version=3.5.1', '-n', 'kill', '--time-limit', '10s', '--seed', '1']
      const { verdict } = await run(folder.path, ['etcd', '--env', 'docker', '-w', 'register', ...options])
      expect(verdict.status, verdict.summary).toBe('valid')
      const { samples } = loadRun(verdict.runDir).record
      expect(new Set(samples?.flatMap(({ status }) => status?.version ?? []))).toEqual(new Set(['3.5.1']))
      const agreement = verdict.verdicts.find(({ checker }) => checker === 'agreement')
      expect(agreement?.status).toBe('valid')
      expect(agreement?.details.compared).toBeGreaterThan(0)
    })

    // The corpus has this entry too.
    it.runIf(isFull)(
      'loses a deletion at the compacted revision where etcd is known to: its bug 18089',
      async () => {
        const verdict = await watched('3.5.1')
        expect(verdict.status, verdict.summary).toBe('invalid')
        expect(
          verdict.verdicts.filter(({ status }) => status === 'invalid').map(({ checker }) => checker),
        ).toEqual(['watch'])
        expect(verdict.summary).toMatch(/^Missed \(\d+\) in/)
      },
    )
  })

  describeWith(missingTool('go'), 'built with Go', () => {
    it.runIf(isFull)('loses none where that is repaired', async () => {
      const verdict = await watched('3.5.16')
      expect(verdict.status, verdict.summary).toBe('valid')
    })
  })
})
