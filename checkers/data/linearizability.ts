/**
 * Judges a register history against the promise for each call.
 *
 * Calls promised to be `linearizable` are checked as they are. A read promised only as `consistent-prefix` may return any
 * state the register had up to the read's completion: its interval is widened back to the start of the run, and
 * the whole history is checked for linearizability (Herlihy and Wing 1990; Terry 2013 for the weaker promise).
 *
 * `sequential`, `causal` and `eventual` are judged in files of their own. If only reads are promised as little, the other
 * calls are still checked as they were promised, without the reads: calls that change nothing can be left out.
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Evidence, Fold } from '../../harness/api/verdict.ts'
import { messageOf } from '../../harness/support/assert.ts'
import {
  REGISTER,
  type RegisterCall,
  type RegisterResult,
  type RegisterValue,
} from '../../harness/vocabularies/register.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { Columns, Illegal, Result } from '../porcupine-ts/model.ts'
import { NIL, REGISTER_KINDS } from '../porcupine-ts/models/register.ts'
import { checkParallel } from '../porcupine-ts/parallel/check-parallel.ts'
import { promisedOf, promiseOf, usesOf, weakestOf } from '../promise.ts'
import { foldingChecker, type Judged, notJudged } from '../verdict.ts'
import { judgeCausal } from './causal.ts'
import {
  beyondModels,
  earliestFirst,
  enginesOf,
  type Interval,
  intervalsOf,
  MOST_FAILING,
  modelAt,
  tellOthers,
  undecided,
} from './engine.ts'
import { judgeEventual } from './eventual-register.ts'
import { drawer } from './linearization-view.ts'
import { explainRegister } from './register-evidence.ts'
import { drawRegisterPage, failingRegister, type RegisterRows } from './register-page.ts'
import { judgeSequential } from './sequential.ts'
import { NOTHING_WRITTEN } from './sequential-decision.ts'

const TIME_LIMIT_MS = 120_000

/** Whole numbers below this are their own codes: most keys and values are, and need no room. */
const FIRST_CODE = 2 ** 30

/** Keys and values of any kind as the numbers that columns hold. */
class Dictionary {
  readonly #codes = new Map<Scalar, number>()
  readonly #values: Scalar[] = []

  codeOf(value: Scalar | null): number {
    if (value === null) return NIL
    if (typeof value === 'number' && value >= 0 && value < FIRST_CODE && Number.isInteger(value)) return value
    const known = this.#codes.get(value)
    if (known !== undefined) return known
    const code = FIRST_CODE + this.#values.length
    this.#codes.set(value, code)
    this.#values.push(value)
    return code
  }

  valueOf(code: number): Scalar {
    return code < FIRST_CODE ? code : (this.#values[code - FIRST_CODE] as Scalar)
  }
}

/** A register history in the form that porcupine-ts takes. */
interface RegisterTable {
  readonly columns: Required<Columns>
  readonly rows: number
  /** The pair that a row came from. */
  pairOf(row: number): Pair
  readonly keys: Dictionary
  readonly values: Dictionary
  readonly initial: number | null
}

interface Cells {
  readonly kind: number
  readonly value: RegisterValue
  readonly expected: RegisterValue
}

/** Null for a call that restricts nothing: it failed, or it is a read without a known result. */
const cellsOf = ({ invocation, completion }: Pair): Cells | null => {
  if (completion?.type === 'fail') return null
  const call = { f: invocation.f, value: invocation.value } as RegisterCall
  const result = completion?.type === 'ok' ? (completion.value as RegisterResult) : null
  if (call.f === 'write') return { kind: REGISTER_KINDS.write, value: call.value.value, expected: null }
  if (call.f === 'read') {
    if (result === null) return null
    return { kind: REGISTER_KINDS.read, value: (result as { value: RegisterValue }).value, expected: null }
  }
  const failed = result !== null && 'applied' in result && !result.applied
  const kind = failed ? REGISTER_KINDS.casFailed : REGISTER_KINDS.cas
  return { kind, value: call.value.next, expected: call.value.expected }
}

/** Room for so many rows. */
const columnsFor = (rows: number): Required<Columns> => ({
  client: new Int32Array(rows),
  call: new Float64Array(rows),
  return: new Float64Array(rows),
  kind: new Uint8Array(rows),
  key: new Int32Array(rows),
  value: new Int32Array(rows),
  second: new Int32Array(rows),
})

const firstRows = (columns: Required<Columns>, rows: number): Required<Columns> => ({
  client: columns.client.subarray(0, rows),
  call: columns.call.subarray(0, rows),
  return: columns.return.subarray(0, rows),
  kind: columns.kind.subarray(0, rows),
  key: columns.key.subarray(0, rows),
  value: columns.value.subarray(0, rows),
  second: columns.second.subarray(0, rows),
})

/** Takes the pairs of a history into columns. */
class TableBuilder {
  readonly #pairs: Sequence<Pair>
  readonly #intervalOf: (pair: Pair, row: number) => Interval
  readonly #keys = new Dictionary()
  readonly #values = new Dictionary()
  readonly #columns: Required<Columns>
  readonly #places: Int32Array
  #rows = 0

