/** The decision whether a history has a sequential order, by what must precede what, and by a search (sequential.ts). */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { EdgeKind, Evidence } from '../../harness/api/verdict.ts'
import { printJson } from '../../harness/support/json.ts'
import type { RegisterValue } from '../../harness/vocabularies/register.ts'
import { held, inText, type Scalar } from '../../harness/vocabularies/values.ts'
import type { Judged } from '../verdict.ts'
import { clipped } from '../view-limits.ts'
import { type Access, INITIAL, type Precedence, precedencesOf, type Reason } from './sequential-order.ts'
import { hasOrder, programsOf, type Step } from './sequential-search.ts'

/** Value of a key -> the step that wrote it. Null if one was written twice, or is the initial value. */
const writersOf = (steps: readonly Step[], initial: RegisterValue): ReadonlyMap<string, number> | null => {
  const writers = new Map<string, number>()
  for (const [step, { wrote }] of steps.entries())
    for (const { key, value } of wrote) {
      const name = held(key, value as Scalar)
      if (value === initial || writers.has(name)) return null
      writers.set(name, step)
    }
  return writers
}

/**
 * Which operation wrote what each one found. Null if that is not known: a value was written twice, or is the initial value, or
 * nobody wrote it.
 */
const accessesOf = (steps: readonly Step[], initial: RegisterValue): readonly Access[] | null => {
  const writers = writersOf(steps, initial)
  if (writers === null) return null
  const numbers = new Map<string, number>()
  const numberOf = (key: Scalar): number => {
    const name = inText(key)
    const number = numbers.get(name) ?? numbers.size
    numbers.set(name, number)
    return number
  }
  const accesses: Access[] = []
  for (const { process, found, wrote } of steps) {
    const reads: Access['reads'][number][] = []
    for (const { key, value } of found) {
      const from = value === initial ? INITIAL : writers.get(held(key, value as Scalar))
      if (from === undefined) return null
      reads.push({ key: numberOf(key), from })
    }
    accesses.push({ process, reads, writes: wrote.map(({ key }) => numberOf(key)) })
  }
  return accesses
}

const told = (pair: Pair): string => {
  const { f, process, index } = pair.invocation
  const value = printJson(pair.completion?.type === 'ok' ? pair.completion.value : pair.invocation.value)
  return `operation ${index} (${f} ${value} by process ${process})`
}

/** Adya's name for each reason. */
const EDGES: Readonly<Record<Reason, EdgeKind>> = {
  'same process': 'process',
  'read its value': 'wr',
  'wrote over what it read': 'rw',
  'was written over before': 'ww',
}

/** Longer circles are told in words alone. */
const MOST_DRAWN = 200

const drawn = (
  cycle: readonly Precedence[],
  pairAt: (step: number) => Pair,
): Partial<Pick<Evidence, 'view'>> =>
  cycle.length > MOST_DRAWN
    ? {}
    : {
        view: {
          kind: 'cycle',
          transactions: cycle.map(({ before }) => ({
            operation: pairAt(before).invocation.index,
            text: clipped(told(pairAt(before))),
          })),
          edges: cycle.map(({ reason }) => ({ kind: EDGES[reason], why: reason })),
        },
      }

/** The operations that would have to precede each other. */
const refuted = (
  cycle: readonly Precedence[],
  steps: readonly Step[],
  pairs: Sequence<Pair>,
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
        ...drawn(cycle, pairAt),
      },
    ],
  }
}

/** With more operations the sets of those that follow each would need gigabytes. */
const MOST_OPERATIONS = 30_000

export const NOTHING_WRITTEN =
  'nothing was written, and every read returned the initial value, which proves nothing; a write would have been needed'

/** Why these operations prove nothing, whatever order they have; null: they may. */
export const whyVain = (steps: readonly Step[], initial: RegisterValue): string | null => {
  if (steps.length === 0) return 'no operation restricts the order'
  const isVain = steps.every(
    ({ found, wrote }) => wrote.length === 0 && found.every(({ value }) => value === initial),
  )
  return isVain ? NOTHING_WRITTEN : null
}

/**
 * Whether one order of these operations explains what they found and keeps the order of each process. Null: not decided.
 *
 * @param areAll no operation that may have happened was left out, so that a search in vain proves something
 */
export const decideOrder = (
  pairs: Sequence<Pair>,
  steps: readonly Step[],
  initial: RegisterValue,
  areAll: boolean,
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
  if (found === null || precedenced === null || !areAll) return null
  const summary = `No order of all ${steps.length} operations explains what they returned and keeps the order of each process: all were tried.`
  return { status: 'invalid', summary, evidence: [] }
}
