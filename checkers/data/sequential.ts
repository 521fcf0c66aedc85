/**
 * Sequential consistency of register histories (Lamport 1979): one order of all operations explains what was returned, and
 * keeps the order of each process; real time does not matter. Deciding it is NP-complete even if every value is written once
 * (Gibbons and Korach 1997), and unlike linearizability it cannot be decided key by key. So several things are tried:
 *
 * - refute it: a history that is not causally consistent is not sequentially consistent either, and neither is one in which
 *   operations would have to precede each other in a circle (sequential-order.ts);
 * - find an order, with a search that gives up after a while (sequential-search.ts);
 * - find an order that also respects real time: a linearizable history is sequentially consistent.
 *
 * If all fail, it is not decided.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { RegisterCall, RegisterResult, RegisterValue } from '../../harness/vocabularies/register.ts'
import { held } from '../../harness/vocabularies/values.ts'
import { type Judged, notJudged } from '../verdict.ts'
import { judgeCausal } from './causal.ts'
import { decideOrder, whyVain } from './sequential-decision.ts'
import type { Step } from './sequential-search.ts'

const NOTHING = { found: [], not: [], wrote: [] } as const

/** Null for an operation that restricts nothing: it failed, or its outcome is unknown and nobody read what it wrote. */
const stepOf = (
  { invocation, completion }: Pair,
  process: number,
  wasRead: (name: string) => boolean,
): Step | null => {
  if (completion?.type === 'fail') return null
  const call = { f: invocation.f, value: invocation.value } as RegisterCall
  const result = completion?.type === 'ok' ? (completion.value as RegisterResult) : null
  const { key } = call.value
  const of = { ...NOTHING, index: invocation.index, process }
  const holding = (value: RegisterValue) => [{ key, value }]
  if (call.f === 'read')
    return result === null ? null : { ...of, found: holding((result as { value: RegisterValue }).value) }
  const wrote = call.f === 'write' ? call.value.value : call.value.next
  if (result === null && !wasRead(held(key, wrote))) return null
  if (call.f === 'write') return { ...of, wrote: holding(wrote) }
  const { expected } = call.value
  const isRefused = result !== null && 'applied' in result && !result.applied
  return isRefused
    ? { ...of, not: holding(expected) }
    : { ...of, found: holding(expected), wrote: holding(wrote) }
}

const valuesRead = (pairs: Sequence<Pair>): ReadonlySet<string> =>
  new Set(
    pairs.flatMap(({ invocation, completion }) => {
      if (completion?.type !== 'ok') return []
      const call = { f: invocation.f, value: invocation.value } as RegisterCall
      const { key } = call.value
      const result = completion.value as { readonly value?: RegisterValue; readonly applied?: boolean }
      const value =
        call.f === 'read' ? result.value : call.f === 'cas' && result.applied ? call.value.expected : null
      return value == null ? [] : [held(key, value)]
    }),
  )

/** All steps, in the order of the history. */
const stepsOf = (pairs: Sequence<Pair>): readonly Step[] => {
  const read = valuesRead(pairs)
  return pairs.flatMap(
    (pair) => stepOf(pair, Number(pair.invocation.process), (name) => read.has(name)) ?? [],
  )
}

/** A write that nobody read is left out if its outcome is unknown. It may still be why a comparison failed. */
const mayLackWrites = (pairs: Sequence<Pair>, steps: readonly Step[]): boolean =>
  steps.some(({ not }) => not.length > 0) &&
  pairs.some(({ completion }) => completion === null || completion.type === 'info')

/** @param isLinearizable decides about the same history; asked only if nothing else decides */
export const judgeSequential = async (
  record: RunRecord,
  initial: RegisterValue,
  isLinearizable: () => Promise<boolean>,
): Promise<Judged> => {
  const causal = judgeCausal(record, initial, false)
  if (causal.status === 'invalid')
    return { ...causal, summary: `Not even causally consistent: ${causal.summary}` }
  const steps = stepsOf(record.pairs)
  const details = { operations: steps.length }
  const vain = whyVain(steps, initial)
  if (vain !== null) return notJudged(vain, details)
  const { pairs } = record
  const decided = decideOrder(pairs, steps, initial, !mayLackWrites(pairs, steps))
  if (decided !== null) return { ...decided, details }
  if (await isLinearizable()) {
    const summary = `${steps.length} operations have an order that explains them, and it even respects real time.`
    return { status: 'valid', summary, evidence: [], details }
  }
  const why =
    causal.status === 'valid' ? 'it is causally consistent, but no order was found' : 'no order was found'
  return notJudged(`whether the history is sequentially consistent was not decided: ${why}`, details)
}
