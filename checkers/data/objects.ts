/**
 * Objects with a sequential model, judged for linearizability (Herlihy and Wing 1990). If only a consistent prefix was
 * promised for calls that change nothing, they are judged for that. A checker consists of a model, the meaning of each
 * operation of the vocabulary in it, and who judges by promises that are weaker still.
 */

import type { PromiseName } from '../../harness/api/claims.ts'
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Evidence } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { explain } from '../porcupine-ts/evidence/explain.ts'
import type { AnyModel, Illegal, Operation } from '../porcupine-ts/model.ts'
import { checkParallel } from '../porcupine-ts/parallel/check-parallel.ts'
import { isJudgedBy, promisedOf, usesOf, weakestOf } from '../promise.ts'
import { checkerOf, type Judged, notJudged } from '../verdict.ts'
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
import { drawer, type FailingKey, onKey } from './linearization-view.ts'

const TIME_LIMIT_MS = 60_000

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

interface Modelled<I, O> {
  readonly pairs: readonly Pair[]
  readonly operations: readonly Operation<I, O>[]
}

/** A failed operation never happened; one with an unknown outcome may happen at any time. */
const operationsOf = <S, I, O>(kind: ObjectKind<S, I, O>, record: RunRecord): Modelled<I, O> => {
  const intervalOf = intervalsOf(record, kind.vocabulary)
  const pairs: Pair[] = []
  const operations: Operation<I, O>[] = []
  for (const pair of record.pairs) {
    if (pair.completion?.type === 'fail') continue
    const meant = kind.read(pair)
    if (meant === null) continue
    operations.push({
      ...intervalOf(pair, pairs.length),
      input: meant.input,
      output: pair.completion?.type === 'ok' ? meant.output : undefined,
    })
    pairs.push(pair)
  }
  return { pairs, operations }
}

const evidenceOf = <S, I, O>(
  { model }: Pick<ObjectKind<S, I, O>, 'model'>,
  { pairs, operations }: Modelled<I, O>,
  result: Illegal,
): Evidence => {
  const { text, window } = explain(model, operations, result)
  return {
    title: `${model.name}: no order explains what was returned${result.partition === '' ? '' : ` (key ${result.partition})`}`,
    text,
    operations: window.map((at) => (pairs[at] as Pair).invocation.index),
  }
}

const failingObject = <S, I, O>(
  { model }: Pick<ObjectKind<S, I, O>, 'model'>,
  { pairs, operations }: Modelled<I, O>,
  result: Illegal,
): FailingKey<S, I, O> => {
  const own = operations.flatMap(({ input }, row) =>
    (model.partition?.(input) ?? '') === result.partition ? [row] : [],
  )
  const some = own.map((row) => operations[row] as Operation<I, O>)
  return {
    key: String(result.partition),
    model,
    ...onKey(model, some, own, result),
    indices: own.map((row) => (pairs[row] as Pair).invocation.index),
  }
}

const named = <S, I, O>(
  { anomaly }: Pick<ObjectKind<S, I, O>, 'anomaly'>,
  { pairs }: Modelled<I, O>,
  { prefix }: Illegal,
): Pick<Evidence, 'anomaly'> => {
  const name = anomaly?.(Array.from(prefix, (row) => pairs[row] as Pair))
  return name === undefined ? {} : { anomaly: name }
}

const judgeModel = async <S, I, O>(given: ObjectKind<S, I, O>, record: RunRecord): Promise<Judged> => {
  const kind = { ...given, ...given.forHistory?.(record) }
  const modelled = operationsOf(kind, record)
  const { pairs, operations } = modelled
  if (operations.length === 0) return notJudged('no operation restricts the order')
  const { file, name, args } = kind.reference
  const reference = modelAt(file, name, args)
  const result = await checkParallel(reference, operations, {
    timeMs: TIME_LIMIT_MS,
    mostIllegal: MOST_FAILING,
  })
  const details = { operations: operations.length, ...enginesOf(result) }
  if (result.verdict === 'ok') {
    const summary = `${operations.length} operations on ${result.partitions} objects have an order that explains them.`
    return { status: 'valid', summary, evidence: [], details }
  }
  if (result.verdict === 'unknown') return undecided(result, String)
  const pairOf = (row: number): Pair => pairs[row] as Pair
  const { first, others } = earliestFirst(result, pairOf)
  const { invocation, completion } = pairOf(first.blocked)
  const at = formatTimeNs(completion?.timeNs ?? invocation.timeNs)
  const draw = drawer()
  const { text, evidence } = tellOthers(others, String, pairOf)
  const all = [first, ...others.found]
  const entries = [evidenceOf(kind, modelled, first), ...evidence].map((each, place) => {
    const failing = all[place] as Illegal
    return draw({ ...each, ...named(kind, modelled, failing) }, () => failingObject(kind, modelled, failing))
  })
  return {
    status: 'invalid',
    blamed: invocation.f,
    summary: `Key ${first.partition}: what ${invocation.f} returned at ${at} cannot be explained by any order.${text}`,
    evidence: entries,
    details: { ...details, failing: all.map(({ partition }) => partition) },
  }
}

const judge = async <S, I, O>(kind: ObjectKind<S, I, O>, record: RunRecord): Promise<Judged> => {
  const weaker = kind.weaker?.[weakestOf(record, kind.vocabulary, callsOf(kind)).name]
  if (weaker !== undefined) return weaker(record, () => judgeModel(kind, record))
  const beyond = beyondModels(record, kind.vocabulary, callsOf(kind))
  return beyond === null ? judgeModel(kind, record) : notJudged(beyond)
}

const judgedPromises = <S, I, O>({ vocabulary, leaves = [] }: ObjectKind<S, I, O>): readonly PromiseName[] =>
  vocabulary.promises.filter((name) => !leaves.includes(name))

/** @param name of the checker */
export const linearizableObject = <S, I, O>(name: string, kind: ObjectKind<S, I, O>): Checker =>
  checkerOf({
    name,
    judgesBeginnings: true,
    judgesObjects: () => kind.forHistory === undefined,
    finds: kind.finds,
    needs: ['history'],
    applies: (record) => isJudgedBy(record, kind.vocabulary, judgedPromises(kind), callsOf(kind)),
    promise: promisedOf(kind.vocabulary, kind.holds, callsOf(kind)),
    judge: (record) => judge(kind, record),
  })
