/** The data of the page: everything that a reader can point at, as plain columns. */
import { partsOfOperations } from '../../history/operations.ts'
import { sortedPositions } from '../../history/sort.ts'
import type { AnyModel, Illegal, Operation, Result } from '../../model.ts'
import type { Explanation } from '../explain.ts'
import type { PartialLinearization } from '../linearize.ts'
import { assignLanes } from './lanes.ts'

/** An event besides the operations: a fault, a line of a log. */
export interface Annotation {
  /** In the unit of the operations' times. */
  readonly from: number
  /** Absent: the event has no duration. */
  readonly to?: number
  /** What it concerns. Annotations of one row are drawn in one line. */
  readonly row: string
  readonly text: string
}

/** Operations in order of their calls; other operations are named by their place in that order. */
export interface PageData {
  readonly title: string
  readonly verdict: Result['verdict']
  readonly summary: string
  /** The diagram of the failing window. */
  readonly text: string
  /** How many units of time are one shown unit, and the name of that. */
  readonly unit: { readonly size: number; readonly name: string }
  /** Times are ticks since the first call; a tick is so many units. */
  readonly start: number
  readonly tick: number
  /** Time from each call to the next, and from each call to its return; -1: it never returned. */
  readonly gaps: readonly number[]
  readonly durations: readonly number[]
  readonly clients: readonly number[]
  readonly lanes: readonly number[]
  /** Index into `texts`. */
  readonly labels: readonly number[]
  readonly texts: readonly string[]
  /** Index into `partitions`. */
  readonly partitionOf: readonly number[]
  readonly partitions: readonly (string | number)[]
  readonly orders: readonly PageOrder[]
  readonly blocked: number | null
  readonly window: readonly number[]
  readonly attempts: readonly PageAttempt[]
  readonly annotations: readonly Annotation[]
  /** Number of operations for which there was no room. */
  readonly omitted: number
}

export interface PageOrder {
  readonly partition: number
  readonly operations: readonly number[]
  /** The state after each, as an index into `texts`. */
  readonly states: readonly number[]
}

export interface PageAttempt {
  readonly operations: readonly number[]
  readonly state: string
  readonly refused: readonly { readonly operation: number; readonly why: string }[]
}

export interface PageInput<S, I, O> {
  readonly model: AnyModel<S, I, O>
  readonly operations: readonly Operation<I, O>[]
  readonly result: Result | Illegal
  readonly explanation: Explanation | null
  readonly orders: readonly PartialLinearization[]
  readonly title: string
  readonly annotations: readonly Annotation[]
  readonly unit: PageData['unit']
}

const MAX_TEXT = 80
const TICKS = 2 ** 31

class Texts {
  readonly all: string[] = []
  readonly #known = new Map<string, number>()

  numberOf(text: string): number {
    const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 3)}...` : text
    const known = this.#known.get(short)
    if (known !== undefined) return known
    this.#known.set(short, this.all.length)
    return this.all.push(short) - 1
  }
}

/** The operations nearest to a place in the order of calls, at most so many. */
const nearest = (order: Uint32Array, place: number, most: number): Uint32Array => {
  const from = Math.max(0, Math.min(place - (most >> 1), order.length - most))
  return order.subarray(from, from + most)
}

const summaryOf = <S, I, O>({ model, operations, result }: PageInput<S, I, O>): string => {
  if (result.verdict === 'ok') return `All ${operations.length} operations can be put into an order.`
  if (result.verdict === 'unknown')
    return `Not decided: the search ran out of ${result.reason} on ${result.partition}. What helps: ${result.help}.`
  const { client, input, output } = operations[result.blocked] as Operation<I, O>
  const text = model.describe?.(input, output) ?? JSON.stringify({ input, output })
  return `No order of the operations on ${result.partition} explains "${text}" of client ${client}.`
}

/** `most`: how many operations there is room for. Those nearest to the failure are kept. */
export const pageData = <S, I, O>(input: PageInput<S, I, O>, most: number): PageData => {
  const { model, operations, result, explanation } = input
  const byCall = sortedPositions(Float64Array.from(operations, ({ call }) => call))
  const blocked = result.verdict === 'illegal' ? result.blocked : null
  const kept = nearest(byCall, blocked === null ? 0 : byCall.indexOf(blocked), most)
  const placeOf = new Map(Array.from(kept, (index, place) => [index, place]))
  const places = (indices: readonly number[]): number[] =>
    indices.flatMap((index) => placeOf.get(index) ?? [])
  const shown = Array.from(kept, (index) => operations[index] as Operation<I, O>)
  const times = ticksOf(shown, input.annotations)
  const texts = new Texts()
  const labels = shown.map(({ input: asked, output }) =>
    texts.numberOf(model.describe?.(asked, output) ?? JSON.stringify({ asked, output })),
  )
  const parts = partsOfOperations(model, operations)
  const partitionOf = new Array<number>(shown.length).fill(0)
  for (const [number, { index }] of parts.entries())
    for (const operation of index) {
      const place = placeOf.get(operation)
      if (place !== undefined) partitionOf[place] = number
    }
  const partitions = parts.map(({ key }) => key)
  return {
    title: input.title,
    verdict: result.verdict,
    summary: summaryOf(input),
    text: explanation?.text ?? '',
    unit: input.unit,
    ...times,
    clients: shown.map(({ client }) => client),
    lanes: assignLanes(shown),
    labels,
    partitionOf,
    partitions,
    orders: input.orders.map(({ partition, order, states }) => {
      const isKept = order.map((index) => placeOf.has(index))
      return {
        partition: partitions.indexOf(partition),
        operations: places(order),
        states: states.filter((_, i) => isKept[i]).map((state) => texts.numberOf(state)),
      }
    }),
    blocked: blocked === null ? null : (placeOf.get(blocked) ?? null),
    window: places(explanation?.window ?? []),
    attempts: [...(explanation?.attempts ?? []), ...(explanation?.others ?? [])].map(
      ({ order, state, refused }) => ({
        operations: places(order),
        state,
        refused: refused.flatMap(({ operation, why }) =>
          places([operation]).map((place) => ({ operation: place, why })),
        ),
      }),
    ),
    annotations: input.annotations,
    omitted: operations.length - shown.length,
    texts: texts.all,
  }
}

/** Times as differences, which are small whole numbers and compress well. */
const ticksOf = <I, O>(
  shown: readonly Operation<I, O>[],
  annotations: readonly Annotation[],
): Pick<PageData, 'start' | 'tick' | 'gaps' | 'durations'> => {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const { call, return: returned } of shown) {
    start = Math.min(start, call)
    end = Math.max(end, returned === Number.POSITIVE_INFINITY ? call : returned)
  }
  for (const { from, to } of annotations) {
    start = Math.min(start, from)
    end = Math.max(end, to ?? from)
  }
  if (start > end) return { start: 0, tick: 1, gaps: [], durations: [] }
  const tick = Math.max((end - start) / TICKS, Number.MIN_VALUE)
  const at = (time: number): number => Math.round((time - start) / tick)
  let last = 0
  const gaps = shown.map(({ call }) => {
    const gap = at(call) - last
    last += gap
    return gap
  })
  const durations = shown.map(({ call, return: returned }) =>
    returned === Number.POSITIVE_INFINITY ? -1 : at(returned) - at(call),
  )
  return { start, tick, gaps, durations }
}
