/**
 * Objects with a sequential model, judged for linearizability (Herlihy and Wing 1990). If only a consistent prefix was
 * promised for calls that change nothing, they are judged for that. A checker consists of a model, the meaning of each
 * operation of the vocabulary in it, and who judges by promises that are weaker still.
 */

import type { PromiseName } from '../../harness/api/claims.ts'
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Evidence, Fold, SlidingWindow } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { foldPairs } from '../fold.ts'
import { type Explanation, explain } from '../porcupine-ts/evidence/explain.ts'
import type { AnyModel, Cells, History, Illegal, Operation, Result } from '../porcupine-ts/model.ts'
import { isJudgedBy, promisedOf, usesOf, weakestOf } from '../promise.ts'
import { foldingChecker, type Judged, notJudged } from '../verdict.ts'
import {
  beyondModels,
  earliestFirst,
  enginesOf,
  MOST_FAILING,
  modelAt,
  tellOthers,
  undecided,
} from './engine.ts'
import { drawer, type FailingKey, onKey } from './linearization-view.ts'
import { OperationTable } from './operation-table.ts'
import { checkPartByPart } from './part-by-part.ts'
import type { TablePart, TableRows } from './table-rows.ts'

/** Of each part of a history that is judged in parts. */
const TIME_LIMIT_MS = 120_000

/** @param judgeModel whether the history is linearizable, which also proves what is weaker */
type JudgeWeaker = (record: RunRecord, judgeModel: () => Promise<Judged>) => Judged | Promise<Judged>

export interface ObjectKind<S, I, O> {
  readonly vocabulary: Vocabulary
  readonly finds: string
  /** The calls that are judged. Absent: all calls that use an object. */
  readonly calls?: readonly string[]
  /** What must hold, if the names of the promises do not say it. */
  readonly holds: string | null
  readonly model: AnyModel<S, I, O>
  /** Where other threads find the model: a file of porcupine-ts/models, without its extension. */
  readonly reference: { readonly file: string; readonly name: string; readonly args?: readonly unknown[] }
  /** The model of one history, if it depends on it. */
  forHistory?(record: RunRecord): Pick<ObjectKind<S, I, O>, 'model' | 'reference'>
  /** How a run is cut whose objects cannot be told apart beforehand (`Checker.window`). */
  readonly window?: () => SlidingWindow
  /** Who judges by promises that the model cannot judge. */
  readonly weaker?: Readonly<Partial<Record<PromiseName, JudgeWeaker>>>
  /** The standard name of what is wrong, by the operations on the object up to the failure. Undefined: it has none. */
  anomaly?(pairs: readonly Pair[]): string | undefined
  /** Promises that say nothing about what this checker judges. It is then left out. */
  readonly leaves?: readonly PromiseName[]
  /** The meaning of an operation in the model; null if it restricts nothing. An output of undefined is unknown. */
  read(pair: Pair): { readonly input: I; readonly output: O | undefined } | null
}

const callsOf = ({
  calls,
  vocabulary,
}: Pick<ObjectKind<never, never, never>, 'calls' | 'vocabulary'>): readonly string[] =>
  calls ?? usesOf(vocabulary)

/** The operations of a history as a model takes them. */
class Modelled<S, I, O> {
  readonly kind: ObjectKind<S, I, O>
  readonly table: OperationTable

  constructor(given: ObjectKind<S, I, O>, record: RunRecord) {
    this.kind = { ...given, ...given.forHistory?.(record) }
    this.table = new OperationTable(record, given.vocabulary)
  }

  /** A failed operation never happened; one with an unknown outcome may happen at any time. */
  take(pair: Pair, place: number): void {
    if (pair.completion?.type === 'fail') return
    const meant = this.kind.read(pair)
    if (meant !== null) this.table.add(pair, place, this.#cellsOf(meant.input, outputOf(pair, meant.output)))
  }

  #cellsOf(input: I, output: O | undefined): Cells {
    const { packing, partition } = this.kind.model
    // Without a packing, the columns tell only which operations are on the same object.
    if (packing === undefined) return { kind: 0, key: partition?.(input) ?? 0, value: null, second: null }
    return packing.pack(input, output)
  }

  historyOf({ rows, packed }: TablePart): History<I, O> {
    if (this.kind.model.packing !== undefined) return packed
    return Array.from({ length: rows.count }, (_, row) => this.#operationOf(rows, row))
  }

  #operationOf(rows: TableRows, row: number): Operation<I, O> {
    const pair = rows.pairOf(row)
    const { input, output } = this.kind.read(pair) as NonNullable<ReturnType<typeof this.kind.read>>
    return { ...rows.intervalOf(row), input, output: outputOf(pair, output) }
  }

