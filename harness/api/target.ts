/** Targets: the system under test, how it is started, and what it says of itself. */
import type { Claims } from './claims.ts'
import type { Client, Endpoint } from './client.ts'
import type { Call } from './history.ts'
import type { OptionSpecs, Options, OptionsOf, OptionValue } from './options.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface NodeIdentity {
  readonly name: string
  /** From 1. */
  readonly index: number
  readonly address: string
  /** The node's durable directory, as the node itself sees it. */
  readonly dataDir: string
}

export interface ClusterPlan<O extends Options = Options> {
  readonly nodes: readonly NodeIdentity[]
  /** What stands beside the cluster, in the order of the target's `services`. */
  readonly services: readonly NodeIdentity[]
  readonly options: O
  readonly bug: string | null
}

export interface ProcessSpec {
  readonly name: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** How to start a node: one or more OS processes, and files to write first (path relative to dataDir -> content). */
export interface LaunchSpec {
  readonly processes: readonly ProcessSpec[]
  readonly files: Readonly<Record<string, string>>
}

/**
 * A program beside the cluster: something the nodes depend on, or the outside world they act on. It has an address
 * and a data directory of its own, is started before the nodes, and no nemesis takes it for one of them.
 */
export interface ServiceSpec {
  readonly name: string
  /** For the docker environment: a folder of docker/. Absent: the target's image; null: it runs in namespaces only. */
  readonly image?: string | null
  launch(service: NodeIdentity, program: (name: string) => string): LaunchSpec
  ready(service: Endpoint, signal: AbortSignal): Promise<boolean>
  /** A JSON Lines file in its data directory that belongs to the run's record. */
  readonly keeps?: string
}

/** What a node says of itself, read at one instant. */
export interface NodeStatus {
  readonly role: 'leader' | 'follower' | 'candidate' | 'learner' | 'unknown'
  readonly term?: number
  readonly leader?: string | null
  readonly appliedIndex?: number
  readonly commitIndex?: number
  /** Up to which the log was compacted. */
  readonly snapshotIndex?: number
  /** Hash of the state machine as of `digestAt`: equal positions must have equal digests on all nodes. */
  readonly digest?: string
  /** A position in the replicated log (or a revision). */
  readonly digestAt?: number
  /** The same of earlier positions, the last of them: position -> digest. Each must cover the whole log up to there. */
  readonly earlierDigests?: Readonly<Record<string, string>>
  /** As committed: a change that could still be lost is none. */
  readonly members?: readonly string[]
  readonly version?: string
  /** The node's own wall clock: milliseconds since the epoch. */
  readonly clockMs?: number
}

/** A bug planted in a bundled target, reachable by `--bug`. */
export interface PlantedBug {
  readonly name: string
  readonly description: string
  readonly workload: string
  /** Seeds within which the target's own simulator finds it (a test holds it to that); null: it is none of its business. */
  readonly simulatorSeeds: number | null
  /** How a real run finds it: arguments of `faultline run` after the target and the bug; or why none does yet. */
  readonly realRun: { readonly args: string } | { readonly none: string }
}

/** An option of the target's, as one node has it. */
export interface Setting {
  readonly option: string
  readonly value: OptionValue
}

/** A system under test. */
export interface Target<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string
  readonly description: string
  readonly options: Specs
  readonly nodes: { readonly default: number; readonly min: number; readonly max?: number }
  readonly bugs: readonly PlantedBug[]
  /** Of its options the one that says which version a node is, and its values: each must live with the others. */
  readonly versions?: { readonly option: string; readonly values: readonly OptionValue[] }
  /** Settings that an operator could get wrong on one node. */
  readonly mistakes?: readonly Setting[]
  /** Image for the docker environment (a folder of docker/); absent: namespaces only. */
  readonly image?: string
  /** Programs the namespaces environment needs, each with the Debian packages, by spaces, that have it and its libraries. */
  readonly programs: Readonly<Record<string, string>>
  claims(options: OptionsOf<Specs>): Claims
  /** Why it cannot speak a vocabulary under these options; null where it can. Absent: it can. */
  lacks?(vocabulary: Vocabulary, options: OptionsOf<Specs>): string | null
  /** What stands beside the cluster under these options, in the order of `ClusterPlan.services`. */
  services?(options: OptionsOf<Specs>): readonly ServiceSpec[]
  /** Name of a vocabulary -> client. */
  readonly clients: Readonly<Record<string, Client<Call, OptionsOf<Specs>>>>
  /** Pure: how this node is started. `programs` resolves a program's name to its path. */
  launch(
    node: NodeIdentity,
    plan: ClusterPlan<OptionsOf<Specs>>,
    program: (name: string) => string,
  ): LaunchSpec
  /** Whether the node serves: asked through the control path. Rejects or answers false when it does not. */
  ready(node: Endpoint, signal: AbortSignal): Promise<boolean>
  status?(node: Endpoint, signal: AbortSignal): Promise<NodeStatus>
  /** Asks the leader for a change of members; rejects with the reason where it is refused. */
  changeMembers?(leader: Endpoint, change: MemberChange, signal: AbortSignal): Promise<void>
}

export interface MemberChange {
  readonly kind: 'add' | 'remove'
  readonly member: string
}
