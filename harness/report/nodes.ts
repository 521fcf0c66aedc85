/** What is known of the nodes over time: role and term, health, clock, processes that ended by themselves. */
import type { Sample } from '../api/record.ts'
import type { NodeStatus } from '../api/target.ts'
import { NS_PER_MS } from '../support/time.ts'

/** An interval in which a node's role and term did not change. */
export interface PageRole {
  readonly node: string
  readonly role: NodeStatus['role'] | 'down'
  readonly term: number | null
  readonly leader: string | null
  readonly startMs: number
  readonly endMs: number
}

/** A node's clock against the harness's, from then on; 0: nothing shows that it is off. */
export interface PageClock {
  readonly node: string
  readonly atMs: number
  readonly offsetMs: number
}

export const rolesOf = (samples: readonly Sample[], endMs: number): readonly PageRole[] => {
  const open = new Map<string, PageRole>()
  const closed: PageRole[] = []
  for (const { node, timeNs, status } of samples) {
    const role = status?.role ?? 'down'
    const term = status?.term ?? null
    const leader = status?.leader ?? null
    const before = open.get(node)
    if (before !== undefined && before.role === role && before.term === term && before.leader === leader)
      continue
    const atMs = timeNs / NS_PER_MS
    if (before !== undefined) closed.push({ ...before, endMs: atMs })
    open.set(node, { node, role, term, leader, startMs: atMs, endMs })
  }
  return [...closed, ...open.values()].sort((a, b) => a.startMs - b.startMs)
}

/** A clock that is ahead by less may be right. */
const LEAST_MS = 100
/** An answer that took long makes a clock seem to be behind: it was read before the answer came. */
const LONGEST_ANSWER_MS = 1000

const offsetOf = (ms: number): number => (ms > LEAST_MS || ms < -LONGEST_ANSWER_MS ? Math.round(ms) : 0)

/**
 * Each change of a node's clock.
 *
 * @param zeroMs the wall clock at time zero of the run, in ms since the epoch
 */
export const clocksOf = (samples: readonly Sample[], zeroMs: number): readonly PageClock[] => {
  const last = new Map<string, number>()
  return samples.flatMap(({ node, timeNs, status }) => {
    if (status?.clockMs === undefined) return []
    const atMs = timeNs / NS_PER_MS
    const offsetMs = offsetOf(status.clockMs - zeroMs - atMs)
    const before = last.get(node) ?? 0
    if (offsetMs === before || (offsetMs !== 0 && Math.abs(offsetMs - before) < LEAST_MS)) return []
    last.set(node, offsetMs)
    return [{ node, atMs, offsetMs }]
  })
}