  /** The object that fails, with all its operations. */
  failing(rows: TableRows, result: Illegal): FailingKey<S, I, O> {
    const own = rows.sameObject(result.blocked)
    const { model } = this.kind
    const operations = own.map((row) => this.#operationOf(rows, row))
    return {
      key: String(result.partition),
      model,
      ...onKey(model, operations, own, result),
      indices: own.map((row) => rows.pairOf(row).invocation.index),
    }
  }
}

const outputOf = <O>({ completion }: Pair, output: O | undefined): O | undefined =>
  completion?.type === 'ok' ? output : undefined

const evidenceOf = <S, I, O>(
  { model, indices }: FailingKey<S, I, O>,
  { text, window }: Explanation,
  { partition }: Illegal,
): Evidence => {
  return {
    title: `${model.name}: no order explains what was returned${partition === '' ? '' : ` (key ${partition})`}`,
    text,
    operations: window.map((at) => indices[at] as number),
  }
}

const named = <S, I, O>(
  { kind }: Modelled<S, I, O>,
  rows: TableRows,
  { prefix }: Illegal,
): Pick<Evidence, 'anomaly'> => {
  const name = kind.anomaly?.(Array.from(prefix, (row) => rows.pairOf(row)))
  return name === undefined ? {} : { anomaly: name }
}

const judgeModelled = async <S, I, O>(modelled: Modelled<S, I, O>): Promise<Judged> => {
  const { kind, table } = modelled
  const operations = table.rows
  if (operations === 0) return notJudged('no operation restricts the order')
  const { file, name, args } = kind.reference
  const limits = { timeMs: TIME_LIMIT_MS, mostIllegal: MOST_FAILING }
  const historyOf = (part: TablePart) => modelled.historyOf(part)
  const { result, rows } = await checkPartByPart(modelAt(file, name, args), table, historyOf, limits)
  const details = { operations, ...enginesOf(result) }
  if (result.verdict === 'ok') {
    const summary = `${operations} operations on ${result.partitions} objects have an order that explains them.`
    return { status: 'valid', summary, evidence: [], details }
  }
  if (result.verdict === 'unknown') return undecided(result, String)
  return judgeFailing(modelled, result, rows, details)
}

const judgeFailing = <S, I, O>(
  modelled: Modelled<S, I, O>,
  result: Result & { readonly verdict: 'illegal' },
  rows: TableRows,
  details: Judged['details'],
): Judged => {
  const pairOf = (row: number): Pair => rows.pairOf(row)
  const { first, others } = earliestFirst(result, pairOf)
  const { invocation, completion } = pairOf(first.blocked)
  const at = formatTimeNs(completion?.timeNs ?? invocation.timeNs)
  const draw = drawer()
  const { text, evidence } = tellOthers(others, String, pairOf)
  const all = [first, ...others.found]
  const own = modelled.failing(rows, first)
  const explanation = explain(own.model, own.operations, own.result)
  const entries = [evidenceOf(own, explanation, first), ...evidence].map((each, place) => {
    const failing = all[place] as Illegal
    return draw({ ...each, ...named(modelled, rows, failing) }, () =>
      place === 0 ? { ...own, explanation } : modelled.failing(rows, failing),
    )
  })
  return {
    status: 'invalid',
    blamed: invocation.f,
    summary: `Key ${first.partition}: what ${invocation.f} returned at ${at} cannot be explained by any order.${text}`,
    evidence: entries,
    details: { ...details, failing: all.map(({ partition }) => partition) },
  }
}

const foldModel = <S, I, O>(kind: ObjectKind<S, I, O>, record: RunRecord): Fold<Promise<Judged>> => {
  const modelled = new Modelled(kind, record)
  return { take: (pair, place) => modelled.take(pair, place), result: () => judgeModelled(modelled) }
}

const fold = <S, I, O>(kind: ObjectKind<S, I, O>, record: RunRecord): Fold<Judged | Promise<Judged>> => {
  const weaker = kind.weaker?.[weakestOf(record, kind.vocabulary, callsOf(kind)).name]
  if (weaker !== undefined)
    return {
      take: () => {},
      result: () => weaker(record, () => foldPairs(record, foldModel(kind, record))),
    }
  const beyond = beyondModels(record, kind.vocabulary, callsOf(kind))
  return beyond === null ? foldModel(kind, record) : { take: () => {}, result: () => notJudged(beyond) }
}

const judgedPromises = <S, I, O>({ vocabulary, leaves = [] }: ObjectKind<S, I, O>): readonly PromiseName[] =>
  vocabulary.promises.filter((name) => !leaves.includes(name))

/** @param name of the checker */
export const linearizableObject = <S, I, O>(name: string, kind: ObjectKind<S, I, O>): Checker =>
  foldingChecker({
    name,
    judgesBeginnings: true,
    judgesObjects: () => kind.forHistory === undefined,
    ...(kind.window === undefined ? {} : { window: kind.window }),
    finds: kind.finds,
    needs: ['history'],
    applies: (record) => isJudgedBy(record, kind.vocabulary, judgedPromises(kind), callsOf(kind)),
    promise: promisedOf(kind.vocabulary, kind.holds, callsOf(kind)),
    fold: (record) => fold(kind, record),
  })
