/**
 * One partition of a history as flat arrays, for the search. Operations are numbered by their calls. Calls and returns
 * form one list of events in time order. Each operation that returns has a slot: a small number that no other operation
 * has while it is open. Operations that never return are grouped by what they do.
 */
import { int32, uint8 } from '../history/allocate.ts'
import { calledBy, type Part } from '../history/part.ts'
import { sortedPositions } from '../history/sort.ts'
import type { Foresight, Model } from '../model.ts'

export interface Compiled {
  readonly count: number
  /** In time order: 2i is the call of operation i, 2i+1 its return. */
  readonly events: Int32Array
  /** The slot of each operation; -1 for one that never returns. */
  readonly slotOf: Int32Array
  readonly slots: number
  /** Operations of one class step in the same way from every state. */
  readonly classOf: Int32Array
  readonly classes: number
  /** 1: changes no state in which it is possible. */
  readonly readOnly: Uint8Array
  /** 1: possible in every state, and always leads to the same state. */
  readonly overwrites: Uint8Array
  /** 1: it is placed only when it returns (`Foresight.waits`). */
  readonly waits: Uint8Array
  /** Operations that never return and do not wait, grouped by class, and within a class in order of their calls. */
  readonly pending: Int32Array
  /** Where each class begins in `pending`; one more entry for the end. */
  readonly pendingStarts: Int32Array
  /** When each of `pending` was called: its position in `events`. */
  readonly pendingFrom: Int32Array
}

const isPending = (part: Part<unknown, unknown>, operation: number): boolean =>
  part.return[operation] === Number.POSITIVE_INFINITY

const sortEvents = (part: Part<unknown, unknown>): Int32Array => {
  const { count, call } = part
  const returning = sortedPositions(part.return)
  let returns = count
  while (returns > 0 && isPending(part, returning[returns - 1] as number)) returns--
  const events = int32(count + returns)
  let at = 0
  let next = 0
  for (let i = 0; i < count; i++) {
    // At equal times calls come first: such operations overlap.
    while (next < returns && (part.return[returning[next] as number] as number) < (call[i] as number))
      events[at++] = 2 * (returning[next++] as number) + 1
    events[at++] = 2 * i
  }
  while (next < returns) events[at++] = 2 * (returning[next++] as number) + 1
  return events
}

const assignSlots = (
  events: Int32Array,
  part: Part<unknown, unknown>,
): { slotOf: Int32Array; slots: number } => {
  const slotOf = int32(part.count).fill(-1)
  const free: number[] = []
  let slots = 0
  for (const event of events) {
    const operation = event >> 1
    if (event & 1) free.push(slotOf[operation] as number)
    else if (!isPending(part, operation)) slotOf[operation] = free.pop() ?? slots++
  }
  return { slotOf, slots }
}

/** What the model says of each operation. */
const describe = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  foresight: Foresight<S, I, O> | undefined,
): Pick<Compiled, 'classOf' | 'classes' | 'readOnly' | 'overwrites' | 'waits'> => {
  const { count } = part
  const [classOf, readOnly, overwrites, waits] = [int32(count), uint8(count), uint8(count), uint8(count)]
  const known = new Map<string | number, number>()
  for (let i = 0; i < count; i++) {
    const [input, output] = [part.input(i), part.output(i)]
    const key = model.classify?.(input, output) ?? i
    let found = known.get(key)
    if (found === undefined) {
      found = known.size
      known.set(key, found)
    }
    classOf[i] = found
    if (model.readOnly?.(input, output) === true) readOnly[i] = 1
    if (model.overwrites?.(input, output) === true) overwrites[i] = 1
    if (foresight?.waits(input) === true) waits[i] = 1
  }
  return { classOf, classes: known.size, readOnly, overwrites, waits }
}

const groupPending = (
  events: Int32Array,
  part: Part<unknown, unknown>,
  classOf: Int32Array,
  waits: Uint8Array,
): Pick<Compiled, 'pending' | 'pendingStarts' | 'pendingFrom'> => {
  const from = new Map<number, number>()
  for (let e = 0; e < events.length; e++) {
    const event = events[e] as number
    const operation = event >> 1
    if ((event & 1) === 0 && isPending(part, operation) && waits[operation] === 0) from.set(operation, e)
  }
  const sorted = [...from.keys()].sort((a, b) => (classOf[a] as number) - (classOf[b] as number) || a - b)
  const starts: number[] = []
  for (const [i, operation] of sorted.entries())
    if (i === 0 || classOf[operation] !== classOf[sorted[i - 1] as number]) starts.push(i)
  starts.push(sorted.length)
  return {
    pending: Int32Array.from(sorted),
    pendingStarts: Int32Array.from(starts),
    pendingFrom: Int32Array.from(sorted, (operation) => from.get(operation) as number),
  }
}

/** Positions of a part, without operations that never returned and change nothing: those restrict nothing. */
export const restricting = <S, I, O>(model: Model<S, I, O>, part: Part<I, O>, end: number): number[] => {
  const positions: number[] = []
  const called = calledBy(part, end)
  for (let i = 0; i < called; i++) {
    const returned = (part.return[i] as number) < end
    if (returned || model.readOnly?.(part.input(i), part.output(i)) !== true) positions.push(i)
  }
  return positions
}

/** @param foresight for a search that only asks whether there is a linearization */
export const compile = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  foresight?: Foresight<S, I, O>,
): Compiled => {
  const events = sortEvents(part)
  const { slotOf, slots } = assignSlots(events, part)
  const described = describe(model, part, foresight)
  const { classOf, waits } = described
  return {
    count: part.count,
    events,
    slotOf,
    slots,
    ...described,
    ...groupPending(events, part, classOf, waits),
  }
}
