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
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { printJson } from '../../harness/support/json.ts'
import type { RegisterCall, RegisterResult, RegisterValue } from '../../harness/vocabularies/register.ts'
import { held, inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { type Judged, notJudged } from '../verdict.ts'
import { judgeCausal } from './causal.ts'
import { type Access, INITIAL, type Precedence, precedencesOf } from './sequential-order.ts'
import { hasOrder, programsOf, type Step } from './sequential-search.ts'

const STEP = { found: undefined, not: undefined, wrote: undefined }

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
  const of = { ...STEP, index: invocation.index, process, key }
  if (call.f === 'read')
    return result === null ? null : { ...of, found: (result as { value: RegisterValue }).value }
  const wrote = call.f === 'write' ? call.value.value : call.value.next
  if (result === null && !wasRead(held(key, wrote))) return null
  if (call.f === 'write') return { ...of, wrote }
  const { expected } = call.value
  const isRefused = result !== null && 'applied' in result && !result.applied
  return isRefused ? { ...of, not: expected } : { ...of, found: expected, wrote }
}

const valuesRead = (pairs: readonly Pair[]): ReadonlySet<string> =>
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
const stepsOf = (pairs: readonly Pair[]): readonly Step[] => {
  const read = valuesRead(pairs)
  return pairs.flatMap(
    (pair) => stepOf(pair, Number(pair.invocation.process), (name) => read.has(name)) ?? [],
  )
}

/**
 * Which operation wrote what each one found. Null if that is not known: a value was written twice, or is the initial value, or
 * nobody wrote it.
 */
const accessesOf = (steps: readonly Step[], initial: RegisterValue): readonly Access[] | null => {
  const writers = new Map<string, number>()
  for (const [step, { key, wrote }] of steps.entries()) {
    if (wrote === undefined) continue
    if (wrote === initial || writers.has(held(key, wrote))) return null
    writers.set(held(key, wrote), step)
  }
  const keys = new Map<string, number>()
  for (const { key } of steps) if (!keys.has(inText(key))) keys.set(inText(key), keys.size)
  const accesses: Access[] = []
  for (const { process, key, found, wrote } of steps) {
    const from =
      found === undefined ? null : found === initial ? INITIAL : writers.get(held(key, found as Scalar))
    if (from === undefined) return null
    accesses.push({ process, key: keys.get(inText(key)) as number, from, writes: wrote !== undefined })
  }
  return accesses
}

const told = (pair: Pair): string => {
  const { f, process, index } = pair.invocation
  const value = printJson(pair.completion?.type === 'ok' ? pair.completion.value : pair.invocation.value)
  return `operation ${index} (${f} ${value} by process ${process})`
}

/** The operations that would have to precede each other. */
const refuted = (
  cycle: readonly Precedence[],
  steps: readonly Step[],
  pairs: readonly Pair[],
): Pick<Judged, 'summary' | 'evidence'> => {
  const byIndex = new Map(pairs.map((pair) => [pair.invocation.index, pair]))
  const pairAt = (step: number): Pair => byIndex.get((steps[step] as Step).index) as Pair
  const lines = cycle.map(
    ({ before, after, reason }) => `${told(pairAt(before))} before ${told(pairAt(after))}: ${reason}`,
  )
  const [first] = cycle
  return {
    summary: `No order of all operations explains what they returned and keeps the order of each process: ${cycle.length} operations would have to precede each other in a circle; first, ${first === undefined ? '' : told(pairAt(first.before))}.`,
    evidence: [
      {
        title: 'Operations that would have to precede each other',
        text: lines.join('\n'),
        operations: cycle.map(({ before }) => (steps[before] as Step).index),
      },
    ],
  }
}

/** With more operations the sets of those that follow each would need gigabytes. */
const MOST_OPERATIONS = 30_000

/** A write that nobody read is left out if its outcome is unknown. It may still be why a comparison failed. */
const mayLackWrites = (pairs: readonly Pair[], steps: readonly Step[]): boolean =>
  steps.some(({ not }) => not !== undefined) &&
  pairs.some(({ completion }) => completion === null || completion.type === 'info')

const decide = (
  { pairs }: RunRecord,
  steps: readonly Step[],
  initial: RegisterValue,
): Pick<Judged, 'status' | 'summary' | 'evidence'> | null => {
  const accesses = steps.length > MOST_OPERATIONS ? null : accessesOf(steps, initial)
  const precedenced = accesses === null ? null : precedencesOf(accesses)
  if (precedenced?.type === 'cycle') return { status: 'invalid', ...refuted(precedenced.cycle, steps, pairs) }
  const found = hasOrder(steps, precedenced?.before ?? programsOf(steps), initial)
  const processes = new Set(steps.map(({ process }) => process)).size
  if (found === true) {
    const summary = `${steps.length} operations of ${processes} processes have an order that explains them and keeps the order of each process.`
    return { status: 'valid', summary, evidence: [] }
  }
  if (found === null || precedenced === null || mayLackWrites(pairs, steps)) return null
  const summary = `No order of all ${steps.length} operations explains what they returned and keeps the order of each process: all were tried.`
  return { status: 'invalid', summary, evidence: [] }
}

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
  if (steps.length === 0) return notJudged('no operation restricts the order', details)
  const decided = decide(record, steps, initial)
  if (decided !== null) return { ...decided, details }
  if (await isLinearizable()) {
    const summary = `${steps.length} operations have an order that explains them, and it even respects real time.`
    return { status: 'valid', summary, evidence: [], details }
  }
  const why =
    causal.status === 'valid' ? 'it is causally consistent, but no order was found' : 'no order was found'
  return notJudged(`whether the history is sequentially consistent was not decided: ${why}`, details)
}