  constructor(record: RunRecord) {
    this.#pairs = record.pairs
    this.#intervalOf = intervalsOf(record, REGISTER)
    this.#columns = columnsFor(record.pairs.length)
    this.#places = new Int32Array(record.pairs.length)
  }

  take(pair: Pair, place: number): void {
    const cells = cellsOf(pair)
    if (cells === null) return
    const at = this.#rows++
    const columns = this.#columns
    const interval = this.#intervalOf(pair, at)
    this.#places[at] = place
    columns.client[at] = interval.client
    columns.call[at] = interval.call
    columns.return[at] = interval.return
    columns.kind[at] = cells.kind
    columns.key[at] = this.#keys.codeOf((pair.invocation.value as { key: Scalar }).key)
    columns.value[at] = this.#values.codeOf(cells.value)
    columns.second[at] = this.#values.codeOf(cells.expected)
  }

  table(initial: RegisterValue): RegisterTable {
    const rows = this.#rows
    return {
      columns: firstRows(this.#columns, rows),
      rows,
      pairOf: (row) => this.#pairs.at(this.#places[row] as number) as Pair,
      keys: this.#keys,
      values: this.#values,
      initial: initial === null ? null : this.#values.codeOf(initial),
    }
  }
}

const rowsOf = ({ columns, initial, keys, values, pairOf }: RegisterTable): RegisterRows => ({
  columns,
  initial,
  keyOf: (code) => keys.valueOf(code),
  scalarOf: (code) => values.valueOf(code),
  indexOf: (row) => pairOf(row).invocation.index,
})

/** If the page cannot be drawn, the verdict stays the same. */
const withPage = async (
  evidence: Evidence,
  rows: RegisterRows,
  result: Result & { verdict: 'illegal' },
  record: RunRecord,
): Promise<Evidence> => {
  try {
    return { ...evidence, page: await drawRegisterPage(rows, result, record) }
  } catch (error) {
    return { ...evidence, text: `${evidence.text}\n\nIts page could not be drawn: ${messageOf(error)}` }
  }
}

/** Only reads of the initial value: no register could have answered otherwise. (Without any, no operation was ok.) */
const provesNothing = ({ columns, initial }: RegisterTable): boolean =>
  columns.kind.length > 0 &&
  columns.kind.every((kind, row) => kind === REGISTER_KINDS.read && columns.value[row] === (initial ?? NIL))

/** Judges by the model. */
const judgeModel = (record: RunRecord, initial: RegisterValue): Promise<Judged> => {
  const builder = new TableBuilder(record)
  for (const [place, pair] of record.pairs.entries()) builder.take(pair, place)
  return judgeTable(record, builder.table(initial))
}

const judgeTable = async (record: RunRecord, table: RegisterTable): Promise<Judged> => {
  const { columns, keys } = table
  const model = modelAt('register', 'casRegister', [table.initial])
  const result = await checkParallel(model, columns, {
    timeMs: TIME_LIMIT_MS,
    mostIllegal: MOST_FAILING,
  })
  if (result.verdict === 'ok') {
    const operations = table.rows
    if (provesNothing(table)) return notJudged(NOTHING_WRITTEN, { operations })
    const summary = `${operations} operations on ${result.partitions} keys are as promised.`
    const details = { operations, keys: result.partitions, ...enginesOf(result) }
    return { status: 'valid', summary, evidence: [], details }
  }
  if (result.verdict === 'unknown')
    return undecided(result, (partition) => String(keys.valueOf(Number(partition))))
  return judgeFailing(record, table, result)
}

/** What is wrong with the key that failed first, and with the others. */
const judgeFailing = async (
  record: RunRecord,
  table: RegisterTable,
  result: Result & { readonly verdict: 'illegal' },
): Promise<Judged> => {
  const { pairOf, initial, values } = table
  const nameOf = (partition: number | string): string => String(table.keys.valueOf(Number(partition)))
  const rows = rowsOf(table)
  const explained = ({ partition, prefix: rows, blocked }: Illegal) => {
    const prefix = Array.from(rows, pairOf)
    return explainRegister({
      key: nameOf(partition),
      prefix,
      blocked: prefix[rows.indexOf(blocked)] ?? pairOf(blocked),
      initial: initial === null ? null : values.valueOf(initial),
      readsMustBeFresh: promiseOf(record, REGISTER, 'read').name === 'linearizable',
    })
  }
  const { first, others } = earliestFirst(result, pairOf)
  const { summary, evidence } = explained(first)
  const draw = drawer()
  const drawnFirst = await withPage(evidence, rows, { ...result, ...first }, record)
  const shown = draw(drawnFirst, () => failingRegister(rows, first))
  const told = tellOthers(others, nameOf, pairOf)
  const drawn = told.evidence.map((each, at) => {
    const failing = others.found[at] as Illegal
    const { anomaly } = explained(failing).evidence
    return draw({ ...each, ...(anomaly === undefined ? {} : { anomaly }) }, () =>
      failingRegister(rows, failing),
    )
  })
  const failing = [first, ...others.found].map(({ partition }) => nameOf(partition))
  return {
    status: 'invalid',
    blamed: pairOf(first.blocked).invocation.f,
    summary: `${summary}${told.text}`,
    evidence: [shown, ...drawn],
    details: { key: nameOf(first.partition), failing, ...enginesOf(result) },
  }
}

/** Of sequential and causal histories, keys by themselves say too little (Attiya and Welch 1994). */
const isJudgedByKeys = (record: RunRecord): boolean =>
  !['sequential', 'causal'].includes(weakestOf(record, REGISTER).name)

type JudgeWeak = (record: RunRecord, initial: RegisterValue) => Judged | Promise<Judged>

const WEAKER: Readonly<Partial<Record<PromiseName, JudgeWeak>>> = {
  sequential: (record, initial) =>
    judgeSequential(record, initial, async () => (await judgeModel(record, initial)).status === 'valid'),
  causal: (record, initial) => judgeCausal(record, initial, false),
  eventual: judgeEventual,
}

/** The calls that change registers, if the model can judge what was promised for them; null: it cannot. */
const withoutReads = (record: RunRecord): RunRecord | null => {
  const changes = usesOf(REGISTER).filter((call) => call !== 'read')
  if (beyondModels(record, REGISTER, changes) !== null) return null
  return { ...record, pairs: record.pairs.filter(({ invocation }) => invocation.f !== 'read') }
}

const RANK: Readonly<Record<Judged['status'], number>> = { valid: 0, unknown: 1, invalid: 2 }

/** Where the promise of some call is weaker than the model. */
const judgeWeaker = async (record: RunRecord, initial: RegisterValue, weak: JudgeWeak): Promise<Judged> => {
  const reads = await weak(record, initial)
  const changing = withoutReads(record)
  if (changing === null || reads.status === 'invalid') return reads
  const changes = await judgeModel(changing, initial)
  return RANK[changes.status] > RANK[reads.status] ? changes : reads
}

const fold = (record: RunRecord, initial: RegisterValue): Fold<Promise<Judged>> => {
  const weak = WEAKER[weakestOf(record, REGISTER).name]
  if (weak !== undefined) return { take: () => {}, result: () => judgeWeaker(record, initial, weak) }
  const builder = new TableBuilder(record)
  return {
    take: (pair, place) => builder.take(pair, place),
    result: () => judgeTable(record, builder.table(initial)),
  }
}

export const linearizability = (options: { readonly initial: RegisterValue }): Checker =>
  foldingChecker({
    name: 'linearizability',
    judgesBeginnings: true,
    judgesObjects: isJudgedByKeys,
    finds:
      'stale reads, lost writes, values out of nowhere: anything that no order of the operations explains',
    needs: ['history'],
    promise: promisedOf(REGISTER, null),
    fold: (record) => fold(record, options.initial),
  })
