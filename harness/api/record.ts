/** What a run leaves on disk. */
import type { Claims, PromiseName } from './claims.ts'
import type { Operation, Pair, Sequence } from './history.ts'
import type { Message, MessageGap } from './message.ts'
import type { Effect, PlannedFault, RecordedFault } from './nemesis.ts'
import type { Options } from './options.ts'
import type { EndedProcess } from './process.ts'
import type { Scratch } from './spill.ts'
import type { NodeStatus } from './target.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Everything that a run needs, as plain data. The controller re-executes itself from it; `repro` starts from it. */
export interface RunSpec {
  readonly schema: 1
  readonly runId: string
  /** The name of a bundled target, or the absolute path of a module whose default export is a Target. */
  readonly target: string
  readonly targetOptions: Options
  readonly bug: string | null
  /** The name of a bundled workload, or the absolute path of a module whose default export is a Workload. */
  readonly workload: string
  readonly workloadOptions: Options
  readonly nemeses: readonly { readonly name: string; readonly options: Options }[]
  /** `phases`: the nemeses take turns, in phases. `steady`, or absent in old records: each acts all the time. */
  readonly plan?: 'phases' | 'steady'
  /** The name of a bundled incident whose plan is made, or the absolute path of a module whose default export is an Incident. */
  readonly incident?: string
  /** A recorded plan to repeat, instead of one drawn from the seed. */
  readonly faults?: readonly RecordedFault[]
  readonly environment: string
  readonly nodes: number
  readonly concurrency: number
  readonly rate: number
  readonly timeLimitMs: number
  readonly operationTimeoutMs: number
  readonly readyTimeoutMs: number
  readonly recoveryTimeoutMs: number
  readonly seed: number
  readonly clientGroups: number
  readonly expect: PromiseName | null
  /** Whether packets are captured. Absent: they are not. */
  readonly capture?: true
}

/** One line of faults.jsonl: a step of one fault. */
export type FaultEvent =
  | { readonly type: 'planned'; readonly fault: PlannedFault }
  /** From now on it is being made: some of its effects may show before it is complete. */
  | { readonly type: 'injecting'; readonly id: string; readonly atNs: number }
  | {
      readonly type: 'injected'
      readonly id: string
      readonly atNs: number
      readonly victims: readonly string[]
    }
  | {
      readonly type: 'measured' | 'healed'
      readonly id: string
      readonly atNs: number
      readonly effect: Effect
    }
  /** From now on it is being undone. */
  | { readonly type: 'healing'; readonly id: string; readonly atNs: number }
  | { readonly type: 'failed'; readonly id: string; readonly atNs: number; readonly error: string }
  /** It was not injected, because the cluster had not served enough since the faults before it. */
  | { readonly type: 'left-out'; readonly id: string; readonly atNs: number }

/** What happened to one fault, collected from faults.jsonl. The time of a step that never happened is absent. */
export interface FaultRecord {
  readonly planned: PlannedFault
  readonly victims: readonly string[]
  /** When its injection began: no effect is older. Older runs did not record it. */
  readonly injectingAtNs?: number
  /** When its injection was complete. */
  readonly injectedAtNs?: number
  /** When its heal began. Older runs did not record it. */
  readonly healingAtNs?: number
  readonly healedAtNs?: number
  readonly effects: readonly Effect[]
  /** Whether any of its measurements showed an effect. */
  readonly effective: boolean
  readonly error?: string
  /** It was not injected, because the cluster had not served enough since the faults before it. */
  readonly isLeftOut?: true
}

export interface Sample {
  readonly timeNs: number
  readonly node: string
  /** Null: the node did not answer. */
  readonly status: NodeStatus | null
  /** So many samples of the node before this one, in a long run, were not recorded: they told nothing else. Absent: none. */
  readonly leftOut?: number
}

/** How much time the machine lost in one period, by several measures. Null: it could not be measured here. */
export interface MachineSample {
  /** The end of the period. */
  readonly timeNs: number
  readonly periodMs: number
  /** By how much a process that only sleeps woke up late, in all, and at worst at once. */
  readonly sleeperLateMs: number | null
  readonly sleeperWorstMs: number | null
  /** By how much timers of the controller were late, in all. */
  readonly loopLateMs: number
  /** For how long some process waited for a processor. */
  readonly pressureMs: number | null
  /** The share of processor time that a process that wanted one missed: processors against runnable threads, on average. */
  readonly missedShare?: number | null
  /** For how long the hypervisor ran something else, as an average of the processors. */
  readonly stealMs: number | null
  /** Absent in files of older versions. */
  readonly controller?: ControllerLoad
}

