/** Checkers and their verdicts. */
import type { RunRecord } from './record.ts'

export type Status = 'valid' | 'invalid' | 'unknown'

/** A piece of proof a person can read. `operations` are indices into the history. */
export interface Evidence {
  readonly title: string
  readonly text: string
  readonly operations: readonly number[]
  /** When it had all happened, where it is not told by the operations. */
  readonly atNs?: number
  /** A self-contained page to look around in, stored beside the verdict under this name; then without the text. */
  readonly page?: { readonly file: string; readonly html?: string }
}

export interface Verdict {
  readonly checker: string
  readonly status: Status
  /** What was judged, and who promised it. */
  readonly promise: { readonly text: string; readonly source: string }
  /** One sentence. */
  readonly summary: string
  readonly evidence: readonly Evidence[]
  readonly details: Readonly<Record<string, unknown>>
}

export interface Checker {
  readonly name: string
  /** What it can find, in a few words. */
  readonly finds: string
  /** Parts of the record it cannot judge without; a missing one makes it unknown. */
  readonly needs: readonly (keyof RunRecord)[]
  /** False where the record holds nothing of what it judges: it is then left out, not unknown. Absent: always true. */
  applies?(record: RunRecord): boolean
  check(record: RunRecord, signal: AbortSignal): Promise<Verdict>
}

/** What the cluster was doing, by its sampled status; what was not sampled is unknown. */
export type ClusterActivity =
  | 'steady'
  | 'election'
  | 'recovery'
  | 'snapshot'
  | 'membership change'
  | 'unknown'

/** What faults did to the cluster as its clients saw it. Kinds are such as `partition/leader`. */
export interface Impact {
  /** After each heal of an effective fault; null: not before the end of the run. */
  readonly recoveries: readonly {
    readonly fault: string
    readonly kind: string
    /** Until the first ok operation. */
    readonly firstOkMs: number | null
    /** Until all nodes answer and know a leader. */
    readonly readyMs: number | null
    /** Until ok operations come at 80 % of their undisturbed rate, over a second. */
    readonly rateBackMs: number | null
  }[]
  /** Kind of fault -> longest time without an ok operation that touched such a fault. */
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
  /** Whether faults went beyond what the claims tolerate, so that a broken promise is reported, not held against them. */
  readonly outsideClaims: boolean
  readonly counts: { readonly ok: number; readonly fail: number; readonly info: number }
  readonly faults: { readonly planned: number; readonly injected: number; readonly effective: number }
  readonly verdicts: readonly Verdict[]
  /** Null where there were no faults. */
  readonly impact: Impact | null
}
