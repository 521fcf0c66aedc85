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
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Evidence } from '../../harness/api/verdict.ts'
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
import { checkerOf, type Judged, notJudged } from '../verdict.ts'
import { judgeCausal } from './causal.ts'
import {
  beyondModels,
  earliestFirst,
  enginesOf,
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

/** Keys and values of any kind as the small numbers that columns hold. */
class Dictionary {
  readonly #codes = new Map<Scalar, number>()
  readonly #values: Scalar[] = []

  codeOf(value: Scalar | null): number {
    if (value === null) return NIL
    const known = this.#codes.get(value)
    if (known !== undefined) return known
    this.#codes.set(value, this.#values.length)
    return this.#values.push(value) - 1
  }

  valueOf(code: number): Scalar {
    return this.#values[code] as Scalar
  }
}

/** A register history in the form that porcupine-ts takes. */
interface RegisterTable {
  readonly columns: Required<Columns>
  /** The pair each row came from. */
  readonly pairs: readonly Pair[]
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

const toColumns = (record: RunRecord, initial: RegisterValue): RegisterTable => {
  const rows = record.pairs.flatMap((pair) => {
    const cells = cellsOf(pair)
    return cells === null ? [] : [{ pair, cells }]
  })
  const intervalOf = intervalsOf(record, REGISTER)
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
    const interval = intervalOf(pair, at)
    columns.client[at] = interval.client
    columns.call[at] = interval.call
    columns.return[at] = interval.return
    columns.kind[at] = cells.kind
    columns.key[at] = keys.codeOf((pair.invocation.value as { key: Scalar }).key)
    columns.value[at] = values.codeOf(cells.value)
    columns.second[at] = values.codeOf(cells.expected)
  }
  const code = initial === null ? null : values.codeOf(initial)
  return { columns, pairs: rows.map(({ pair }) => pair), keys, values, initial: code }
}

const rowsOf = ({ columns, initial, keys, values, pairs }: RegisterTable): RegisterRows => ({
  columns,
  initial,
  keyOf: (code) => keys.valueOf(code),
  scalarOf: (code) => values.valueOf(code),
  indexOf: (row) => (pairs[row] as Pair).invocation.index,
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
const judgeModel = async (record: RunRecord, initial: RegisterValue): Promise<Judged> => {
  const table = toColumns(record, initial)
  const { columns, keys } = table
  const model = modelAt('register', 'casRegister', [table.initial])
  const result = await checkParallel(model, columns, {
    timeMs: TIME_LIMIT_MS,
    mostIllegal: MOST_FAILING,
  })
  if (result.verdict === 'ok') {
    const operations = table.pairs.length
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
  const { pairs, initial, values } = table
  const nameOf = (partition: number | string): string => String(table.keys.valueOf(Number(partition)))
  const pairOf = (row: number): Pair => pairs[row] as Pair
  const rows = rowsOf(table)
  const explained = (failing: Illegal) =>
    explainRegister({
      key: nameOf(failing.partition),
      prefix: Array.from(failing.prefix, pairOf),
      blocked: pairOf(failing.blocked),
      initial: initial === null ? null : values.valueOf(initial),
      readsMustBeFresh: promiseOf(record, REGISTER, 'read').name === 'linearizable',
    })
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

const judge = async (record: RunRecord, initial: RegisterValue): Promise<Judged> => {
  const weak = WEAKER[weakestOf(record, REGISTER).name]
  if (weak === undefined) return judgeModel(record, initial)
  const reads = await weak(record, initial)
  const changing = withoutReads(record)
  if (changing === null || reads.status === 'invalid') return reads
  const changes = await judgeModel(changing, initial)
  return RANK[changes.status] > RANK[reads.status] ? changes : reads
}

export const linearizability = (options: { readonly initial: RegisterValue }): Checker =>
  checkerOf({
    name: 'linearizability',
    finds:
      'stale reads, lost writes, values out of nowhere: anything that no order of the operations explains',
    needs: ['history'],
    promise: promisedOf(REGISTER, null),
    judge: (record) => judge(record, options.initial),
  })
