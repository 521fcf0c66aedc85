/**
 * `npm run bench:porcupine` measures how long each history takes: the median of several warm checks, without parsing
 * (except for the history of a million operations, where loading counts). It also measures the peak memory of a process
 * that loads and checks a history once, and how far limits are overrun.
 *
 * `--go FILE` (tab-separated: history, milliseconds; measured with Porcupine outside this project) adds the ratio.
 * `--fixtures FOLDER` adds histories of other people. `--huge` adds ten million operations.
 */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { check } from '../check.ts'
import { explain } from '../evidence/explain.ts'
import type { Illegal, Operation, Result } from '../model.ts'
import { type KeyValueInput, keyValue } from '../models/key-value.ts'
import { casRegister } from '../models/register.ts'
import { checkParallel } from '../parallel/check-parallel.ts'
import { endless, type Generated, generated, huge } from './cases.ts'
import { readColumns, writeColumns } from './files.ts'
import { type Fixture, loadFixtures } from './fixtures.ts'
import { generateColumns, toOperations } from './histories.ts'

const LIMITS = { timeMs: 60_000, memoryBytes: 4 * 2 ** 30 }
/** All checks of one history together take about this long, so that short ones are warm. */
const ROUNDS_MS = 2000
const MAX_ROUNDS = 2000

const { values } = parseArgs({
  options: {
    go: { type: 'string' },
    fixtures: { type: 'string', default: '../shared/fixtures' },
    huge: { type: 'boolean' },
    /** Runs a case from a file in its own process. */
    only: { type: 'string' },
    file: { type: 'string' },
    once: { type: 'boolean' },
    memory: { type: 'boolean' },
  },
})

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[times.length >> 1] as number

interface Measured {
  readonly verdict: string
  readonly ms: number
}

const measure = (run: () => { readonly verdict: string }): Measured => {
  const startMs = performance.now()
  let { verdict } = run()
  const rounds = Math.min(MAX_ROUNDS, Math.max(1, ROUNDS_MS / (performance.now() - startMs)))
  // The first half is for warming up.
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const roundMs = performance.now()
    ;({ verdict } = run())
    times.push(performance.now() - roundMs)
  }
  return { verdict, ms: median(times.slice(times.length >> 1)) }
}

const readGo = (file: string | undefined): ReadonlyMap<string, number> => {
  if (file === undefined) return new Map()
  const lines = fs.readFileSync(file, 'utf8').trim().split('\n')
  return new Map(lines.map((line) => line.split('\t')).map(([name, ms]) => [name as string, Number(ms)]))
}

const go = readGo(values.go)

const print = (name: string, operations: number, { verdict, ms }: Measured, mb: number): void => {
  const goMs = go.get(name)
  const columns = [
    name.padEnd(42),
    String(operations).padStart(9),
    verdict.padEnd(8),
    `${ms.toFixed(ms < 10 ? 3 : 0)} ms`.padStart(11),
    `${Math.round(operations / ms)} ops/ms`.padStart(14),
    `${mb} MB peak`.padStart(13),
    goMs === undefined ? '' : `Go ${goMs} ms, ratio ${(ms / goMs).toFixed(2)}`,
  ]
  process.stdout.write(`${columns.join('  ').trimEnd()}\n`)
}

const checkFixture = (fixture: Fixture): Result =>
  fixture.model === 'register'
    ? check(casRegister(null), fixture.operations, LIMITS)
    : check(keyValue, fixture.operations, LIMITS)

const explainStrings = (operations: readonly Operation<KeyValueInput, string>[]): Result => {
  const result = check(keyValue, operations, LIMITS)
  if (result.verdict === 'illegal') explain(keyValue, operations, result)
  return result
}

const benchFixtures = (folder: string): void => {
  const fixtures = loadFixtures(folder)
  let totalMs = 0
  for (const fixture of fixtures) {
    const measured = measure(() => checkFixture(fixture))
    print(fixture.name, fixture.operations.length, measured, peakMb())
    if (fixture.model === 'register') totalMs += measured.ms
  }
  if (fixtures.length > 0) process.stdout.write(`registers of fixtures in total: ${totalMs.toFixed(2)} ms\n`)
  for (const fixture of fixtures)
    if (fixture.model === 'key-value' && fixture.name.includes('bad'))
      print(
        `${fixture.name} with the explanation`,
        fixture.operations.length,
        measure(() => explainStrings(fixture.operations)),
        peakMb(),
      )
}

