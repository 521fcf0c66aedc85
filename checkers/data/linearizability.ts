/**
 * Judges a register history against what was promised of each call.
 *
 * Calls promised `linearizable` are checked as they are. A read promised only `consistent-prefix` may return any
 * state the register had up to the read's completion: its interval is widened back to the start of the run, and
 * the whole is checked for linearizability (Herlihy and Wing 1990; Terry 2013 for the weaker promise).
 */
import type { Claims, PromiseName } from '../../harness/api/claims.ts'
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord, RunSpec } from '../../harness/api/record.ts'
import type { Checker, Evidence, Verdict } from '../../harness/api/verdict.ts'
import { pairOperations } from '../../harness/history/pairs.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { REGISTER, type RegisterCall, type RegisterResult } from '../../harness/vocabularies/register.ts'
import type { Columns, Result } from '../porcupine-ts/model.ts'
import { NIL, REGISTER_KINDS } from '../porcupine-ts/models/register.ts'
import { checkParallel } from '../porcupine-ts/parallel/check-parallel.ts'
import { explainRegister } from './register-evidence.ts'
import { drawRegisterPage } from './register-page.ts'

const TIME_LIMIT_MS = 120_000
const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
const REGISTER_MODEL = {
  module: new URL(`../porcupine-ts/models/register.${extension}`, import.meta.url).href,
  name: 'casRegister',
}
export const promisedOf = (claims: Claims | null, spec: RunSpec | null, f: string): PromiseName =>
  spec?.expect ?? claims?.consistency[REGISTER.name]?.[f] ?? 'linearizable'

const promiseOf = (record: RunRecord): Verdict['promise'] => {
  const text = Object.keys(REGISTER.calls)
    .map((f) => `${f}: ${promisedOf(record.claims, record.spec, f)}`)
    .join(', ')
  if (record.spec?.expect != null) return { text, source: '--expect on the command line' }
  return { text, source: record.claims?.source ?? 'assumed of an imported history' }
}

/** Numbers of any size as the small ones that columns hold. */
class Dictionary {
  readonly #codes = new Map<number, number>()
  readonly #values: number[] = []

  codeOf(value: number | null): number {
    if (value === null) return NIL
    const known = this.#codes.get(value)
    if (known !== undefined) return known
    this.#codes.set(value, this.#values.length)
    return this.#values.push(value) - 1
  }

  valueOf(code: number): number {
    return this.#values[code] as number
  }
}

interface Judged {
  readonly columns: Required<Columns>
  /** The pair each row came from. */
  readonly pairs: readonly Pair[]
  readonly keys: Dictionary
  readonly values: Dictionary
  readonly initial: number | null
}

interface Cells {
  readonly kind: number
  readonly value: number | null
  readonly expected: number | null
}

/** Null for what restricts nothing: a call that failed, or a read that told nothing. */
const cellsOf = ({ invocation, completion }: Pair): Cells | null => {
  if (completion?.type === 'fail') return null
  const call = { f: invocation.f, value: invocation.value } as RegisterCall
  const result =
    completion?.type === 'ok' ? (completion.value as RegisterResult & { unknown?: boolean }) : null
  if (call.f === 'write') return { kind: REGISTER_KINDS.write, value: call.value.value, expected: null }
  if (call.f === 'read') {
    if (result === null || result.unknown === true) return null
    return { kind: REGISTER_KINDS.read, value: (result as { value: number | null }).value, expected: null }
  }
  const failed = result !== null && 'applied' in result && !result.applied
  const kind = failed ? REGISTER_KINDS.casFailed : REGISTER_KINDS.cas
  return { kind, value: call.value.next, expected: call.value.expected }
}

