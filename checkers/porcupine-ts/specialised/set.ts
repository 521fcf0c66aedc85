/**
 * Sets whose elements are each added and removed at most once, in n log n (n includes the elements that reads returned).
 *
 * Without reads of the whole set, elements are independent of each other. An element is in the set from the moment of its
 * add to the moment of its remove. An operation that found it needs a moment between the two, which bounds both. An
 * operation that did not find it needs a moment before or after, so the add should come as late as possible, and the
 * remove as early as possible. (After Abdulla et al., "Efficient linearizability monitoring", PLDI 2025, and Emmi and
 * Enea, "Sound, complete, and tractable linearizability monitoring for concurrent collections", POPL 2018.)
 *
 * With reads of the whole set, but without removes and without operations that ask for one element: the sets that were
 * read must form a chain, each contained in the next. That orders the reads, and puts each add between two of them.
 */
import { calledBy, type Part } from '../history/part.ts'
import type { SpecialResult } from '../model.ts'
import type { SetInput, SetOutput } from '../models/calls.ts'
import { Declined, declined } from './declined.ts'
import { decideGrowing } from './growing-set.ts'
import type { Element, SetLog } from './set-log.ts'

const effective = (known: number | null, operation: number, said: string): number => {
  if (known !== null) throw new Declined(`an element may have been ${said} twice`)
  return operation
}

/** Records what one operation tells about its element. */
const note = (element: Element, input: SetInput, output: SetOutput | undefined, operation: number): void => {
  const found = typeof output === 'boolean' ? output : null
  if (input.f === 'add' && found !== true) element.add = effective(element.add, operation, 'added')
  else if (input.f === 'remove' && found !== false)
    element.remove = effective(element.remove, operation, 'removed')
  else if (found === true) element.present.push(operation)
  else if (found === false) element.absent.push(operation)
}

const logOf = (part: Part<SetInput, SetOutput>, end: number): SetLog => {
  const elements = new Map<number, Element>()
  const reads: number[] = []
  const returned = (operation: number): number => {
    const time = part.return[operation] as number
    return time < end ? time : Number.POSITIVE_INFINITY
  }
  const count = calledBy(part, end)
  for (let i = 0; i < count; i++) {
    const input = part.input(i)
    const output = part.output(i)
    const isOpen = returned(i) === Number.POSITIVE_INFINITY
    const changes = input.f === 'add' || input.f === 'remove'
    if (isOpen && !changes) continue
    if (isOpen && typeof output === 'boolean')
      throw new Declined('an operation that told what it found had not returned')
    if (input.f === 'read') {
      if (Array.isArray(output)) reads.push(i)
      continue
    }
    const element = elements.get(input.element) ?? { add: null, remove: null, present: [], absent: [] }
    elements.set(input.element, element)
    note(element, input, output, i)
  }
  return { part, returned, elements, reads }
}

/** Whether the element can be in exactly between this add and this remove; null: it does not happen. */
const canBeIn = (
  { part, returned }: SetLog,
  { present, absent }: Pick<Element, 'present' | 'absent'>,
  add: number | null,
  remove: number | null,
): boolean => {
  if (add === null) return present.length === 0 && remove === null
  const call = (operation: number): number => part.call[operation] as number
  let latestAdd = returned(add)
  let earliestRemove = remove === null ? Number.POSITIVE_INFINITY : call(remove)
  for (const finder of present) {
    latestAdd = Math.min(latestAdd, returned(finder))
    earliestRemove = Math.max(earliestRemove, call(finder))
  }
  const removedBy = remove === null ? Number.POSITIVE_INFINITY : returned(remove)
  if (latestAdd < call(add) || earliestRemove > removedBy || call(add) > removedBy) return false
  return absent.every((operation) => call(operation) <= latestAdd || returned(operation) >= earliestRemove)
}

/** An add that never returned may come arbitrarily late, as if it had not happened. */
const isPossible = (log: SetLog, { add, remove, present, absent }: Element): boolean => {
  if (canBeIn(log, { present, absent }, add, remove)) return true
  // A remove without an answer may have found nothing; an open one may never have happened.
  if (remove === null || typeof log.part.output(remove) === 'boolean') return false
  const isOpen = log.returned(remove) === Number.POSITIVE_INFINITY
  return canBeIn(log, { present, absent: isOpen ? absent : [...absent, remove] }, add, null)
}

const witnessOf = ({ add, remove, present, absent }: Element): number[] =>
  [add, remove, ...present, ...absent].filter((operation) => operation !== null).sort((a, b) => a - b)

export const decideSet = (part: Part<SetInput, SetOutput>, end: number): SpecialResult => {
  try {
    const log = logOf(part, end)
    if (log.reads.length > 0) return decideGrowing(log)
    for (const element of log.elements.values())
      if (!isPossible(log, element)) return { verdict: 'illegal', witness: witnessOf(element) }
    return { verdict: 'ok' }
  } catch (error) {
    if (error instanceof Declined) return declined(error.reason)
    throw error
  }
}
