/** Folders of shards as `suite` leaves them, and what `merge` makes of them. No cluster is needed. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Case } from '../../campaign/cases.ts'
import type { OutcomeName } from '../../campaign/outcome.ts'
import { type CaseResult, countsOf, type SuiteResult } from '../../campaign/result.ts'
import { caseResult } from '../../testing/campaigns.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { appendProgress, beginCampaign, readSuite, writeSuite } from '../suite/files.ts'
import { readCorpus, readKnown, writeKnown, writeMemory } from '../suite/memory.ts'
import { rendered } from '../suite/rendered.ts'
import { mergeCommand } from './merge.ts'

const caseOf = (name: string): Case => ({ name, choice: { target: 'raft' }, seed: 1, expected: [] })

interface Made {
  readonly shard: string
  readonly results: readonly (readonly [name: string, outcome: OutcomeName, fingerprint?: string])[]
  readonly suite?: string
  readonly hasEnded?: boolean
  /** Cases that were not run. */
  readonly left?: readonly string[]
  readonly remembered?: string
}

/** A folder of results with one campaign, as if copied from another machine. */
const shardIn = (folder: string, made: Made): string => {
  const { shard, results, suite = 'nightly', hasEnded = true, left = [] } = made
  const out = path.join(folder, shard.replace('/', '-'))
  const startedAt = `2026-01-02T00:0${shard[0]}:00.000Z`
  const cases = [...results.map(([name]) => caseOf(name)), ...left.map(caseOf)].map((each) =>
    made.remembered === undefined ? each : { ...each, remembered: made.remembered },
  )
  const dir = beginCampaign({ suite, out, cases, startedAt, shard })
  const planFile = path.join(dir, 'plan.json')
  const elsewhere = fs.readFileSync(planFile, 'utf8').replace(JSON.stringify(out), '"/elsewhere/results"')
  fs.writeFileSync(planFile, elsewhere)
  const stored = results.map(([name, outcome, fingerprint]): CaseResult => {
    fs.mkdirSync(path.join(out, 'group', name), { recursive: true })
    const findings = fingerprint === undefined ? [] : [{ fingerprint, sentence: `<b>${fingerprint}</b>` }]
    return caseResult({
      ...{ name, command: `faultline run ${name}`, outcome, why: 'why', findings, startedAt },
      runDir: `/elsewhere/results/group/${name}`,
      exercise: { during: {}, nemeses: [] },
    })
  })
  for (const each of stored) appendProgress(dir, each)
  if (!hasEnded) return out
  const known = readKnown(out)
  const result: SuiteResult = {
    ...{ suite, startedAt, endedAt: '2026-01-02T01:00:00.000Z', exitCode: 0, counts: countsOf(stored) },
    results: stored,
    notRun: { cases: left, why: left.length === 0 ? '' : 'the budget was used up' },
    findings: stored.flatMap(({ findings, runDir }) =>
      findings.map((each) => ({
        ...each,
        runs: [runDir as string],
        knownSince: known[each.fingerprint] ?? null,
      })),
    ),
    advice: ['raft also answers x.', `only ${shard}`],
  }
  writeSuite(dir, result, rendered(result, dir))
  return out
}

const onlyCampaign = (out: string): string => {
  const suite = path.join(out, 'suites', 'nightly')
  return path.join(suite, fs.readdirSync(suite)[0] as string)
}

