/** Nemeses: plans of faults, their injection, measurement and heal. */
import type { Claims, FaultModel } from './claims.ts'
import type { DirectoryDurability } from './disk.ts'
import type { Capability, Cluster, ClusterNode } from './environment.ts'
import type { OptionSpecs, Options, OptionsOf } from './options.ts'
import type { Rng } from './random.ts'
import type { LaunchSpec, MemberChange, NodeStatus, Target } from './target.ts'

/** A fault as asked: nemesis-specific JSON. Symbolic victims ("leader") stay symbolic here. */
export type Intent = Readonly<Record<string, unknown>>

/** The parts of a planned fault that a file must hold for it to be injected again; the rest follows from its nemesis. */
export interface RecordedFault {
  /** Unique in the run, such as `partition-3`. */
  readonly id: string
  readonly nemesis: string
  readonly atNs: number
  readonly durationNs: number
  /** What it is to the claims. */
  readonly model: FaultModel
  readonly intent: Intent
}

/** A colour of the report's palette. */
export type FaultColour = 'red' | 'purple' | 'teal' | 'pink' | 'brown'

/** A plan is data: the same seed gives the same plan. */
export interface PlannedFault extends RecordedFault {
  /** The nemesis and which of its faults this is, such as `partition/leader`: what the verdict counts together. */
  readonly kind: string
  /** Its nemesis in the report's timeline: the name of the lane and the colour in it. */
  readonly label: string
  readonly colour: FaultColour
}

export interface PlanContext {
  readonly target: Pick<Target, 'name' | 'options' | 'versions' | 'mistakes'>
  /** The options the cluster is started with. */
  readonly targetOptions: Options
  readonly nodes: readonly string[]
  readonly clientGroups: number
  readonly timeLimitNs: number
  readonly tolerates: Claims['tolerates']
}

/** One direction of a link between two nodes, or between a node and a client group (`clients-0`). */
export interface Link {
  readonly from: string
  readonly to: string
}

export type Measurements = Readonly<Record<string, number | string | boolean>>

/**
 * What a fault did, by measurement.
 *
 * @typeParam M the measurements of this nemesis, by name
 */
export interface Effect<M extends Measurements = Measurements> {
  /** False: by its measurements it had no effect, and it counts for nothing. */
  readonly effective: boolean
  /** One sentence with the proof. */
  readonly summary: string
  readonly measurements: M
  /** The links that were cut for all of its time. Absent: none, or not all of the time. */
  readonly links?: readonly Link[]
}

export interface ActiveFault {
  readonly id: string
  /** Victims as resolved: node names. */
  readonly victims: readonly string[]
  measure(): Promise<Effect>
  /** Undoes the fault and returns what it did in all. Twice is harmless. */
  heal(): Promise<Effect>
}

export interface NemesisContext {
  readonly cluster: Cluster
  /** The node that leads now, by the nodes' own word (highest term wins); null where none does. */
  leader(): Promise<string | null>
  /** What the node says of itself, asked now; null where it does not answer. */
  status(node: string): Promise<NodeStatus | null>
  /** Where the target has a way. Rejects with the reason where there is no leader, or it refuses. */
  changeMembers?(change: MemberChange): Promise<void>
  /** How the node would be started with these options in place of the cluster's. */
  launchWith(node: ClusterNode, options: Options): LaunchSpec
  /** Whether the node serves, by the target's own question. */
  isReady(node: ClusterNode): Promise<boolean>
  readonly signal: AbortSignal
}

export interface Nemesis<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string
  readonly description: string
  /** The name of its lane in the report's timeline, and the colour of its faults. */
  readonly label: string
  readonly colour: FaultColour
  /** Without these in the environment it cannot be used. */
  readonly needs: readonly Capability[]
  /** What it uses besides, where the environment has it. */
  readonly uses?: readonly Capability[]
  /** Of those, the ones that it cannot be used without under these options. */
  alsoNeeds?(options: OptionsOf<Specs>): readonly Capability[]
  /** Why it cannot be used on that target; null where it can. Absent: on any. */
  needsOfTarget?(target: Target, options: Options): string | null
  /** For a nemesis that needs disks which can fail: how they keep what is written to directories. */
  disks?(options: OptionsOf<Specs>): DirectoryDurability
  readonly options: Specs
  plan(rng: Rng, options: OptionsOf<Specs>, context: PlanContext): readonly PlannedFault[]
  /**
   * A fault that was read from a file, checked and completed.
   *
   * @throws UserError that names the fault and the field, where its intent is none of this nemesis.
   */
  recall(fault: RecordedFault): PlannedFault
  /** The nodes that the intent of a fault names: each must be in the cluster. Absent: it names none. */
  nodesNamed?(fault: PlannedFault): readonly string[]
  inject(context: NemesisContext, fault: PlannedFault): Promise<ActiveFault>
  /** Once all faults of all nemeses are healed: settles what was in doubt, since a timeout proves nothing. */
  settle?(context: NemesisContext): Promise<void>
}
