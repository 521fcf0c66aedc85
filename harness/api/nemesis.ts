/** Nemeses: plans of faults, their injection, measurement and heal. */
import type { LieKind } from './byzantine.ts'
import type { Claims, FaultModel } from './claims.ts'
import type { DirectoryDurability } from './disk.ts'
import type { Capability, Cluster, ClusterNode } from './environment.ts'
import type { OptionSpecs, Options, OptionsOf } from './options.ts'
import type { Rng } from './random.ts'
import type { ByzantineProtocol, LaunchSpec, MemberChange, NodeStatus, Target } from './target.ts'

/** What a fault is to do: nemesis-specific JSON. Symbolic victims ("leader") stay symbolic here. */
export type Intent = Readonly<Record<string, unknown>>

/** The parts of a planned fault that a file must contain to inject it again; the rest follows from its nemesis. */
export interface RecordedFault {
  /** Unique in the run, such as `partition-3`. */
  readonly id: string
  readonly nemesis: string
  readonly atNs: number
  readonly durationNs: number
  /** The fault model that the claims use for it. */
  readonly model: FaultModel
  readonly intent: Intent
  /** What it waits for from its planned time on, before it is injected. Absent: nothing. */
  readonly trigger?: Trigger
  /** It is not healed before another node leads. Absent: it ends as planned. */
  readonly outlasts?: Succession
  /**
   * It waits until the cluster serves, and has served enough so far. If that is not so by this time, it is left out: a calm
   * stays a calm. Absent: it does not wait.
   */
  readonly latestNs?: number
}

/**
 * A moment of the run.
 * - `acknowledged`: a client was told that its change took effect;
 * - `new-leader`: a node leads that did not lead when a fault last waited for a new leader;
 * - `new-leader-serves`: the same, and a client was told since that its change took effect;
 * - `answers-again`: a node that was silent answers its status.
 */
export type Moment = 'acknowledged' | 'new-leader' | 'new-leader-serves' | 'answers-again'

/** Ties a fault to what happens, because the time between two steps of a protocol is too short to be hit by chance. */
export interface Trigger {
  readonly moment: Moment
  /** How often it must happen. */
  readonly times: number
  /** If it has not happened by then, the fault is injected all the same. */
  readonly withinNs: number
}

/**
 * A change of leaders that a fault outlasts. How long an election takes differs from cluster to cluster, and a deposed leader
 * that does not know it is the situation to test.
 */
export interface Succession {
  /** How long the other node leads before the heal. */
  readonly thenNs: number
  /** If no other node leads this long after the planned end, the fault is healed all the same. */
  readonly withinNs: number
}

/** A colour of the palette of the report. */
export type FaultColour = 'red' | 'purple' | 'teal' | 'pink' | 'brown'

/** A plan is data: the same seed gives the same plan. */
export interface PlannedFault extends RecordedFault {
  /** The nemesis and the kind of fault, such as `partition/leader`. The verdict counts faults of a kind together. */
  readonly kind: string
  /** The name and the colour of its lane in the timeline of the report. */
  readonly label: string
  readonly colour: FaultColour
}

/** A time in which a nemesis may act. */
export interface PlanWindow {
  readonly fromNs: number
  readonly toNs: number
  /**
   * `burst`: short faults follow one another on whichever node leads. `slow`: all links, or all disks, are slow for as long
   * as the window is, so that what lies between two steps of a protocol takes longer while others act. `slowed-burst`: a
   * burst while all are slow. `outage`: all nodes are down at the end of the run, so that everything is read back from what
   * is left; this does not wait for the cluster to serve.
   */
  readonly kind: 'usual' | 'burst' | 'slow' | 'slowed-burst' | 'outage'
}

export interface PlanContext {
  readonly target: Pick<Target, 'name' | 'options' | 'versions' | 'mistakes' | 'byzantine'>
  /** The options with which the cluster is started. */
  readonly targetOptions: Options
  readonly nodes: readonly string[]
  readonly clientGroups: number
  readonly timeLimitNs: number
  /** Absent: it may act at all times. */
  readonly windows?: readonly PlanWindow[]
  /** How long a node takes from its start until it is ready. Faults that restart nodes leave it this time. */
  readonly startUpNs: number
  readonly tolerates: Claims['tolerates']
  /** The nodes' data is on disks of ours, which can lose what was not fsynced. */
  readonly hasDisks: boolean
}

/** One direction of a link between two nodes, or between a node and a client group (`clients-0`). */
export interface Link {
  readonly from: string
  readonly to: string
}

export type Measurements = Readonly<Record<string, number | string | boolean>>

/**
 * The measured effect of a fault.
 *
 * @typeParam M the measurements of this nemesis, by name
 */
