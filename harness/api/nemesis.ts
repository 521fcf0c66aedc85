/** Nemeses: plans of faults, their injection, measurement and heal. */
import type { Claims, FaultModel } from './claims.ts'
import type { Capability, Cluster, ClusterNode } from './environment.ts'
import type { OptionSpecs, Options, OptionsOf } from './options.ts'
import type { Rng } from './random.ts'
import type { LaunchSpec, MemberChange, NodeStatus, Target } from './target.ts'

/** A fault as asked: nemesis-specific JSON. Symbolic victims ("leader") stay symbolic here. */
export type Intent = Readonly<Record<string, unknown>>

/** A plan is data: the same seed gives the same plan. */
export interface PlannedFault {
  /** Unique in the run, such as `partition-3`. */
  readonly id: string
  readonly nemesis: string
  readonly atNs: number
  readonly durationNs: number
  /** What it is to the claims. */
  readonly model: FaultModel
  readonly intent: Intent
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

/** What a fault did, by measurement. */
export interface Effect {
  /** False: by its measurements it had no effect, and it counts for nothing. */
  readonly effective: boolean
  readonly summary: string
  readonly measurements: Readonly<Record<string, number | string | boolean>>
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
  readonly needs: readonly Capability[]
  /** Why it cannot be used on that target; null where it can. Absent: on any. */
  needsOfTarget?(target: Target, options: Options): string | null
  readonly options: Specs
  plan(rng: Rng, options: OptionsOf<Specs>, context: PlanContext): readonly PlannedFault[]
  inject(context: NemesisContext, fault: PlannedFault): Promise<ActiveFault>
  /** Once all faults of all nemeses are healed: settles what was in doubt, since a timeout proves nothing. */
  settle?(context: NemesisContext): Promise<void>
}