const toColumns = (
  pairs: readonly Pair[],
  promised: (f: string) => PromiseName,
  initial: number | null,
): Judged => {
  const rows = pairs.flatMap((pair) => {
    const cells = cellsOf(pair)
    return cells === null ? [] : [{ pair, cells }]
  })
  const startNs = (pairs[0]?.invocation.timeNs ?? 0) - 1
  const keys = new Dictionary()
  const values = new Dictionary()
  const columns: Required<Columns> = {
    client: new Int32Array(rows.length),
    call: new Float64Array(rows.length),
    return: new Float64Array(rows.length),
    kind: new Uint8Array(rows.length),
    key: new Int32Array(rows.length),
    value: new Int32Array(rows.length),
    second: new Int32Array(rows.length),
  }
  for (const [at, { pair, cells }] of rows.entries()) {
    const { invocation, completion } = pair
    const widened = promised(invocation.f) === 'consistent-prefix'
    // A widened read may overlap its own process's earlier operations: it gets a client of its own.
    columns.client[at] = widened ? -1 - at : (invocation.process as number)
    columns.call[at] = widened ? startNs : invocation.timeNs
    columns.return[at] = completion?.type === 'ok' ? completion.timeNs : Number.POSITIVE_INFINITY
    columns.kind[at] = cells.kind
    columns.key[at] = keys.codeOf((invocation.value as { key: number }).key)
    columns.value[at] = values.codeOf(cells.value)
    columns.second[at] = values.codeOf(cells.expected)
  }
  const code = initial === null ? null : values.codeOf(initial)
  return { columns, pairs: rows.map(({ pair }) => pair), keys, values, initial: code }
}

const unknownSummary = (key: string, result: Result & { verdict: 'unknown' }): string =>
  `Not decided: the search ran out of ${result.reason} on key ${key}, after ${result.passed} of its ` +
  `${result.operations} operations (${result.decided} of ${result.partitions} keys are linearizable). ` +
  `What helps: ${result.help}.`

/** Which engine decided, for who wants to know how a verdict came about. */
const enginesOf = ({ engines }: Result): Record<string, unknown> => ({
  keysBySpecialisedEngine: engines.specialised,
  keysBySearch: engines.general,
  ...(engines.declined.length === 0 ? {} : { searchedBecause: engines.declined }),
})

/** A page that cannot be drawn takes nothing from the verdict. */
const withPage = async (
  evidence: Evidence,
  { columns, initial, keys, values }: Judged,
  result: Result & { verdict: 'illegal' },
  record: RunRecord,
): Promise<Evidence> => {
  const rows = {
    columns,
    initial,
    keyOf: (code: number) => keys.valueOf(code),
    numberOf: (code: number) => values.valueOf(code),
  }
  try {
    return { ...evidence, page: await drawRegisterPage(rows, result, record) }
  } catch (error) {
    return { ...evidence, text: `${evidence.text}\n\nIts page could not be drawn: ${messageOf(error)}` }
  }
}

const judge = async (
  record: RunRecord,
  initial: number | null,
): Promise<Omit<Verdict, 'checker' | 'promise'>> => {
  const promised = (f: string): PromiseName => promisedOf(record.claims, record.spec, f)
  const judged = toColumns(pairOperations(record.history), promised, initial)
  const { columns, pairs, keys } = judged
  const model = { ...REGISTER_MODEL, args: [judged.initial] }
  const result = await checkParallel(model, columns, { timeMs: TIME_LIMIT_MS })
  if (result.verdict === 'ok') {
    const summary = `${pairs.length} operations on ${result.partitions} keys are as promised.`
    const details = { operations: pairs.length, keys: result.partitions, ...enginesOf(result) }
    return { status: 'valid', summary, evidence: [], details }
  }
  const key = typeof result.partition === 'number' ? String(keys.valueOf(result.partition)) : result.partition
  if (result.verdict === 'unknown') {
    const details = { reason: result.reason, ...enginesOf(result) }
    return { status: 'unknown', summary: unknownSummary(key, result), evidence: [], details }
  }
  const { summary, evidence } = explainRegister({
    key,
    prefix: Array.from(result.prefix, (at) => pairs[at] as Pair),
    blocked: pairs[result.blocked] as Pair,
    initial,
    readsMustBeFresh: promised('read') === 'linearizable',
  })
  const shown = await withPage(evidence, judged, result, record)
  return { status: 'invalid', summary, evidence: [shown], details: { key } }
}

export const linearizability = (options: { readonly initial: number | null }): Checker => ({
  name: 'linearizability',
  finds: 'stale reads, lost writes, values out of nowhere: anything that no order explains',
  needs: ['history'],
  check: async (record) => ({
    checker: 'linearizability',
    promise: promiseOf(record),
    ...(await judge(record, options.initial)),
  }),
})
