/** A run is judged by its files while they grow. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { workloads } from '../../../workloads/index.ts'
import type { Operation } from '../../api/history.ts'
import type { RunSpec, Sample } from '../../api/record.ts'
import type { Workload } from '../../api/workload.ts'
import { findingsOf } from '../../findings/findings.ts'
import { encodeOperation } from '../../history/jsonl.ts'
import { bareRecord, FILES } from '../../store/run-store.ts'
import { runOnBroken } from '../../testing/broken-machine.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { type Incident, staleRead, validRun } from '../../testing/incidents.ts'
import { madeUpEffects } from '../../testing/made-up-effects.ts'
import { storeRun } from '../../testing/stored-runs.ts'
import { SINK } from '../../vocabularies/effects.ts'
import { RunWatch } from './run-watch.ts'

const STEP = 50

/** What is seen after each step of the run's growth. */
const grow = async (folder: string, { record, verdict }: Incident, workload: Workload) => {
  const early = { record: { ...record, history: record.history.slice(0, STEP) }, verdict }
  const dir = storeRun(folder, early, { name: 'a/20260101T000000-1', isJudged: false, isOver: false })
  const watch = new RunWatch(dir, workload, () => null)
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

  it('by what services did says so once what was asked before that has been read', async () => {
    using folder = temporaryFolder()
    const workload = workloads.effects as Workload
    const { verdict, record } = await validRun()
    const run = madeUpEffects({ seed: 1, mode: 'deduplicating', wrong: 'phantom' })
    const spec = {
      ...record.spec,
      target: 'raft',
      workload: workload.name,
      expect: 'exactly-once',
    } as RunSpec
    const bare = { verdict, record: { ...record, spec, history: [], samples: [] } as typeof record }
    const dir = storeRun(folder.path, bare, { name: 'a/20260101T000000-1', isJudged: false, isOver: false })
    const log = path.join(folder.path, 'sink.jsonl')
    // The run began long ago, so that the history is behind, until its times are of now.
    const startedNs = process.hrtime.bigint() - BigInt(1e12)
    const watch = new RunWatch(dir, workload, () => ({ startedNs, services: { [SINK]: log } }))
    const write = (operation: Operation): void =>
      fs.appendFileSync(path.join(dir, FILES.history), encodeOperation(operation))
    for (const each of run) {
      if ('operation' in each) write(each.operation)
      if ('line' in each) fs.appendFileSync(log, `${JSON.stringify(each.line)}\n`)
    }
    expect([...(await watch.look()), ...(await watch.look())]).toEqual([])
    const index = run.filter((each) => 'operation' in each).length
    write({ index, timeNs: 2e12, process: 'nemesis', type: 'info', f: 'heal', value: null })
    const seen = await watch.look()
    expect(seen.map(({ checker }) => checker)).toEqual(['effects'])
    expect(seen[0]?.sentence).toContain('nobody')
    expect(watch.state).toMatchObject({ withoutLog: [], whole: [] })
    expect(watch.state.following.map(({ checker, broken }) => [checker, broken])).toContainEqual([
      'effects',
      1,
    ])
    expect(watch.state.atTheEnd).toContain('recovery')
  })

  it('by the log of a service that keeps none says that', async () => {
    using folder = temporaryFolder()
    const workload = workloads.effects as Workload
    const run = await validRun()
    const dir = storeRun(folder.path, run, { name: 'a/20260101T000000-1', isJudged: false, isOver: false })
    const watch = new RunWatch(dir, workload, () => ({ startedNs: 0n, services: {} }))
    expect(watch.state.withoutLog).toEqual([SINK])
  })

  it('by what nodes report says when they differ', async () => {
    using folder = temporaryFolder()
    const run = await validRun()
    const told = (timeNs: number, node: string, digest: string): Sample => ({
      ...{ timeNs, node },
      status: { role: 'follower', term: 1, digest, digestAt: 7 },
    })
    const dir = storeRun(folder.path, run, { name: 'a/20260101T000000-1', isJudged: false, isOver: false })
    const watch = new RunWatch(dir, workloads.register as Workload, () => null)
    const write = (sample: Sample): void =>
      fs.appendFileSync(path.join(dir, FILES.samples), `${JSON.stringify(sample)}\n`)
    write(told(1e12, 'n1', 'a'))
    expect(await watch.look()).toEqual([])
    write(told(1.1e12, 'n2', 'b'))
    expect((await watch.look()).map(({ checker }) => checker)).toEqual(['agreement'])
    expect(await watch.look()).toEqual([])
  })

  it('that keeps its promises shows nothing', async () => {
    using folder = temporaryFolder()
    const { seen, state } = await grow(folder.path, await validRun(), workloads.register as Workload)
    expect(seen).toEqual([])
    expect(state.objects?.broken).toBe(0)
    expect(state.objects?.underWay).toBeGreaterThan(0)
  })
})