export interface Effect<M extends Measurements = Measurements> {
  /** False: by its measurements it had no effect, and it does not count. */
  readonly effective: boolean
  /** One sentence with the proof. */
  readonly summary: string
  readonly measurements: M
  /** Why a measurement contradicts the fault: what was in force is not what is recorded. Absent: none does. */
  readonly contradiction?: string
  /** The links that were cut during the whole fault. Absent: none, or not during the whole fault. */
  readonly links?: readonly Link[]
  /** Which lies reached whom. Absent: nobody lied. */
  readonly lies?: readonly LieTold[]
}

/** How often one traitor told one lie to one other. */
export interface LieTold {
  readonly lie: string
  readonly kind: LieKind
  /** The traitor. */
  readonly by: string
  /** A node or a group of clients; otherwise an address. */
  readonly to: string
  readonly count: number
  /** When it was told for the first and the last time, from the injection on. */
  readonly firstMs: number
  readonly lastMs: number
  /** What was told the first time, instead of what. */
  readonly what: string
}

export interface ActiveFault {
  readonly id: string
  /** Victims as resolved: node names. */
  readonly victims: readonly string[]
  measure(): Promise<Effect>
  /** Undoes the fault and returns its total effect. A second call is harmless. */
  heal(): Promise<Effect>
}

export interface NemesisContext {
  readonly cluster: Cluster
  /** The node that leads now, as the nodes report it (highest term wins); null if there is none. */
  leader(): Promise<string | null>
  /** The current status that the node reports; null if it does not answer. */
  status(node: string): Promise<NodeStatus | null>
  /** Absent if the target cannot change members. Rejects with the reason if there is no leader or the leader refuses. */
  changeMembers?(change: MemberChange): Promise<void>
  /** How the node would be started with these options instead of the cluster's. */
  launchWith(node: ClusterNode, options: Options): LaunchSpec
  /** What the node knows and others do not (`ByzantineProtocol.secrets`). Null: nothing. */
  secretsOf(node: ClusterNode): unknown
  /** The target's words for lies. Absent: it has none. */
  readonly byzantine?: ByzantineProtocol
  /** Whether the node serves, by the readiness check of the target. */
  isReady(node: ClusterNode): Promise<boolean>
  readonly signal: AbortSignal
}

export interface Nemesis<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string
  readonly description: string
  /** The name of its lane in the timeline of the report, and the colour of its faults. */
  readonly label: string
  readonly colour: FaultColour
  /** Capabilities that the environment must have. */
  readonly needs: readonly Capability[]
  /** Capabilities that it also uses if the environment has them. */
  readonly uses?: readonly Capability[]
  /** Those of `uses` that it requires with these options, on this target. */
  alsoNeeds?(options: OptionsOf<Specs>, target: Target): readonly Capability[]
  /** Why it cannot be used on the target; null: it can. Absent: it can be used on any target. */
  needsOfTarget?(target: Target, options: Options): string | null
  /** For a nemesis that needs disks that can fail: how durable directory entries are on them. */
  disks?(options: OptionsOf<Specs>): DirectoryDurability
  /** It can hit whichever node leads at the time, and so can be part of a burst. Absent: it cannot. */
  readonly followsLeaders?: true
  /** A healthy cluster goes on serving while it acts, so that it can act beneath others. Absent: it may not. */
  readonly isMild?: true
  /** It can stop all nodes at once, and starts them again. Absent: it cannot. */
  readonly stopsAll?: true
  /** It can make all nodes slow without stopping any, beneath the faults of others. Absent: it cannot. */
  readonly slows?: true
  /** `-n all` leaves it out unless the claims tolerate its faults, also where they tolerate nothing. Absent: only where they tolerate some. */
  readonly onlyIfClaimed?: true
  /** Its injection takes a part of a second: its faults last as long as planned once they are in force. Absent: they end as planned. */
  readonly isSlowToInject?: true
  /** How many turns it gets when nemeses take turns. Absent: 1. */
  readonly weight?: number
  readonly options: Specs
  plan(rng: Rng, options: OptionsOf<Specs>, context: PlanContext): readonly PlannedFault[]
  /**
   * Checks and completes a fault that was read from a file, or that an incident plans. One without a fault model gets that
   * of its intent.
   *
   * @throws UserError that names the fault and the field, if the intent does not fit this nemesis.
   */
  recall(fault: Omit<RecordedFault, 'model'> & Partial<Pick<RecordedFault, 'model'>>): PlannedFault
  /** The nodes that the intent of a fault names; each must be in the cluster. Absent: it names none. */
  nodesNamed?(fault: PlannedFault): readonly string[]
  inject(context: NemesisContext, fault: PlannedFault): Promise<ActiveFault>
  /** Called after all faults of all nemeses are healed: settles changes with an unknown outcome, since a timeout proves nothing. */
  settle?(context: NemesisContext): Promise<void>
}
