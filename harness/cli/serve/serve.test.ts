import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunSpec } from '../../api/record.ts'
import { findingsOf } from '../../findings/findings.ts'
import { writeOnlineState } from '../../store/online-file.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { type Incident, staleRead, vacuousRun, validRun } from '../../testing/incidents.ts'
import { storeRun } from '../../testing/stored-runs.ts'
import { verdictOf } from '../../testing/verdicts.ts'
import { type ComparedRun, compare } from './compare.ts'
import { contentType, fileOf, filesOf, strangerIn } from './files.ts'
import { Live } from './live.ts'
import { Runs } from './runs.ts'

const compared = ({ record, verdict }: Incident): ComparedRun => ({
  faultline: record.faultline ?? '0.0.0',
  spec: record.spec as RunSpec,
  facts: record.facts,
  verdict,
  findings: findingsOf(record, verdict),
})

describe('the list of runs', () => {
  it('tells the state of each, the latest first', async () => {
    using folder = temporaryFolder()
    const valid = await validRun()
    storeRun(folder.path, valid, { name: 'a/20260101T000000-1' })
    storeRun(folder.path, await staleRead(), { name: 'a/20260102T000000-1' })
    storeRun(folder.path, valid, { name: 'b/20260103T000000-1', isJudged: false })
    storeRun(folder.path, valid, { name: 'b/20260104T000000-1', isJudged: false, isOver: false })
    fs.mkdirSync(path.join(folder.path, 'no run/here'), { recursive: true })
    const runs = new Runs(folder.path, () => Date.now())
    expect(runs.list().map(({ name, state }) => [name, state])).toEqual([
      ['b/20260104T000000-1', 'running'],
      ['b/20260103T000000-1', 'not judged'],
      ['a/20260102T000000-1', 'invalid'],
      ['a/20260101T000000-1', 'valid'],
    ])
    const later = new Runs(folder.path, () => Date.now() + 60_000)
    expect(later.row('b/20260104T000000-1')?.state).toBe('not finished')
  })

  it('sees that a run has been judged since', async () => {
    using folder = temporaryFolder()
    const valid = await validRun()
    const how = { name: 'a/20260101T000000-1' }
    storeRun(folder.path, valid, { ...how, isJudged: false })
    const runs = new Runs(folder.path, () => Date.now())
    expect(runs.row(how.name)?.state).toBe('not judged')
    storeRun(folder.path, valid, how)
    expect(runs.row(how.name)).toMatchObject({ state: 'valid', operations: 300, seconds: 14, target: 'raft' })
  })

  it.each(['../x', 'a/..', '.', '', 'a', 'a/20260101T000000-1/nodes', 'link/20260101T000000-1'])(
    'has no run named %o',
    async (name) => {
      using outside = temporaryFolder()
      using folder = temporaryFolder()
      storeRun(outside.path, await validRun(), { name: 'b/20260101T000000-1' })
      storeRun(folder.path, await validRun(), { name: 'a/20260101T000000-1' })
      fs.symlinkSync(path.join(outside.path, 'b'), path.join(folder.path, 'link'))
      const runs = new Runs(folder.path, () => Date.now())
      expect(runs.folderOf(name)).toBeNull()
      expect(runs.row(name)).toBeNull()
    },
  )

  it('says what to do where there is no folder', () => {
    expect(() => new Runs('/nowhere/results', () => 0).list()).toThrow(
      /no folder \/nowhere\/results: faultline run/,
    )
  })
})

describe('the files of a run', () => {
  it('are regular files below its folder, by their names only', () => {
    using folder = temporaryFolder()
    fs.mkdirSync(path.join(folder.path, 'nodes/n1'), { recursive: true })
    fs.writeFileSync(path.join(folder.path, 'nodes/n1/server.log'), 'x')
    fs.writeFileSync(path.join(folder.path, 'run.json'), '{}')
    fs.symlinkSync('/etc/passwd', path.join(folder.path, 'passwd'))
    fs.symlinkSync('/etc', path.join(folder.path, 'etc'))
    expect(filesOf(folder.path).map(({ name }) => name)).toEqual(['nodes/n1/server.log', 'run.json'])
    for (const name of ['passwd', 'etc/passwd', '../x', '/etc/passwd', 'nodes', 'nodes/../run.json', ''])
      expect(fileOf(folder.path, name)).toBeNull()
    expect(fileOf(folder.path, 'run.json')).toBe(path.join(folder.path, 'run.json'))
  })

  it('are text, except the pages and the columns that faultline wrote', () => {
    for (const name of ['nodes/n1/evil.html', 'evil.html', 'nodes/report.html', 'history.jsonl'])
      expect(contentType(name)).toBe('text/plain; charset=utf-8')
    for (const name of ['report.html', 'linearizability-key-7.html'])
      expect(contentType(name)).toBe('text/html; charset=utf-8')
    expect(contentType('history.columns')).toBe('application/octet-stream')
  })
})

