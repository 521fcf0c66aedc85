/**
 * How long clients wait for an answer. An operation on a node that is cut off or paused hangs, and a client that waits for
 * it long asks nothing else meanwhile: if all waited long, nobody would write to the leader that has taken over, or read at
 * the one that does not know it. If none did, slow answers would never be seen. So half of the clients give up early.
 */
import type { Thread } from '../api/generator.ts'

const EARLY_SHARE = 0.2
/** No healthy cluster takes longer most of the time. */
const LEAST_EARLY_MS = 1000

/** Each node has clients of both kinds, and so has each half of the threads. */
const givesUpEarly = (thread: Thread, nodes: number): boolean =>
  (Math.floor(thread / nodes) + Math.floor((thread % nodes) / 2)) % 2 === 1

/** @param timeoutMs how long the others wait */
export const patienceMs = (thread: Thread, nodes: number, timeoutMs: number): number =>
  givesUpEarly(thread, nodes)
    ? Math.min(timeoutMs, Math.max(LEAST_EARLY_MS, EARLY_SHARE * timeoutMs))
    : timeoutMs
