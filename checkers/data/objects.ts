/**
 * Objects with a sequential model, judged for linearizability (Herlihy and Wing 1990): a checker is a model and what each
 * operation of the vocabulary means to it.
 */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Evidence } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { pairOperations } from '../../harness/history/pairs.ts'
import type { Judged } from '../checker-of.ts'
import { explain } from '../porcupine-ts/evidence/explain.ts'
import type { AnyModel, Illegal, Operation } from '../porcupine-ts/model.ts'
import { checkParallel } from '../porcupine-ts/parallel/check-parallel.ts'
import { promised } from '../promise.ts'

const TIME_LIMIT_MS = 60_000
const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'

export interface ObjectKind<S, I, O> {
  readonly vocabulary: Vocabulary
  readonly finds: string
  /** What must hold, for the verdict. */
  readonly promise: string
  readonly model: AnyModel<S, I, O>
  /** Where other threads find the model: a file of porcupine-ts/models, without its extension. */
  readonly reference: { readonly file: string; readonly name: string; readonly args?: readonly unknown[] }
  /** What an operation is to the model; null for one that restricts nothing. An output of undefined is not known. */
  read(pair: Pair): { readonly input: I; readonly output: O | undefined } | null
}

interface Told<I, O> {
  readonly pairs: readonly Pair[]
  readonly operations: readonly Operation<I, O>[]
}

/** What failed never happened; what is in doubt may happen at any time. */
const operationsOf = <S, I, O>(kind: ObjectKind<S, I, O>, all: readonly Pair[]): Told<I, O> => {
  const pairs: Pair[] = []
  const operations: Operation<I, O>[] = []
  for (const pair of all) {
    const { invocation, completion } = pair
    if (completion?.type === 'fail') continue
    const meant = kind.read(pair)
    if (meant === null) continue
    const isOk = completion?.type === 'ok'
    pairs.push(pair)
    operations.push({
      client: invocation.process as number,
      call: invocation.timeNs,
      return: isOk ? completion.timeNs : Number.POSITIVE_INFINITY,
      input: meant.input,
      output: isOk ? meant.output : undefined,
    })
  }
  return { pairs, operations }
}

const evidenceOf = <S, I, O>(
  { model }: ObjectKind<S, I, O>,
  { pairs, operations }: Told<I, O>,
  result: Illegal,
): Evidence => {
  const { text, window } = explain(model, operations, result)
  return {
    title: `${model.name}: no order explains what was returned${result.partition === '' ? '' : ` (key ${result.partition})`}`,
    text,
    operations: window.map((at) => (pairs[at] as Pair).invocation.index),
  }
}

const judge = async <S, I, O>(kind: ObjectKind<S, I, O>, record: RunRecord): Promise<Judged> => {
  const told = operationsOf(kind, pairOperations(record.history))
  const { file, name, args = [] } = kind.reference
  const module = new URL(`../porcupine-ts/models/${file}.${extension}`, import.meta.url).href
  const result = await checkParallel({ module, name, args }, told.operations, { timeMs: TIME_LIMIT_MS })
  const details = { operations: told.operations.length, engines: result.engines }
  if (result.verdict === 'ok')
    return {
      status: told.operations.length === 0 ? 'unknown' : 'valid',
      summary: `${told.operations.length} operations on ${result.partitions} objects have an order that explains them.`,
      evidence: [],
      details,
    }
  if (result.verdict === 'unknown')
    return {
      status: 'unknown',
      summary: `Not decided: the search ran out of ${result.reason} on key ${result.partition}. What helps: ${result.help}.`,
      evidence: [],
      details,
    }
  const evidence = evidenceOf(kind, told, result)
  const blocked = told.pairs[result.blocked] as Pair
  const at = (blocked.completion?.timeNs ?? blocked.invocation.timeNs) / 1e9
  const summary = `Key ${result.partition}: what ${blocked.invocation.f} returned at ${at.toFixed(3)} s cannot be explained by any order.`
  return { status: 'invalid', summary, evidence: [evidence], details }
}

/** @param name of the checker */
export const linearizableObject = <S, I, O>(name: string, kind: ObjectKind<S, I, O>): Checker => ({
  name,
  finds: kind.finds,
  needs: ['history'],
  check: async (record) => ({
    checker: name,
    promise: promised(record, kind.promise),
    ...(await judge(kind, record)),
  }),
})
