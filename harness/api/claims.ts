/** Claims: what a target promises, and under which faults. */

/**
 * - `linearizable`: Herlihy and Wing 1990.
 * - `consistent-prefix`: a read returns a state that the object had at some time up to the read's completion
 *   (Terry, "Replicated Data PromiseName Explained Through Baseball", 2013). It may be stale, never invented.
 */
export type PromiseName = 'linearizable' | 'consistent-prefix' | Delivery | IsolationModel

/** How often what was acknowledged takes effect in the outside world. */
export type Delivery = 'at-most-once' | 'at-least-once' | 'exactly-once'

/** Isolation of transactions (Adya 1999), by itself, within each client's session, or in real time. */
export type IsolationLevel =
  | 'read-uncommitted'
  | 'read-committed'
  | 'cursor-stability'
  | 'consistent-view'
  | 'repeatable-read'
  | 'snapshot-isolation'
  | 'serializable'

export type IsolationModel =
  | IsolationLevel
  | `strong-session-${IsolationLevel}`
  | `strong-${Exclude<IsolationLevel, 'serializable'>}`
  | 'strict-serializable'

/** What a target promises, in its own words' meaning; the verdict is against this. */
export interface Claims {
  /** Who promised it and where, for the verdict. */
  readonly source: string
  /** Vocabulary -> call -> what is promised of it under the given options. */
  readonly consistency: Readonly<Record<string, Readonly<Record<string, PromiseName>>>>
  /** What a minority does with calls it cannot serve under the promise. */
  readonly minority: 'refuse' | 'serve-reads'
  /** Its status tells term and leader as of one instant, so that elections can be judged by it. Absent: it does not. */
  readonly tellsElections?: boolean
  /** Once all faults are healed, every node is ready again within this time. Absent: no bound is claimed. */
  readonly recoversWithinMs?: number
  /** Fault model -> how many nodes it may hit at once without voiding the promise. One not named is not tolerated. */
  readonly tolerates: Readonly<Partial<Record<FaultModel, 'any' | 'minority' | number>>>
}

/**
 * What a fault is to the promise, whichever nemesis made it.
 * - `omission`: packets or connections hurt; `timing`: slow networks, disks and processors;
 * - `power-loss`: a crash that loses what was not fsynced; `disk-errors`: operations that fail, and say so;
 * - `data-loss`: a restart with old data or none, which is counted over the whole run and not only at once;
 * - `corruption`: stored data that changed by itself;
 * - `misconfiguration`: an operator's error on a node.
 */
export type FaultModel =
  | 'partition'
  | 'omission'
  | 'timing'
  | 'kill'
  | 'pause'
  | 'clock'
  | 'power-loss'
  | 'disk-errors'
  | 'data-loss'
  | 'corruption'
  | 'membership'
  | 'upgrade'
  | 'misconfiguration'
  | 'dependency'
