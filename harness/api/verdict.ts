/** Checkers and their verdicts. */
import type { Follower } from './follower.ts'
import type { Operation, Pair } from './history.ts'
import type { RunRecord } from './record.ts'

export type Status = 'valid' | 'invalid' | 'unknown'

/** A piece of proof a person can read. */
export interface Evidence {
  readonly title: string
  readonly text: string
  /** Indices into the history of the invocations of the operations that show it. */
  readonly operations: readonly number[]
  /** When all of it had happened, if the operations do not show it. */
  readonly atNs?: number
  /** An interactive, self-contained page. It is stored beside the verdict under this name, and `html` is then absent. */
  readonly page?: { readonly file: string; readonly html?: string }
  /** What went wrong, by its standard name: `stale read`, `G-single`. Absent: the checker has no finer name than its own. */
  readonly anomaly?: string
  /** It is shown although the promise allows it. */
  readonly isAllowed?: true
  /** It is a record of how things were, and of nothing wrong: pages show it, the terminal does not. */
  readonly isRecord?: true
  /** What it shows is that something is missing: it went missing at some time after its operations. */
  readonly isMissing?: true
  /** The nodes whose reports show it. Absent: nothing tells which nodes they are. */
  readonly odd?: readonly OddNode[]
  /** The same in a form that a page can draw. */
  readonly view?: EvidenceView
}

/** What a node told of itself, or that it told nothing. */
export interface NodeReport {
  readonly timeNs: number
  /** One clause about the node. It may contain text of the cluster. */
  readonly text: string
}

/** A node with which something is wrong. Whatever happened to it between the two reports may be the reason. */
export interface OddNode {
  readonly node: string
  /** The last report that was right. Null: there is none. */
  readonly good: NodeReport | null
  /** The first that is wrong. */
  readonly bad: NodeReport
}

/**
 * Evidence that can be drawn. Operations are named by the index of their invocation in the history. All texts may come from
 * the cluster. A view is kept short (`checkers/view-limits.ts`), and says how much it leaves out.
 */
export type EvidenceView = LinearizationView | CycleView | TableView

/** How far the operations on one key can be put into an order, and why not further. */
export interface LinearizationView {
  readonly kind: 'linearization'
  readonly key: string
  /** The end of the longest order that was found, with the state after each operation. Empty: none was found in time. */
  readonly order: readonly { readonly operation: number; readonly state: string }[]
  /** The operation that cannot be placed. */
  readonly blocked: number
  /** Some of the states in which the failing window may begin, and the number of the others. */
  readonly from: { readonly states: readonly string[]; readonly others: number }
  /** How far one gets in the failing window from one of these states, and why each candidate cannot come next. */
  readonly attempts: readonly {
    readonly order: readonly number[]
    readonly state: string
    readonly refused: readonly { readonly operation: number; readonly why: string }[]
  }[]
  /** The number of operations on the key up to the failure that are in neither. */
  readonly omitted: number
}

/** Transactions that depend on each other in a circle. */
export interface CycleView {
  readonly kind: 'cycle'
  /** Those of the circle, in order: T1, T2 ... Behind them those that the reasons name besides. */
  readonly transactions: readonly { readonly operation: number; readonly text: string }[]
  /** Edge i leads from transaction i to the next one, and the last edge back to the first. */
  readonly edges: readonly {
    /** `ww`, `wr`, `rw`, `process` or `realtime` (Adya 1999). */
    readonly kind: EdgeKind
    readonly why: string
  }[]
}

export type EdgeKind = 'ww' | 'wr' | 'rw' | 'process' | 'realtime'

/** A ledger of effects, the contents of a queue, a log. */
export interface TableView {
  readonly kind: 'table'
  readonly columns: readonly string[]
  readonly rows: readonly TableRow[]
  /** The number of rows that are not listed. Rows with another mark are in the table of that mark. */
  readonly omitted: number
  /** How many of those have nothing wrong. */
  readonly fine: number
}

export interface TableRow {
  readonly cells: readonly string[]
  readonly operations: readonly number[]
  /** What is wrong with it: `duplicated`, `lost`. Absent: nothing. */
  readonly mark?: string
  /** What it is about besides operations. Absent: nothing. */
  readonly about?: readonly Subject[]
}

/** What evidence can be about besides operations: a fault, an effect in the log of a service, a sample of a node. */
export type Subject =
  | { readonly kind: 'fault'; readonly id: string }
  | { readonly kind: 'effect'; readonly service: string; readonly number: number }
  | { readonly kind: 'sample'; readonly node: string; readonly timeNs: number }

/** A promise that nobody made: if it is broken, that is not held against the cluster of a run. */
export interface Assumption {
  /** What is assumed of what: `linearizable, which is assumed for register`. */
  readonly text: string
  /** How to make it a promise: `claim linearizable for register in the target's claims`. */
  readonly toClaim: string
}

export interface Verdict {
  readonly checker: string
  readonly status: Status
  /** The promise that was judged, and who made it. */
  readonly promise: {
    readonly text: string
    readonly source: string
    /** What nobody promised, although it was judged. Absent: the promise was made. */
    readonly assumed?: Assumption
    /** Whoever ran it expects it (`--expect`), under whichever faults they chose. Absent: what the target claims counts. */
    readonly expected?: true
  }
  /** One sentence. */
  readonly summary: string
  readonly evidence: readonly Evidence[]
  readonly details: Readonly<Record<string, unknown>>
}

/** Looks at each pair of a history, in order of invocation, and then tells what came of it. */
export interface Fold<Result> {
  /** @param place of the pair among all pairs, from 0 */
  take(pair: Pair, place: number): void
  result(): Result
}