/** What the controller took in one period, and its memory at the end of it. */
export interface ControllerLoad {
  readonly residentMb: number
  /** Of its JavaScript heap, what is in use. */
  readonly heapMb: number
  /** Of buffers outside of that heap. */
  readonly externalMb: number
  /** Of the processor, user and system. */
  readonly processorMs: number
  /** By how much its event loop was late, at the 99th percentile and at worst. */
  readonly delayP99Ms: number
  readonly delayMaxMs: number
}

export interface Recovery {
  /** Null: not within the deadline. */
  readonly recoveredAfterMs: number | null
  readonly deadlineMs: number
  readonly notReady: readonly string[]
  /** Services beside the cluster that are not ready: these belong to the harness, so the cluster is not blamed. Absent: none. */
  readonly servicesNotReady?: readonly string[]
}

/**
 * How often a node's readiness check or status failed with a message, or the code of its clients outside of any call.
 * Addresses and numbers are masked.
 */
export interface ErrorCount {
  readonly source: 'ready' | 'status' | 'client'
  readonly node: string
  readonly message: string
  readonly count: number
}

/** A process of a node that ended by itself: no fault had taken the node down. */
export interface Ending extends EndedProcess {
  readonly node: string
  readonly timeNs: number
  /** The last lines of its log. */
  readonly lastWords: string
}

/** The contents of `run.json` except the spec. */
export interface RunFacts {
  /** Before the cluster was provisioned. */
  readonly startedAt: string
  readonly endedAt: string
  /** The wall time of time 0 of the run, within a millisecond. Absent in files of older versions. */
  readonly zeroAt?: string
  readonly versions: Readonly<Record<string, string>>
  readonly leaderChanges: readonly {
    readonly timeNs: number
    readonly term: number
    readonly leader: string
  }[]
  /** How many changes between the first and the last of these are not listed. Absent: none. */
  readonly leaderChangesLeftOut?: number
  /** By how much the controller's event loop was late. */
  readonly eventLoopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly recovery: Recovery | null
  /** Names of the services beside the cluster. Absent in files of older versions. */
  readonly services?: readonly string[]
  /** The errors of the target's code that are not outcomes of operations. Absent in files of older versions. */
  readonly errors?: readonly ErrorCount[]
  /** Absent in files of older versions. */
  readonly endings?: readonly Ending[]
  /** How many ends between the first and the last of these are not listed. Absent: none. */
  readonly endingsLeftOut?: number
  /** Why the run ended early; null if it completed. */
  readonly aborted: string | null
}

/** Everything that a run leaves. Parts that an imported history lacks are null. */
export interface RunRecord {
  readonly history: Sequence<Operation>
  /** It is the beginning, or a part, of a run that goes on: nothing in it is its end. Absent: the run is over. */
  readonly isUnderWay?: true
  /**
   * Nodes that lied at some time of the run, and are left out of the rest of it: nobody believes them. Absent: everything is as
   * it was recorded.
   */
  readonly traitors?: readonly string[]
  /** The clients' operations as pairs, in order of invocation. The code that builds the record pairs and validates them. */
  readonly pairs: Sequence<Pair>
  /** The workload's vocabulary: what its calls mean. Not on disk; the judging code supplies it. */
  readonly vocabulary: Vocabulary | null
  /** Where checkers put what does not fit into memory. Absent: all of it does. Not on disk; who reads the record supplies it. */
  readonly scratch?: Scratch
  /** The options by which the workload's checkers judge it. Not on disk; the judging code supplies them. */
  readonly workloadOptions: Options | null
  /** The version of faultline that ran it, such as `0.1.0+1a2b3c4`. */
  readonly faultline: string | null
  readonly spec: RunSpec | null
  /** The promise that is asked for with `--expect` where the record is judged again. Absent: that of the spec. */
  readonly expect?: PromiseName
  readonly facts: RunFacts | null
  readonly claims: Claims | null
  readonly faults: readonly FaultRecord[] | null
  readonly samples: readonly Sample[] | null
  readonly machine: readonly MachineSample[] | null
  readonly logs: readonly NodeLog[] | null
  /** The files that services kept for the record: name -> lines of JSON, which may be more than memory holds. */
  readonly services: Readonly<Record<string, Sequence<unknown>>> | null
  /** By the time at which they were sent. Null: they were not captured. */
  readonly messages: readonly Message[] | null
  /** When messages are missing. Null: they were not captured. */
  readonly messageGaps: readonly MessageGap[] | null
}

/** What a node wrote to stdout and stderr. Long output is cut to its end. */
export interface NodeLog {
  readonly node: string
  /** Whole lines. Of a very long file, the last ones. */
  readonly text: string
  /** How much of the file stands before them and was not read. Absent: nothing. */
  readonly leftOutBytes?: number
}
