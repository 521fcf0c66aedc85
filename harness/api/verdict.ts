/** Checkers and their verdicts. */
import type { PromiseName } from './claims.ts'
import type { RunRecord } from './record.ts'

export type Status = 'valid' | 'invalid' | 'unknown'

/** A piece of proof a person can read. `operations` are indices into the history. */
export interface Evidence {
  readonly title: string
  readonly text: string
  readonly operations: readonly number[]
  /** When all of it had happened, if the operations do not show it. */
  readonly atNs?: number
  /** An interactive, self-contained page. It is stored beside the verdict under this name, and `html` is then absent. */
  readonly page?: { readonly file: string; readonly html?: string }
}

/** A promise that nobody made: if it is broken, that is not held against the cluster of a run. */
export interface Assumption {
  readonly vocabulary: string
  readonly name: PromiseName
}

export interface Verdict {
  readonly checker: string
  readonly status: Status
  /** The promise that was judged, and who made it. */
  readonly promise: {
    readonly text: string
    readonly source: string
    /** What nobody promised for the vocabulary, although it was judged by it. Absent: the promise was made. */
    readonly assumed?: Assumption
  }
  /** One sentence. */
  readonly summary: string
  readonly evidence: readonly Evidence[]
  readonly details: Readonly<Record<string, unknown>>
}

export interface Checker {
  readonly name: string
  /** What it can find, in a few words. */
  readonly finds: string
  /** Parts of the record that it needs. If one is missing, the verdict is unknown. */
  readonly needs: readonly (keyof RunRecord)[]
  /** False if the record contains nothing that it judges: the checker is then left out, not unknown. Absent: always true. */
  applies?(record: RunRecord): boolean
  check(record: RunRecord, signal: AbortSignal): Promise<Verdict>
}

/** What the cluster was doing according to its sampled status. Unknown if there was no sample. */
export type ClusterActivity =
  | 'steady'
  | 'election'
  | 'recovery'
  | 'snapshot'
  | 'membership change'
  | 'unknown'

/** How faults affected the cluster as its clients saw it. An example of a kind: `partition/leader`. */
export interface Impact {
  /** One entry for each heal of an effective fault. A null time: not reached before the end of the run. */
  readonly recoveries: readonly {
    readonly fault: string
    readonly kind: string
    /** Until the first ok operation. */
    readonly firstOkMs: number | null
    /** Until all nodes answer and know a leader. */
    readonly readyMs: number | null
    /** Until ok operations reach 80 % of their undisturbed rate, measured over one second. */
    readonly rateBackMs: number | null
  }[]
  /** Kind of fault -> longest time without an ok operation that overlapped such a fault. */
  readonly longestUnavailabilityMs: Readonly<Record<string, number>>
  /** Kind of fault -> what the cluster was doing -> call -> operations that overlapped both. */
  readonly coverage: Readonly<
    Record<string, Readonly<Partial<Record<ClusterActivity, Readonly<Record<string, number>>>>>>
  >
}

/** verdict.json: the composition of all checkers. invalid > unknown > valid. */
export interface RunVerdict {
  readonly status: Status
  readonly summary: string
  /** Whether faults went beyond what the claims tolerate. A broken promise is then reported, but does not violate the claims. */
  readonly outsideClaims: boolean
  readonly counts: { readonly ok: number; readonly fail: number; readonly info: number }
  readonly faults: { readonly planned: number; readonly injected: number; readonly effective: number }
  readonly verdicts: readonly Verdict[]
  /** What was assumed, what was not judged, and what would have been needed: one sentence each. */
  readonly notes: readonly string[]
  /** Null if there were no faults. */
  readonly impact: Impact | null
}
