/**
 * Lines of the page: clients share one where the first is done before the second begins. A client whose last
 * operation never returned, as crashed ones do, is done soon after that call: else thousands of them would each take
 * a line to the end of the history.
 */
import type { Operation } from '../../model.ts'

interface Life {
  readonly client: number
  readonly from: number
  to: number
}

/** How long an open operation is drawn at least: as long as the middle one of those that returned. */
const typicalDuration = (operations: readonly Operation<unknown, unknown>[]): number => {
  const durations = Float64Array.from(
    operations.map(({ call, return: end }) => end - call).filter(Number.isFinite),
  ).sort()
  return durations[durations.length >> 1] ?? 1
}

/** `operations` in order of their calls; the line of each. */
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
