/**
 * What the takes of a queue tell about its puts, which a search would otherwise notice only when the values come out, many
 * operations and far too many orders later.
 *
 * - A value that is put behind another one comes out after it. So if the only take of a value returned before any take was called
 *   that may have taken another value, then the first value is put in first: not after the other was put in, nor after it must
 *   have been. A take of an unknown value may have taken any. Of a value that is in at the beginning, or is put in twice, nobody
 *   knows which of them came out: nothing is told of its puts.
 * - A value that no take has taken does nothing but be in the way, so its put may as well wait until it returns.
 */
import { narrowed, type Part } from '../history/part.ts'
import { sortedPositions } from '../history/sort.ts'
import type { Foresight } from '../model.ts'
import type { QueueInput, QueueOutput, Scalar } from './calls.ts'

type State = readonly Scalar[]
type QueuePart = Part<QueueInput, QueueOutput>

/** What the takes of a part tell. */
interface Takes {
  /** Value -> when the only take of it returned; Infinity if there are several. */
  readonly returned: ReadonlyMap<Scalar, number>
  /** When the first take was called that may have taken a value. */
  outFrom(value: Scalar): number
}

const takesOf = (part: QueuePart): Takes => {
  const called = new Map<Scalar, number>()
  const returned = new Map<Scalar, number>()
  let firstUnknown = Number.POSITIVE_INFINITY
  for (let i = 0; i < part.count; i++) {
    if (part.input(i).f === 'put') continue
    const output = part.output(i)
    if (output === undefined) firstUnknown = Math.min(firstUnknown, part.call[i] as number)
    if (output === undefined || output.taken === null) continue
    const { taken } = output
    // They are in order of their calls.
    const isAgain = called.has(taken)
    if (!isAgain) called.set(taken, part.call[i] as number)
    returned.set(taken, isAgain ? Number.POSITIVE_INFINITY : (part.return[i] as number))
  }
  return {
    returned,
    outFrom: (value) => Math.min(firstUnknown, called.get(value) ?? Number.POSITIVE_INFINITY),
  }
}

/** The puts of values that are put in once, and were not in at the beginning: value -> position. */
const putsOf = (part: QueuePart, from: readonly State[]): ReadonlyMap<Scalar, number> => {
  const puts = new Map<Scalar, number>()
  const others = new Set(from.flat())
  for (let i = 0; i < part.count; i++) {
    const input = part.input(i)
    if (input.f !== 'put' || others.has(input.value)) continue
    if (puts.delete(input.value)) others.add(input.value)
    else puts.set(input.value, i)
  }
  return puts
}

/**
 * Each put between the latest call of those that come before it and the earliest return of those that come after it. Null: a put
 * has no time left.
 */
const spansOf = (
  part: QueuePart,
  puts: ReadonlyMap<Scalar, number>,
  { returned, outFrom }: Takes,
): { readonly call: Float64Array; readonly return: Float64Array } | null => {
  const [call, end] = [Float64Array.from(part.call), Float64Array.from(part.return)]
  const positions = Int32Array.from(puts.values())
  const values = [...puts.keys()]
  const out = Float64Array.from(values, (value) => returned.get(value) ?? Number.POSITIVE_INFINITY)
  const starts = Float64Array.from(values, outFrom)
  const [byOut, byStart] = [sortedPositions(out), sortedPositions(starts)]
  const at = (column: Float64Array, value: number): number => column[value] as number
  const put = (value: number): number => positions[value] as number
  let passed = 0
  let latest = Number.NEGATIVE_INFINITY
  for (const value of byStart) {
    for (; passed < byOut.length && at(out, byOut[passed] as number) < at(starts, value); passed++)
      latest = Math.max(latest, at(part.call, put(byOut[passed] as number)))
    call[put(value)] = Math.max(latest, at(part.call, put(value)))
  }
  let left = byStart.length - 1
  let earliest = Number.POSITIVE_INFINITY
  for (const value of byOut.toReversed()) {
    for (; left >= 0 && at(starts, byStart[left] as number) > at(out, value); left--)
      earliest = Math.min(earliest, at(part.return, put(byStart[left] as number)))
    end[put(value)] = Math.min(earliest, at(out, value), at(part.return, put(value)))
  }
  return call.every((time, i) => time <= (end[i] as number)) ? { call, return: end } : null
}

/** See `Model.foresee`. */
export const foreseeFifo = (
  part: QueuePart,
  from: readonly State[],
): Foresight<State, QueueInput, QueueOutput> | null => {
  const takes = takesOf(part)
  const puts = putsOf(part, from)
  const { returned, outFrom } = takes
  const spans = spansOf(part, puts, takes)
  if (spans === null) return null
  return {
    part: narrowed(part, spans.call, spans.return),
    leads: (state, input) => {
      if (input.f !== 'put' || !puts.has(input.value)) return true
      const out = returned.get(input.value) ?? Number.POSITIVE_INFINITY
      return state.every((other) => outFrom(other) <= out)
    },
    waits: (input) => input.f === 'put' && outFrom(input.value) === Number.POSITIVE_INFINITY,
  }
}
