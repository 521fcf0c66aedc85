/** Targets: the system under test, how it is started, and what it reports about itself. */
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
  /** Services beside the cluster, in the order of the target's `services`. */
  readonly services: readonly NodeIdentity[]
  readonly options: O
  readonly bug: string | null
}

export interface ProcessSpec {
  readonly name: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /**
   * The user it runs as, who then owns the data directory and the files of the launch. Absent: the user who runs faultline;
   * in a container, root. Only root can start programs as others.
   */
  readonly user?: string
  /** The directory it starts in. Absent: the node's data directory. */
  readonly directory?: string
  /** Permissions that new files do not get, such as 0o077. Absent: 0o022. */
  readonly umask?: number
}

/** A file to write before a node is started. */
export interface FileSpec {
  readonly text: string
  /** Permissions, such as 0o600. Absent: 0o644. */
  readonly mode?: number
  /** It is not overwritten: the node keeps state in it. Absent: it is written before each start. */
  readonly keep?: true
}

/** How to start a node: one or more OS processes, and files to write first (path relative to dataDir -> content). */
export interface LaunchSpec {
  readonly processes: readonly ProcessSpec[]
  readonly files: Readonly<Record<string, string | FileSpec>>
}

/**
 * A program beside the cluster: something the nodes depend on, or the outside world that they act on. It has its own
 * address and data directory, and starts before the nodes. No nemesis treats it as a node.
 */
export interface ServiceSpec {
  readonly name: string
  /** For the docker environment: a folder of docker/. Absent: the target's image. Null: it runs in namespaces only. */
  readonly image?: string | null
  launch(service: NodeIdentity, program: (name: string) => string): LaunchSpec
  ready(service: Endpoint, signal: AbortSignal): Promise<boolean>
  /** A JSON Lines file in its data directory that belongs to the run's record. */
  readonly keeps?: string
}

/** What a node reports about itself, read at one instant. */
export interface NodeStatus {
  readonly role: 'leader' | 'follower' | 'candidate' | 'learner' | 'unknown'
  readonly term?: number
  readonly leader?: string | null
  readonly appliedIndex?: number
  readonly commitIndex?: number
  /** The log is compacted up to this index. */
  readonly snapshotIndex?: number
  /** Hash of the state machine at `digestAt`: equal positions must have equal digests on all nodes. */
  readonly digest?: string
  /** A position in the replicated log (or a revision). */
  readonly digestAt?: number
  /** Digests of the most recent earlier positions: position -> digest. Each must cover the whole log up to its position. */
  readonly earlierDigests?: Readonly<Record<string, string>>
  /** Committed members only: a change that could still be lost does not count. */
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
  /** The number of seeds within which the target's own simulator finds it, checked by a test. Null: it is not covered. */
  readonly simulatorSeeds: number | null
  /** How a real run finds it: arguments of `faultline run` after the target and the bug, or why no run finds it yet. */
  readonly realRun: { readonly args: string } | { readonly none: string }
}

/** The value of one of the target's options on one node. */
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
  /** The option that selects a node's version, and its values. All versions must work together in one cluster. */
  readonly versions?: { readonly option: string; readonly values: readonly OptionValue[] }
  /** Wrong settings that an operator could make on one node. */
  readonly mistakes?: readonly Setting[]
  /** Image for the docker environment (a folder of docker/). Absent: namespaces only. */
  readonly image?: string
  /**
   * Programs for the namespaces environment -> Debian packages, separated by spaces, with the program and its libraries. A
   * program outside the search path is named by its path.
   */
  readonly programs: Readonly<Record<string, string>>
  /** What it promises to clients of a vocabulary under these options. */
  claims(options: OptionsOf<Specs>, vocabulary: Pick<Vocabulary, 'name' | 'expires'>): Claims
  /** Why it cannot serve a vocabulary under these options; null if it can. Absent: it always can. */
  lacks?(vocabulary: Vocabulary, options: OptionsOf<Specs>): string | null
  /** Services beside the cluster under these options, in the order of `ClusterPlan.services`. */
  services?(options: OptionsOf<Specs>): readonly ServiceSpec[]
  /** Name of a vocabulary -> client. */
  readonly clients: Readonly<Record<string, Client<Call, OptionsOf<Specs>>>>
  /** Pure: how this node is started. `programs` resolves a program's name to its path. */
  launch(
    node: NodeIdentity,
    plan: ClusterPlan<OptionsOf<Specs>>,
    program: (name: string) => string,
  ): LaunchSpec
  /** Whether the node serves requests, asked through the control path. False or a rejection: it does not. */
  ready(node: Endpoint, signal: AbortSignal): Promise<boolean>
  status?(node: Endpoint, signal: AbortSignal): Promise<NodeStatus>
  /**
   * A process that ends by itself is started again after this time, as a service manager would do it. Absent: at the next heal
   * of a fault of its node, or when all faults are over.
   */
  readonly restartsAfterMs?: number
  /** Asks the leader to change the members. Rejects with the reason if the leader refuses. */
  changeMembers?(leader: Endpoint, change: MemberChange, signal: AbortSignal): Promise<void>
}

export interface MemberChange {
  readonly kind: 'add' | 'remove'
  readonly member: string
}
