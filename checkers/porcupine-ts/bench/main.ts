/**
 * `npm run bench:porcupine`: how long each history takes, warm, median of several checks, parsing left out.
 *
 * With `--go FILE` (tab-separated: history, milliseconds; measured with Porcupine outside this project) the ratio
 * stands beside. Histories of other people are read where `--fixtures FOLDER` says, and left out where it is absent.
 * `--huge` adds ten million operations. The peak of memory is the whole process's, making the history included.
 */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { check } from '../check.ts'
import type { History, Model, Result } from '../model.ts'
import { keyValue } from '../models/key-value.ts'
import { casRegister } from '../models/register.ts'
import { loadFixtures } from './fixtures.ts'
import { generateColumns, type HistoryOptions, toOperations } from './histories.ts'

interface Case {
  readonly name: string
  readonly operations: number
  readonly rounds: number
  readonly run: () => Result
}

const prepare = <S, I, O>(
  name: string,
  model: Model<S, I, O>,
  history: History<I, O>,
  operations: number,
): Case => ({
  name,
  operations,
  rounds: operations > 2_000_000 ? 1 : operations > 200_000 ? 5 : 11,
  run: () => check(model, history, { timeMs: 60_000, memoryBytes: 4 * 2 ** 30 }),
})

const generated: readonly (readonly [string, HistoryOptions, 'columns' | 'objects'])[] = [
  ['register 1 client 100k', { seed: 1, operations: 100_000, clients: 1 }, 'columns'],
  ['register 10 clients 10k', { seed: 1, operations: 10_000, clients: 10 }, 'columns'],
  ['register 10 clients 10k stale', { seed: 1, operations: 10_000, clients: 10, stale: true }, 'columns'],
  [
    'register 10 clients 1k crashed stale',
    { seed: 1, operations: 1000, clients: 10, crashed: 0.05, stale: true },
    'columns',
  ],
  ['register 100 clients 1M crashed', { seed: 1, operations: 1e6, clients: 100, crashed: 0.05 }, 'columns'],
  [
    'register 100 clients 1M crashed stale',
    { seed: 1, operations: 1e6, clients: 100, crashed: 0.05, stale: true },
    'columns',
  ],
  ['register 1000 keys 1M', { seed: 1, operations: 1e6, clients: 100, keys: 1000 }, 'columns'],
  ['cas 5 values 10 clients 10k', cas(1, 10_000, 10), 'objects'],
  ['cas 5 values 10 clients 100k', cas(1, 100_000, 10), 'objects'],
  ...Array.from(
    { length: 10 },
    (_, i) => [`cas 5 values 20 clients 1k seed ${i + 1}`, cas(i + 1, 1000, 20), 'objects'] as const,
  ),
]

const huge = [
  'register 100 clients 10M crashed',
  { seed: 1, operations: 1e7, clients: 100, crashed: 0.05 },
  'columns',
] as const

function cas(seed: number, operations: number, clients: number): HistoryOptions {
  return { seed, operations, clients, values: 5, cas: 1 / 3, reads: 1 / 3 }
}

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[times.length >> 1] as number

const measure = ({ run, rounds }: Case): { readonly ms: number; readonly result: Result } => {
  const times: number[] = []
  let result = run()
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now()
    result = run()
    times.push(performance.now() - startMs)
  }
  return { ms: median(times), result }
}

const readGo = (file: string | undefined): ReadonlyMap<string, number> => {
  if (file === undefined) return new Map()
  const lines = fs.readFileSync(file, 'utf8').trim().split('\n')
  return new Map(lines.map((line) => line.split('\t')).map(([name, ms]) => [name as string, Number(ms)]))
}

const report = (go: ReadonlyMap<string, number>, bench: Case): number => {
  const { ms, result } = measure(bench)
  const goMs = go.get(bench.name)
  const columns = [
    bench.name.padEnd(42),
    String(bench.operations).padStart(9),
    result.verdict.padEnd(8),
    `${ms.toFixed(ms < 10 ? 2 : 0)} ms`.padStart(11),
    `${Math.round(bench.operations / ms)} ops/ms`.padStart(14),
    `${Math.round(process.resourceUsage().maxRSS / 1024)} MB peak`.padStart(13),
    goMs === undefined ? '' : `Go ${goMs} ms, ratio ${(ms / goMs).toFixed(2)}`,
  ]
  process.stdout.write(`${columns.join('  ').trimEnd()}\n`)
  return ms
}

const { values } = parseArgs({
  options: {
    go: { type: 'string' },
    fixtures: { type: 'string', default: '../shared/fixtures' },
    huge: { type: 'boolean' },
    only: { type: 'string' },
  },
})

const benchFixtures = (folder: string, go: ReadonlyMap<string, number>): void => {
  const fixtures = loadFixtures(folder)
  let totalMs = 0
  for (const fixture of fixtures) {
    const { name, operations } = fixture
    if (fixture.model === 'register')
      totalMs += report(go, prepare(name, casRegister(null), fixture.operations, operations.length))
    else report(go, prepare(name, keyValue, fixture.operations, operations.length))
  }
  if (fixtures.length > 0) process.stdout.write(`registers of fixtures in total: ${totalMs.toFixed(2)} ms\n`)
}

/** In a process of its own, so that the peak is its own too. */
const benchApart = (name: string): void => {
  const passedOn = values.go === undefined ? [] : ['--go', values.go]
  execFileSync(process.execPath, [import.meta.filename, '--only', name, ...passedOn], { stdio: 'inherit' })
}

const cases = values.huge === true || values.only === huge[0] ? [...generated, huge] : generated
const wanted = cases.find(([name]) => name === values.only)
if (wanted === undefined) {
  benchFixtures(values.fixtures, readGo(values.go))
  for (const [name] of cases) benchApart(name)
} else {
  const [name, options, form] = wanted
  const columns = generateColumns(options)
  const history = form === 'columns' ? columns : toOperations(columns)
  report(readGo(values.go), prepare(name, casRegister(null), history, options.operations))
}