describe('faultline merge', () => {
  it('makes one suite of two shards, with links to the runs where they are now', async () => {
    using folder = temporaryFolder()
    const [a, b] = [
      shardIn(folder.path, {
        shard: '1/2',
        results: [
          ['one', 'passed'],
          ['two', 'undecided'],
        ],
      }),
      shardIn(folder.path, { shard: '2/2', results: [['three', 'violation', 'f']], left: ['four'] }),
    ]
    const out = path.join(folder.path, 'merged')
    expect(await mergeCommand([a, onlyCampaign(b)], { out })).toBe(1)
    const dir = onlyCampaign(out)
    const merged = readSuite(dir)
    expect(merged?.counts).toMatchObject({ passed: 1, undecided: 1, violation: 1 })
    expect(merged?.notRun).toEqual({ cases: ['four'], why: 'the budget was used up' })
    expect(merged?.findings).toMatchObject([{ fingerprint: 'f', knownSince: null }])
    expect(merged?.results[2]?.runDir).toBe(path.join(b, 'group', 'three'))
    expect(merged?.advice).toEqual(['raft also answers x.'])
    expect(merged?.notes).toBeUndefined()
    expect(fs.readFileSync(path.join(dir, 'junit.xml'), 'utf8')).toContain(
      'tests="3" failures="1" errors="1"',
    )
    const page = fs.readFileSync(path.join(dir, 'index.html'), 'utf8')
    expect(page).toContain('href="../../../../2-2/group/three/report.html"')
    expect(page).not.toContain('<b>f</b>')
    expect(fs.readFileSync(path.join(dir, 'summary.md'), 'utf8')).toContain('1 not run')
  })

  it.each([
    ['missing', { shard: '3/3', results: [['two', 'passed']] }],
    ['not at its end', { shard: '2/2', results: [['two', 'passed']], hasEnded: false, left: ['x'] }],
  ] as const)('a shard that is %s alone is no pass', async (_, made) => {
    using folder = temporaryFolder()
    const count = made.shard.slice(2)
    const a = shardIn(folder.path, { shard: `1/${count}`, results: [['one', 'passed']] })
    const b = shardIn(folder.path, made)
    expect(await mergeCommand([a, b], { out: path.join(folder.path, 'merged') })).toBe(254)
  })

  it('a shard that is missing, or did not end, is no pass', async () => {
    using folder = temporaryFolder()
    const a = shardIn(folder.path, { shard: '1/3', results: [['one', 'passed']] })
    const b = shardIn(folder.path, {
      shard: '3/3',
      results: [['two', 'passed']],
      hasEnded: false,
      left: ['x'],
    })
    const out = path.join(folder.path, 'merged')
    expect(await mergeCommand([a, b], { out })).toBe(254)
    const merged = readSuite(onlyCampaign(out))
    expect(merged?.notes?.[0]).toContain('Nothing was given of shard 2/3')
    expect(merged?.notes?.[1]).toMatch(/did not end: 1 of its cases were not run/)
    expect(merged?.notRun.cases).toEqual(['x --seed 1'])
    expect(fs.readFileSync(path.join(onlyCampaign(out), 'summary.md'), 'utf8')).toContain('shard 2/3')
  })

  it.each([
    [
      'the same case twice',
      { shard: '2/2', results: [['one', 'passed']] },
      'The same case is in two shards: one --seed 1, in',
    ],
    ['another suite', { shard: '2/2', results: [['two', 'passed']], suite: 'weekly' }, 'different suites'],
    ['another division', { shard: '2/5', results: [['two', 'passed']] }, 'different divisions: 1/2, 2/5'],
  ] as const)('refuses %s', async (_, made, sentence) => {
    using folder = temporaryFolder()
    const a = shardIn(folder.path, { shard: '1/2', results: [['one', 'passed']] })
    const b = shardIn(path.join(folder.path, 'b'), made)
    const out = path.join(folder.path, 'merged')
    await expect(mergeCommand([a, b], { out })).rejects.toThrow(sentence)
    await expect(mergeCommand([a, a], { out })).rejects.toThrow('named twice')
    await expect(mergeCommand([folder.path], { out })).rejects.toThrow('no folder of a suite')
    expect(fs.existsSync(out)).toBe(false)
  })

  it('says that the shards were run by different versions', async () => {
    using folder = temporaryFolder()
    const a = shardIn(folder.path, { shard: '1/2', results: [['one', 'passed']] })
    const b = shardIn(folder.path, { shard: '2/2', results: [['two', 'passed']] })
    const file = path.join(onlyCampaign(b), 'suite.json')
    fs.writeFileSync(
      file,
      fs.readFileSync(file, 'utf8').replace(/"faultline": "[^"]*"/, '"faultline": "9.9.9"'),
    )
    const out = path.join(folder.path, 'merged')
    expect(await mergeCommand([a, b], { out })).toBe(0)
    expect(readSuite(onlyCampaign(out))?.notes).toMatchObject([expect.stringContaining('9.9.9')])
  })

  it('joins what the shards remember: known since the earliest, and no plan that has passed often enough', async () => {
    using folder = temporaryFolder()
    const outs = ['1-2', '2-2'].map((name) => path.join(folder.path, name))
    const run = path.join(folder.path, 'run')
    fs.mkdirSync(run)
    const entry = {
      id: '',
      suite: 'nightly',
      name: 'old',
      choice: { target: 'raft' },
      seed: 1,
      expected: [],
      fingerprints: ['f'],
      passes: 0,
    }
    for (const out of outs) writeMemory(out, [], { kept: [], added: [{ entry, runDir: run }] })
    const id = readCorpus(outs[0] as string)[0]?.id as string
    writeMemory(outs[1] as string, [], {
      kept: [],
      added: [{ entry: { ...entry, name: 'new' }, runDir: run }],
    })
    writeKnown(outs[0] as string, { f: '2026-01-01' })
    writeKnown(outs[1] as string, { f: '2025-01-01', g: '2026-01-02' })
    // The first shard was to repeat it, and has dropped it.
    fs.rmSync(path.join(outs[0] as string, 'corpus', id), { recursive: true })
    const a = shardIn(folder.path, { shard: '1/2', results: [['one', 'passed']], remembered: id })
    const b = shardIn(folder.path, { shard: '2/2', results: [['two', 'violation', 'g']] })
    const out = path.join(folder.path, 'merged')
    await mergeCommand([a, b], { out })
    expect(readKnown(out)).toEqual({ f: '2025-01-01', g: '2026-01-02' })
    expect(readCorpus(out).map(({ name }) => name)).toEqual(['new'])
  })
})
