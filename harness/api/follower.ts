/** How a run that goes on is followed by a checker whose findings rest on few things each (`--online`). */
import type { Operation, Pair } from './history.ts'
import type { RunRecord, Sample } from './record.ts'

/** What was recorded so far, and can be looked up. */
export interface SoFar {
  /** The calls that are wanted, in the order in which they ended; then those without an answer. */
  calls(isWanted: (call: Pair) => boolean): Iterable<Pair>
  /** The lines of the followed service's log that are wanted, of those that were taken. */
  lines(isWanted: (line: unknown) => boolean): Iterable<unknown>
}

/** The part of a record that shows what may be broken. */
export interface Shown {
  readonly calls?: readonly Pair[]
  readonly samples?: readonly Sample[]
  readonly services?: RunRecord['services']
}

/** Something that may be broken. Looks up what shows it. */
export type Suspicion = (soFar: SoFar) => Shown

/** What is kept of all that was taken. */
export interface Kept {
  /** Things that are kept one by one. Their number has a bound. */
  readonly things: number
  /** Fingerprints, of 14 to 27 bytes each. Their number has a bound, too, which is in the millions. */
  readonly fingerprints: number
}

/**
 * Takes a run as it is recorded, everything once, keeps little of it, and notices what may be broken. Nothing is told by what it
 * notices: the checker judges what the suspicion shows, as if that were the whole run.
 *
 * Law: what the checker holds against what is shown, it holds against the whole run, whatever follows.
 */
export interface Follower {
  readonly kept: Kept
  /** The service whose log it takes. Absent: none. */
  readonly service?: string
  /** What waits for the verdict although its checker finds it, in a few words. Absent: nothing. */
  readonly waits?: string
  /** Takes the next operation of the run. */
  operation?(operation: Operation): void
  /** Takes the next sample of a node's status that was recorded. Of a long run, some are older than others before them. */
  sample?(sample: Sample): void
  /** Takes the next line of the service's log. All operations that were recorded before it was written have been taken. */
  line?(line: unknown): void
  /** What may be broken, and was not returned before. */
  suspicions(): readonly Suspicion[]
}
