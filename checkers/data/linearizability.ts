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
import type { Checker, Evidence, Fold } from '../../harness/api/verdict.ts'
import { messageOf } from '../../harness/support/assert.ts'
import {
  REGISTER,
  type RegisterCall,
  type RegisterResult,
  type RegisterValue,
} from '../../harness/vocabularies/register.ts'
import { foldPairs } from '../fold.ts'
import type { Cells, Illegal, Result } from '../porcupine-ts/model.ts'
import { REGISTER_KINDS } from '../porcupine-ts/models/register.ts'
import { promisedOf, promiseOf, usesOf, weakestOf } from '../promise.ts'
import { foldingChecker, type Judged, notJudged } from '../verdict.ts'
import { judgeCausal } from './causal.ts'
import {
  beyondModels,
  earliestFirst,
  enginesOf,
  MOST_FAILING,
  modelAt,
  tellOthers,
  undecided,
} from './engine.ts'
import { judgeEventual } from './eventual-register.ts'
import { drawer } from './linearization-view.ts'
import { OperationTable } from './operation-table.ts'
import { checkPartByPart } from './part-by-part.ts'
import { explainRegister } from './register-evidence.ts'
import { drawRegisterPage, failingRegister, type RegisterRows } from './register-page.ts'
import { registersWindow } from './registers-window.ts'
import { judgeSequential } from './sequential.ts'
import { NOTHING_WRITTEN } from './sequential-decision.ts'
import type { TablePart, TableRows } from './table-rows.ts'

/** Of each part of a history that is judged in parts. */
const TIME_LIMIT_MS = 120_000

/** A register history in the form that porcupine-ts takes. */
interface RegisterTable {
  readonly operations: OperationTable
  /** Only reads of the initial value: no register could have answered otherwise. (Without any, no operation was ok.) */
  readonly provesNothing: boolean
  readonly initial: number | null
}

/** Null for a call that restricts nothing: it failed, or it is a read without a known result. */
const cellsOf = ({ invocation, completion }: Pair): Cells | null => {
  if (completion?.type === 'fail') return null
  const call = { f: invocation.f, value: invocation.value } as RegisterCall
  const result = completion?.type === 'ok' ? (completion.value as RegisterResult) : null
  const { key } = call.value
  if (call.f === 'write') return { kind: REGISTER_KINDS.write, key, value: call.value.value, second: null }
  if (call.f === 'read') {
    if (result === null) return null
    return { kind: REGISTER_KINDS.read, key, value: (result as { value: RegisterValue }).value, second: null }
  }
  const failed = result !== null && 'applied' in result && !result.applied
  const kind = failed ? REGISTER_KINDS.casFailed : REGISTER_KINDS.cas
  return { kind, key, value: call.value.next, second: call.value.expected }
}

/** Takes the pairs of a history into columns. */
const foldTable = (record: RunRecord, initial: RegisterValue): Fold<RegisterTable> => {
  const operations = new OperationTable(record, REGISTER)
  let isProof = false
  return {
    take: (pair, place) => {
      const cells = cellsOf(pair)
      if (cells === null) return
      isProof ||= cells.kind !== REGISTER_KINDS.read || cells.value !== initial
      operations.add(pair, place, cells)
    },
    result: () => ({
      operations,
      provesNothing: operations.rows > 0 && !isProof,
      initial: initial === null ? null : operations.codeOf(initial),
    }),
  }
}

const rowsOf = ({ initial, operations }: RegisterTable, rows: TableRows): RegisterRows => ({
  columns: rows.columns,
  initial,
  keyOf: (code) => operations.scalarOf(code),
  scalarOf: (code) => operations.scalarOf(code),
  indexOf: (row) => rows.pairOf(row).invocation.index,
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

/** Judges by the model. */
const judgeModel = (record: RunRecord, initial: RegisterValue): Promise<Judged> =>
  judgeTable(record, foldPairs(record, foldTable(record, initial)))

const nameIn = ({ operations }: RegisterTable, partition: number | string): string =>
  String(operations.scalarOf(Number(partition)))

const judgeTable = async (record: RunRecord, table: RegisterTable): Promise<Judged> => {
  const model = modelAt('register', 'casRegister', [table.initial])
  const limits = { timeMs: TIME_LIMIT_MS, mostIllegal: MOST_FAILING }
  const columnsOf = ({ rows }: TablePart) => rows.columns
  const { result, rows } = await checkPartByPart(model, table.operations, columnsOf, limits)
  if (result.verdict === 'ok') {
    const operations = table.operations.rows
    if (table.provesNothing) return notJudged(NOTHING_WRITTEN, { operations })
    const summary = `${operations} operations on ${result.partitions} keys are as promised.`
    const details = { operations, keys: result.partitions, ...enginesOf(result) }
    return { status: 'valid', summary, evidence: [], details }
  }
  if (result.verdict === 'unknown') return undecided(result, (partition) => nameIn(table, partition))
  return judgeFailing(record, table, result, rows)
}

/** What is wrong with the key that failed first, and with the others. */
const judgeFailing = async (
  record: RunRecord,
  table: RegisterTable,
  result: Result & { readonly verdict: 'illegal' },
  tableRows: TableRows,
): Promise<Judged> => {
  const { operations, initial } = table
  const pairOf = (row: number): Pair => tableRows.pairOf(row)
  const nameOf = (partition: number | string): string => nameIn(table, partition)
  const rows = rowsOf(table, tableRows)
  const explained = ({ partition, prefix: rows, blocked }: Illegal) => {
    const prefix = Array.from(rows, pairOf)
    return explainRegister({
      key: nameOf(partition),
      prefix,
      blocked: prefix[rows.indexOf(blocked)] ?? pairOf(blocked),
      initial: initial === null ? null : operations.scalarOf(initial),
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
  const table = foldTable(record, initial)
  return { take: table.take, result: () => judgeTable(record, table.result()) }
}

export const linearizability = (options: { readonly initial: RegisterValue }): Checker =>
  foldingChecker({
    name: 'linearizability',
    judgesBeginnings: true,
    judgesObjects: isJudgedByKeys,
    window: registersWindow,
    finds:
      'stale reads, lost writes, values out of nowhere: anything that no order of the operations explains',
    needs: ['history'],
    promise: promisedOf(REGISTER, null),
    fold: (record) => fold(record, options.initial),
  })
