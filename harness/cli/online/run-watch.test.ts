/** A run is judged by its files while they grow. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { workloads } from '../../../workloads/index.ts'
import type { Workload } from '../../api/workload.ts'
import { findingsOf } from '../../findings/findings.ts'
import { encodeOperation } from '../../history/jsonl.ts'
import { bareRecord, FILES } from '../../store/run-store.ts'
import { runOnBroken } from '../../testing/broken-machine.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { type Incident, staleRead, validRun } from '../../testing/incidents.ts'
import { storeRun } from '../../testing/stored-runs.ts'
import { RunWatch } from './run-watch.ts'

const STEP = 50

/** What is seen after each step of the run's growth. */
const grow = async (folder: string, { record, verdict }: Incident, workload: Workload) => {
  const early = { record: { ...record, history: record.history.slice(0, STEP) }, verdict }
  const dir = storeRun(folder, early, { name: 'a/20260101T000000-1', isJudged: false, isOver: false })
  const watch = new RunWatch(dir, workload)
  const seen = []
  for (let at = STEP; at < record.history.length; at += STEP) {
    seen.push(...(await watch.look()).map((each) => ({ ...each, at })))
    const lines = record.history.slice(at, at + STEP).map(encodeOperation)
    fs.appendFileSync(path.join(dir, FILES.history), lines.join(''))
  }
  seen.push(...(await watch.look()).map((each) => ({ ...each, at: record.history.length })))
  return { seen, state: watch.state }
}

describe('a run that is judged while it goes on', () => {
  it('is seen to be broken, once, with the fingerprint that the verdict gives it', async () => {
    using folder = temporaryFolder()
    const incident = await staleRead()
    const { seen, state } = await grow(folder.path, incident, workloads.register as Workload)
    const findings = findingsOf(incident.record, incident.verdict).filter(({ excuse }) => excuse === null)
    expect(findings.map(({ fingerprint }) => fingerprint)).toContain(seen[0]?.fingerprint)
    expect(new Set(seen.map(({ fingerprint }) => fingerprint)).size).toBe(seen.length)
    expect(seen[0]?.seenAtNs).toBeGreaterThanOrEqual(seen[0]?.firstAtNs ?? 0)
    expect(state).toMatchObject({ objects: { broken: 1 }, broken: [{ fingerprint: seen[0]?.fingerprint }] })
    expect(state.readToNs).toBe(incident.record.history.at(-1)?.timeNs)
  })

  it('by windows says so, and what of it is held', async () => {
    using folder = temporaryFolder()
    const workload = workloads['list-append'] as Workload
    const { verdict, record } = await validRun()
    const { history, claims } = runOnBroken(workload, 'lost').record
    const spec = { ...record.spec, target: 'raft', workload: workload.name }
    const { pairs } = bareRecord(history)
    const broken = { ...record, history, pairs, spec, claims } as typeof record
    const { seen, state } = await grow(folder.path, { verdict, record: broken }, workload)
    expect(seen.length).toBeGreaterThan(0)
    expect(seen[0]?.at).toBeLessThan(history.length)
    expect(state).toMatchObject({ objects: null, windows: [{ checker: 'transactions', most: 20_000 }] })
    expect(state.windows[0]?.broken).toBeGreaterThan(0)
    expect(state.whole).not.toContain('transactions')
  })

  it('that keeps its promises shows nothing', async () => {
    using folder = temporaryFolder()
    const { seen, state } = await grow(folder.path, await validRun(), workloads.register as Workload)
    expect(seen).toEqual([])
    expect(state.objects?.broken).toBe(0)
    expect(state.objects?.underWay).toBeGreaterThan(0)
  })
})
