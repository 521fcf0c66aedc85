/** findings.json: what was found, in a form in which runs can be compared. */
import type { Status } from './verdict.ts'

/** A promise that was broken in one way. */
export interface Finding {
  /**
   * 16 hexadecimal digits, the same for the same defect in each run: a hash of the target's name, the checker, the promise,
   * the anomaly and the kind of evidence. Times, values, keys, seeds and nodes are not part of it.
   */
  readonly fingerprint: string
  readonly checker: string
  /** The promise that was broken, and who made it. */
  readonly promise: string
  readonly source: string
  /** By its standard name, or the kind of evidence. Absent a finer name: the checker's. */
  readonly anomaly: string
  /** One sentence: what was promised by whom, when it was broken, under which faults. */
  readonly sentence: string
  /** How often it was found. */
  readonly count: number
  /** Indices into the history of the invocations that show it. Empty: no operation does. */
  readonly operations: readonly number[]
  /**
   * Nanoseconds since the start of the run, by which the first evidence was complete; for what is missing, after which it went
   * missing. Null: not known.
   */
  readonly firstAtNs: number | null
  /**
   * The effective faults that hit the nodes with which something is wrong since these were last right. If none is known to have
   * done so: those in force at that time, if it is the very time.
   */
  readonly faults: readonly string[]
  /** The nodes that the operations were sent to, and those with which something is wrong. */
  readonly nodes: readonly string[]
  /** Why it is not held against the cluster. Null: it is. */
  readonly excuse: string | null
}

/** The contents of findings.json. */
export interface Findings {
  readonly status: Status
  /** One sentence that answers first; of an unknown run also what to change. */
  readonly headline: string
  /** Those held against the cluster first. Empty: no promise was broken, which does not mean that one was proved. */
  readonly findings: readonly Finding[]
}