/** Its windows have so many states and open operations that a search takes longer than any limit here. */
const HARD_TO_EXPLAIN = {
  seed: 3,
  operations: 4000,
  clients: 30,
  values: 60,
  cas: 0.3,
  reads: 0.1,
  wrong: true,
} as const

const peakMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024)

const runGenerated = ({ form }: Generated, file: string): (() => Result) => {
  const model = casRegister(null)
  if (form === 'loaded') return () => check(model, readColumns(file), LIMITS)
  const columns = readColumns(file)
  const history = form === 'columns' ? columns : toOperations(columns)
  return () => check(model, history, LIMITS)
}

/** Runs two processes: one measures the time, one the peak memory. */
const benchApart = (bench: Generated): void => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'porcupine-bench-'))
  try {
    const file = path.join(folder, 'columns')
    writeColumns(file, generateColumns(bench.options))
    const run = (...more: string[]): string =>
      execFileSync(process.execPath, [import.meta.filename, '--only', bench.name, '--file', file, ...more], {
        encoding: 'utf8',
      })
    const measured = JSON.parse(run()) as Measured
    print(bench.name, bench.options.operations, measured, Number(run('--once')))
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** How far limits are overrun if there is no answer in reasonable time. */
const benchLimits = async (): Promise<void> => {
  const operations = endless(60)
  const module = new URL('../models/key-value.ts', import.meta.url).href
  const tell = (name: string, limitMs: number, result: Result, ms: number): void => {
    const over = (100 * (ms / limitMs - 1)).toFixed(1)
    const reason = result.verdict === 'unknown' ? result.reason : 'decided'
    process.stdout.write(`${name.padEnd(42)}  ${result.verdict}: ${reason}, ${over}% over ${limitMs} ms\n`)
  }
  for (const timeMs of [200, 1000, 5000]) {
    let startMs = performance.now()
    const alone = check(keyValue, operations, { timeMs })
    tell('time limit', timeMs, alone, performance.now() - startMs)
    startMs = performance.now()
    const together = await checkParallel({ module, name: 'keyValue' }, operations, { timeMs })
    tell('time limit, on a worker thread', timeMs, together, performance.now() - startMs)
  }
  const history = toOperations(generateColumns(HARD_TO_EXPLAIN))
  const found = check(casRegister(null), history, LIMITS)
  for (const timeMs of found.verdict === 'illegal' ? [200, 1000] : []) {
    const startMs = performance.now()
    const { minimal } = explain(casRegister(null), history, found as Result & Illegal, { timeMs })
    const over = (100 * ((performance.now() - startMs) / timeMs - 1)).toFixed(1)
    const said = minimal ? 'minimal' : 'not minimal'
    process.stdout.write(
      `${'time limit of an explanation'.padEnd(42)}  ${said}, ${over}% over ${timeMs} ms\n`,
    )
  }
  const memory = execFileSync(process.execPath, [import.meta.filename, '--memory'], { encoding: 'utf8' })
  process.stdout.write(`${'memory limit 256 MB, on a worker thread'.padEnd(42)}  ${memory}\n`)
}

const benchMemory = async (): Promise<void> => {
  const startMs = performance.now()
  const model = { module: new URL('../models/key-value.ts', import.meta.url).href, name: 'keyValue' }
  const result = await checkParallel(model, endless(60), { memoryBytes: 256 * 2 ** 20 })
  const reason = result.verdict === 'unknown' ? result.reason : 'decided'
  const ms = Math.round(performance.now() - startMs)
  process.stdout.write(`${result.verdict}: ${reason}, after ${ms} ms, ${peakMb()} MB peak`)
}

const cases = values.huge === true || values.only === huge.name ? [...generated, huge] : generated
const wanted = cases.find(({ name }) => name === values.only)
if (values.memory === true) await benchMemory()
else if (wanted === undefined) {
  benchFixtures(values.fixtures)
  for (const bench of cases) benchApart(bench)
  await benchLimits()
} else {
  const run = runGenerated(wanted, values.file as string)
  if (values.once === true) {
    run()
    process.stdout.write(String(peakMb()))
  } else process.stdout.write(JSON.stringify(measure(run)))
}