/**
 * What is held of a run that goes on, for a checker that judges it by windows (`--online`): the operations of a while, and as
 * little as is needed of what came before. Law: what the checker holds against what is held, it holds against the whole run.
 */
export interface SlidingWindow {
  /** Takes the next operation of the run. Returns what is held of it; null: nothing. */
  take(operation: Operation): Operation | null
  /**
   * Gives up the calls that began before an index. Returns what is left, in order: first what stands for those given up, if
   * anything does, with a negative index.
   */
  giveUp(held: readonly Operation[], before: number): readonly Operation[]
  /** Which earlier calls must be looked up in the run so far, since they may not be held; asked for once. Null: none. */
  recalls?(): ((call: Pair) => boolean) | null
}

export interface Checker {
  readonly name: string
  /** What it can find, in a few words. */
  readonly finds: string
  /** Parts of the record that it needs. If one is missing, the verdict is unknown. */
  readonly needs: readonly (keyof RunRecord)[]
  /** False if the record contains nothing that it judges: the checker is then left out, not unknown. Absent: always true. */
  applies?(record: RunRecord): boolean
  /** If it is left out although the record contains its subject: why, and what would have been needed. Null: nothing to say. */
  whyNot?(record: RunRecord): string | null
  /**
   * What it holds against the beginning of a run, it also holds against the whole: so a run can end as soon as it is found
   * (`--fail-fast`). Absent: it waits for the end, such as for what was read last.
   */
  readonly judgesBeginnings?: true
  /**
   * Whether it judges each object by its own operations, so that a history is as promised if that of each object is, and an
   * object can be judged as soon as nobody uses it any more (`--online`). Only asked where it judges beginnings. Absent: it looks
   * at several objects together.
   */
  judgesObjects?(record: RunRecord): boolean
  /**
   * How it judges a run of which only a part is held. Only asked where it judges beginnings and does not judge objects. Null, or
   * absent: it needs the whole.
   *
   * @param record of the run, without its operations
   */
  window?(record: RunRecord): SlidingWindow | null
  /**
   * How it follows a run that goes on. Null: there is nothing in this run that it judges. Absent: it needs more than it could
   * keep. Whether it judges beginnings does not matter: it only tells what is broken for good.
   *
   * @param record of the run, without its operations, samples, and logs of services
   */
  follow?(record: RunRecord): Follower | null
  check(record: RunRecord, signal: AbortSignal): Promise<Verdict>
  /** The same as a fold, so that several checkers share one reading of the history. Absent: it reads the record by itself. */
  fold?(record: RunRecord): Fold<Promise<Verdict>>
}

/** What the cluster was doing according to its sampled status. Unknown if there was no sample. */
export type ClusterActivity =
  | 'steady'
  | 'election'
  | 'recovery'
  | 'snapshot'
  | 'membership change'
  | 'unknown'

/** The acknowledged operations around all effective faults of one kind, by call. */
export interface FaultUse {
  readonly faults: number
  /** The number of faults during or after which something was acknowledged. */
  readonly used: number
  /** Those that overlapped such a fault. */
  readonly during: Readonly<Record<string, number>>
  /** Those begun after its heal and ended before the next fault. */
  readonly after: Readonly<Record<string, number>>
}

/** What the clients saw of one side of a partition while it was certainly cut off. A side reaches itself in both directions. */
export interface SideSeen {
  readonly nodes: readonly string[]
  readonly isMajority: boolean
  readonly behaviour: SideBehaviour
  /** Calls that answers attribute to a node of this side. */
  readonly reads: number
  /** The number of reads that were certainly stale. */
  readonly stale: number
  readonly writes: number
  /** ok calls asked of this side whose answers do not say which node served them. */
  readonly unattributed: number
  readonly refused: number
  readonly hung: number
}

/**
 * - `available`: it served every request; `degraded`: some; `read-only`: reads and no writes;
 * - `fail-closed`: it served nothing and answered with errors; `hung`: most requests got no answer.
 */
export type SideBehaviour = 'available' | 'degraded' | 'read-only' | 'fail-closed' | 'hung' | 'not asked'

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
  /** Kind of fault -> the use of the cluster around it. Verdicts of older versions lack it. */
  readonly use?: Readonly<Record<string, FaultUse>>
  /** Seconds in which some operation was in progress, and those of them in which one was acknowledged. Older versions lack it. */
  readonly served?: { readonly askedS: number; readonly servedS: number }
  /** What each side of each partition into sides did. Told, not judged. Verdicts of older versions lack it. */
  readonly sides?: readonly { readonly fault: string; readonly sides: readonly SideSeen[] }[]
}

/** The same error of the same kind, with addresses, identifiers and numbers masked. */
export interface ErrorGroup {
  readonly source: 'client' | 'connection' | 'ready' | 'status'
  readonly message: string
  readonly count: number
  readonly nodes: readonly string[]
}

/** verdict.json: the composition of all checkers. invalid > unknown > valid. */
export interface RunVerdict {
  readonly status: Status
  readonly summary: string
  /**
   * Whether faults went beyond what the claims tolerate. A broken promise is then reported, but does not violate the claims. It
   * counts all the same if it is one that `--expect` names.
   */
  readonly outsideClaims: boolean
  readonly counts: { readonly ok: number; readonly fail: number; readonly info: number }
  readonly faults: { readonly planned: number; readonly injected: number; readonly effective: number }
  readonly verdicts: readonly Verdict[]
  /** What was assumed, what was not judged, and what would have been needed: one sentence each. */
  readonly notes: readonly string[]
  /** Errors of clients, connections, readiness checks and status, most frequent first. Verdicts of older versions lack it. */
  readonly errors?: readonly ErrorGroup[]
  /** Null if there were no faults. */
  readonly impact: Impact | null
}
