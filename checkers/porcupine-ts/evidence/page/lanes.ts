/**
 * The lines of the page: two clients share one if the first is done before the second begins. A client whose last
 * operation never returned, as after a crash, counts as done soon after that call. Otherwise thousands of such clients
 * would each need a line to the end of the history.
 */
import type { Operation } from '../../model.ts'

interface Life {
  readonly client: number
  readonly from: number
  to: number
}

/** Minimum length of an open operation: the median of those that returned. */
const typicalDuration = (operations: readonly Operation<unknown, unknown>[]): number => {
  const durations = Float64Array.from(
    operations.map(({ call, return: end }) => end - call).filter(Number.isFinite),
  ).sort()
  return durations[durations.length >> 1] ?? 1
}

/** The line of each operation; `operations` must be in order of their calls. */
export const assignLanes = (operations: readonly Operation<unknown, unknown>[]): number[] => {
  const open = typicalDuration(operations)
  const lives = new Map<number, Life>()
  for (const { client, call, return: end } of operations) {
    const until = end === Number.POSITIVE_INFINITY ? call + open : end
    const life = lives.get(client)
    if (life === undefined) lives.set(client, { client, from: call, to: until })
    else life.to = Math.max(life.to, until)
  }
  const busyUntil: number[] = []
  const laneOf = new Map<number, number>()
  for (const { client, from, to } of lives.values()) {
    const free = busyUntil.findIndex((until) => until < from)
    const lane = free === -1 ? busyUntil.length : free
    busyUntil[lane] = to
    laneOf.set(client, lane)
  }
  return operations.map(({ client }) => laneOf.get(client) as number)
}
