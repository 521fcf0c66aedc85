/** Converts a part of a container's history, as it was at `end`, into the log of the specialised engines. */
import { float64 } from '../history/allocate.ts'
import { calledBy, type Part } from '../history/part.ts'
import type { SpecialResult } from '../model.ts'
import { declined } from '../specialised/declined.ts'
import { illegal, NONE, type ValueLog } from '../specialised/value-log.ts'
import type { QueueInput, QueueOutput, Scalar } from './calls.ts'

/** Decides by an engine for containers whose values are all different, if they are. */
export const decideBy =
  (engine: (log: ValueLog) => SpecialResult) =>
  (part: Part<QueueInput, QueueOutput>, end: number): SpecialResult => {
    const log = logOf(part, end)
    return 'verdict' in log ? log : engine(log)
  }

/** The result itself if the history is of another kind, or a value came out twice. */
const logOf = (part: Part<QueueInput, QueueOutput>, end: number): ValueLog | SpecialResult => {
  const count = calledBy(part, end)
  const codes = new Map<Scalar, number>()
  const put: number[] = []
  const take: number[] = []
  const empty: number[] = []
  const open: number[] = []
  const unreturned: (readonly [value: Scalar, position: number])[] = []
  /** The first take of a value that another take has taken. */
  let again: { readonly code: number; readonly position: number } | null = null
  const returns = float64(count)
  const codeOf = (value: Scalar): number => {
    const known = codes.get(value)
    if (known !== undefined) return known
    codes.set(value, put.length)
    take.push(NONE)
    return put.push(NONE) - 1
  }
  for (let i = 0; i < count; i++) {
    const returned = part.return[i] as number
    returns[i] = returned < end ? returned : Number.POSITIVE_INFINITY
    const isOpen = returns[i] === Number.POSITIVE_INFINITY
    const input = part.input(i)
    const output = part.output(i)
    if (input.f === 'put') {
      const code = codeOf(input.value)
      if (put[code] !== NONE) return declined('a value is put in twice')
      put[code] = i
    } else if (output === undefined) open.push(i)
    else if (output.taken === null) {
      if (!isOpen) empty.push(i)
    } else if (isOpen) unreturned.push([output.taken, i])
    else {
      const code = codeOf(output.taken)
      if (take[code] !== NONE) again ??= { code, position: i }
      else take[code] = i
    }
  }
  if (again !== null) return illegal([put[again.code] as number, take[again.code] as number, again.position])
  return {
    call: part.call,
    return: returns,
    put: Int32Array.from(put),
    take: Int32Array.from(take),
    empty,
    open,
    unreturned: takesByValue(unreturned, codes, put, take),
    values: [...codes.keys()],
  }
}

/**
 * By value, the first of these takes, which had not returned; null if there is none. One whose value another take has
 * taken, or nothing has put in, did not happen.
 */
const takesByValue = (
  takes: readonly (readonly [value: Scalar, position: number])[],
  codes: ReadonlyMap<Scalar, number>,
  put: readonly number[],
  take: readonly number[],
): Int32Array | null => {
  let byValue: Int32Array | null = null
  for (const [value, position] of takes) {
    const code = codes.get(value)
    if (code === undefined || put[code] === NONE || take[code] !== NONE) continue
    byValue ??= new Int32Array(put.length).fill(NONE)
    if (byValue[code] === NONE) byValue[code] = position
  }
  return byValue
}