describe('a comparison', () => {
  it('names what is new and what is gone, by fingerprints', async () => {
    const [valid, stale] = [compared(await validRun()), compared(await staleRead())]
    const worse = compare(valid, stale)
    expect(worse.findings?.appeared.map(({ anomaly }) => anomaly)).toEqual(['stale read'])
    expect(worse.findings).toMatchObject({ gone: [], stayed: [] })
    const better = compare(stale, valid)
    expect(better.findings?.gone).toHaveLength(1)
    expect(better.findings?.appeared).toEqual([])
    expect(compare(stale, stale).findings?.stayed).toHaveLength(1)
    expect(compare({ ...valid, findings: null }, stale).findings).toBeNull()
  })

  it('puts figures side by side, and only the settings that differ', async () => {
    const before = compared(await validRun())
    const now = compared(await vacuousRun())
    const other = { ...now, spec: { ...now.spec, seed: 8 } }
    const { figures, settings } = compare(before, other)
    expect(settings).toEqual([{ what: 'seed', before: '7', now: '8' }])
    expect(figures).toContainEqual({ what: 'verdict', before: 'valid', now: 'unknown' })
    expect(figures).toContainEqual({ what: 'faults effective', before: '1 of 1', now: '0 of 1' })
    const told = (verdict: ComparedRun['verdict'], ms: number): ComparedRun['verdict'] => ({
      ...verdict,
      verdicts: [
        verdictOf({
          checker: 'statistics',
          details: { read: { latencyMs: { ok: { p50: ms, p99: 2 * ms } } }, odd: null },
        }),
      ],
    })
    const latencies = compare(
      { ...before, verdict: told(before.verdict, 20) },
      { ...other, verdict: told(now.verdict, 35.5) },
    )
    expect(latencies.figures).toContainEqual({
      what: 'latency of ok, read, 99th percentile',
      before: '40.00 ms',
      now: '71.00 ms',
    })
  })
})

describe('what lies in a results folder', () => {
  it('is no run if its run.json is a link or says nothing, and spoils no list', async () => {
    using folder = temporaryFolder()
    storeRun(folder.path, await validRun(), { name: 'a/20260101T000000-1' })
    const add = (time: string): string => {
      const dir = path.join(folder.path, 'b', time)
      fs.mkdirSync(dir, { recursive: true })
      return path.join(dir, 'run.json')
    }
    fs.symlinkSync(path.join(folder.path, 'a/20260101T000000-1/run.json'), add('20260102T000000-1'))
    for (const [at, text] of ['', '5', 'null', '{"spec":null}', '{"spec":{"nemeses":5}}'].entries())
      fs.writeFileSync(add(`20260103T00000${at}-1`), text)
    fs.writeFileSync(add('20260104T000000-1'), '{"spec":{"nemeses":[null],"bug":{}},"facts":null}')
    fs.writeFileSync(path.join(folder.path, 'b/20260104T000000-1/verdict.json'), '{"status":"fine"}')
    const rows = new Runs(folder.path, () => Date.now()).list()
    expect(rows.map(({ name, state }) => [name, state])).toEqual([
      ['b/20260104T000000-1', 'running'],
      ['a/20260101T000000-1', 'valid'],
    ])
  })

  it('is told if it is a link, at any depth', () => {
    using folder = temporaryFolder()
    fs.mkdirSync(path.join(folder.path, 'nodes/n1'), { recursive: true })
    fs.writeFileSync(path.join(folder.path, 'run.json'), '{}')
    expect(strangerIn(folder.path)).toBeNull()
    fs.symlinkSync('/etc/passwd', path.join(folder.path, 'nodes/n1/server.log'))
    expect(strangerIn(folder.path)).toBe('nodes/n1/server.log')
  })
})

describe('a run in progress', () => {
  it('tells errors by their masked messages, and leaves out lines that are no objects', () => {
    using folder = temporaryFolder()
    const error = (n: number): string =>
      JSON.stringify({ process: 1, type: 'info', timeNs: 1, error: `timeout ${n} ${'x'.repeat(1e5)}` })
    fs.writeFileSync(
      path.join(folder.path, 'history.jsonl'),
      [error(1), 'null', '5', '{', error(2), ''].join('\n'),
    )
    fs.writeFileSync(path.join(folder.path, 'samples.jsonl'), 'null\n{"node":"n10"}\n{"node":"n2"}\n')
    const state = new Live(folder.path).look()
    expect(state.errors).toEqual([[expect.stringMatching(/^timeout # x{100,200}$/), 2]])
    expect(state.nodes.map(([node]) => node)).toEqual(['n2', 'n10'])
  })

  it('tells its operations, faults and nodes so far', async () => {
    using folder = temporaryFolder()
    const dir = storeRun(folder.path, await staleRead(), {
      name: 'a/20260101T000000-1',
      isJudged: false,
      isOver: false,
    })
    const state = new Live(dir).look()
    expect(state.counts).toEqual({ ok: 299, fail: 0, info: 1 })
    expect(state.underWay).toBe(0)
    expect(state).toMatchObject({ faults: [], faultsSoFar: 1 })
    expect(state.nodes[0]).toEqual(['n1', 'leader, term 1'])
    expect(state.errors[0]?.[0]).toContain('timeout')
    expect(state.online).toBeNull()
    const following = [
      {
        ...{ checker: 'effects', taken: 7, things: 2, fingerprints: 3, broken: 0, isEnough: false },
        waits: 'lost effects',
      },
    ]
    const names = { withoutLog: ['sink'], whole: ['own'], atTheEnd: ['recovery'] }
    const online = { readToNs: 5, objects: null, windows: [], following, ...names, broken: [] }
    writeOnlineState(dir, online)
    expect(new Live(dir).look().online).toEqual(online)
  })
})
