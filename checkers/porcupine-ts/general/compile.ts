/**
 * One partition of a history, made flat for the search: operations are numbered by their calls, their calls and
 * returns form one list of events in time order, each operation that returns has a slot (a small number, its own
 * while it is open), and those that never return are grouped by what they do.
 */
import type { Model, Operation } from '../model.ts'

export interface Compiled {
  readonly count: number
  /** In time order: 2i is the call of operation i, 2i+1 its return. */
  readonly events: Int32Array
  /** Of each operation; -1 for one that never returns. */
  readonly slotOf: Int32Array
  readonly slots: number
  /** Operations of one class step alike from every state. */
  readonly classOf: Int32Array
  readonly classes: number
  /** 1: changes no state it is possible in. */
  readonly readOnly: Uint8Array
  /** 1: possible in every state, and leads to one and the same. */
  readonly overwrites: Uint8Array
  /** Operations that never return, those of a class side by side, in order of their calls. */
  readonly pending: Int32Array
  /** Where each class begins in `pending`; one more entry for the end. */
  readonly pendingStarts: Int32Array
  /** When each of `pending` was called: its position in `events`. */
  readonly pendingFrom: Int32Array
}

const isPending = (operation: Operation<unknown, unknown>): boolean =>
  operation.return === Number.POSITIVE_INFINITY

const sortEvents = (operations: readonly Operation<unknown, unknown>[]): Int32Array => {
  const returns: number[] = []
  for (let i = 0; i < operations.length; i++) if (!isPending(operations[i] as never)) returns.push(i)
  const returnOf = (i: number): number => (operations[i] as Operation<unknown, unknown>).return
  returns.sort((a, b) => returnOf(a) - returnOf(b))
  const events = new Int32Array(operations.length + returns.length)
  let at = 0
  let next = 0
  for (let i = 0; i < operations.length; i++) {
    const { call } = operations[i] as Operation<unknown, unknown>
    // At one and the same time calls come first: the operations overlap.
    while (next < returns.length && returnOf(returns[next] as number) < call)
      events[at++] = 2 * (returns[next++] as number) + 1
    events[at++] = 2 * i
  }
  while (next < returns.length) events[at++] = 2 * (returns[next++] as number) + 1
  return events
}

const assignSlots = (
  events: Int32Array,
  operations: readonly Operation<unknown, unknown>[],
): { slotOf: Int32Array; slots: number } => {
  const slotOf = new Int32Array(operations.length).fill(-1)
  const free: number[] = []
  let slots = 0
  for (const event of events) {
    const operation = event >> 1
    if (event & 1) free.push(slotOf[operation] as number)
    else if (!isPending(operations[operation] as never)) slotOf[operation] = free.pop() ?? slots++
  }
  return { slotOf, slots }
}

const classify = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
): { classOf: Int32Array; classes: number } => {
  const classOf = new Int32Array(operations.length)
  if (model.classify === undefined) {
    for (let i = 0; i < operations.length; i++) classOf[i] = i
    return { classOf, classes: operations.length }
  }
  const known = new Map<string | number, number>()
  for (let i = 0; i < operations.length; i++) {
    const { input, output } = operations[i] as Operation<I, O>
    const key = model.classify(input, output)
    let found = known.get(key)
    if (found === undefined) {
      found = known.size
      known.set(key, found)
    }
    classOf[i] = found
  }
  return { classOf, classes: known.size }
}

const groupPending = (
  events: Int32Array,
  operations: readonly Operation<unknown, unknown>[],
  classOf: Int32Array,
): Pick<Compiled, 'pending' | 'pendingStarts' | 'pendingFrom'> => {
  const from = new Map<number, number>()
  for (let e = 0; e < events.length; e++) {
    const event = events[e] as number
    if ((event & 1) === 0 && isPending(operations[event >> 1] as never)) from.set(event >> 1, e)
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

/** `operations` in order of their calls. */
export const compile = <S, I, O>(model: Model<S, I, O>, operations: readonly Operation<I, O>[]): Compiled => {
  const events = sortEvents(operations)
  const { slotOf, slots } = assignSlots(events, operations)
  const { classOf, classes } = classify(model, operations)
  const flags = (law: ((input: I, output: O | undefined) => boolean) | undefined): Uint8Array =>
    Uint8Array.from(operations, ({ input, output }) => (law?.(input, output) === true ? 1 : 0))
  return {
    count: operations.length,
    events,
    slotOf,
    slots,
    classOf,
    classes,
    readOnly: flags(model.readOnly),
    overwrites: flags(model.overwrites),
    ...groupPending(events, operations, classOf),
  }
}
