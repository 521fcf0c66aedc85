/** Targets: the system under test, how it is started, and what it reports about itself. */
import type { LieSpec } from './byzantine.ts'
import type { Claims } from './claims.ts'
import type { Client, Endpoint } from './client.ts'
import type { Call } from './history.ts'
import type { LoggedMessage } from './message.ts'
import type { OptionSpecs, Options, OptionsOf, OptionValue } from './options.ts'
import type { Programs } from './programs.ts'
import type { Simulation } from './simulation.ts'
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
  /** Resource limits by the names of prlimit(1), such as `{ nofile: 4096, core: 0 }`. Absent: those of faultline. */
  readonly limits?: Readonly<Record<string, number | 'unlimited'>>
  /**
   * The signal by which it is asked to stop; it stops what it has started by itself. Absent: SIGTERM, to all processes of the
   * node.
   */
  readonly stopSignal?: string
  /** How long it may take to stop before it is killed. Absent: 2000. */
  readonly stopTimeoutMs?: number
}

/** A command that runs to its end on a node. One that fails, or takes too long, is an error that says so. */
export interface StepSpec extends ProcessSpec {
  /** Absent: 60,000. */
  readonly timeoutMs?: number
}

/** What has to be done on a node besides starting its programs. Each step's output is a log of the node. */
export interface Steps {
  /** Before the first start, and before each that finds its data directory empty: `initdb`. The files are written before. */
  readonly firstStart?: readonly StepSpec[]
  /** Before each other start. */
  readonly restart?: readonly StepSpec[]
  /** Once, when all nodes are ready, one node after another: join the cluster, make a schema. */
  readonly allReady?: readonly StepSpec[]
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
  readonly steps?: Steps
}

/**
 * A program beside the cluster: something the nodes depend on, or the outside world that they act on. It has its own
 * address and data directory, and starts before the nodes. No nemesis treats it as a node.
 */
export interface ServiceSpec {
  readonly name: string
  /** For the docker environment, as that of a target. Absent: the target's image. Null: it runs in namespaces only. */
  readonly image?: string | null
  /** Files of this machine that its program needs. In a container they are read-only, at the same paths. */
  readonly hostFiles?: readonly string[]
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
  /**
   * What else the digests depend on that members need not have in common, such as the revision up to which history is forgotten.
   * Digests are compared only where it is the same. Absent: nothing.
   */
  readonly digestBasis?: string
  /** Digests of the most recent earlier positions: position -> digest. Each must cover the whole log up to its position. */
  readonly earlierDigests?: Readonly<Record<string, string>>
  /** Committed members only: a change that could still be lost does not count. */
  readonly members?: readonly string[]
  /** The latest decisions that this node made, such as entries that it committed as their leader. Absent: it does not tell. */
  readonly decisions?: readonly Decision[]
  /** Transactions over several nodes that this node has voted on or decided lately, and all that it is in doubt about. */
  readonly transactions?: readonly TransactionReport[]
  readonly version?: string
  /** The node's own wall clock: milliseconds since the epoch. */
  readonly clockMs?: number
}

/** Who accepted a decision, as the node tells that made it. */
export interface Decision {
  /** Its place in the log. All before it that were not decided yet are decided with it. */
  readonly slot: number
  /** Term, or ballot. */
  readonly term: number
  /** The nodes of which it was known that they had it on disk. */
  readonly acceptedBy: readonly string[]
  /** The members in force for it. */
  readonly members: readonly string[]
  /** The members before the change that put these in force. Absent: there was none, or it is not known any more. */
  readonly formerMembers?: readonly string[]
}

/** What a node knows of a transaction over several nodes (atomic commitment). */
export interface TransactionReport {
  /** The same on all nodes, and never used again. */
  readonly id: string
  /** The node that asks for votes and decides. */
  readonly coordinator: string
  /** The nodes whose votes it needs. */
  readonly participants: readonly string[]
  /** Absent: this node has not voted, or does not remember. */
  readonly vote?: 'yes' | 'no'
  /** Absent: it knows of none. */
  readonly decision?: 'commit' | 'abort'
  /** Why it voted no, or why it was aborted. */
  readonly why?: string
  /** It voted yes, and has waited so long for the decision. Absent: it is not in doubt. */
  readonly inDoubtMs?: number
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

/** How nodes lie in the words of their protocol (`byzantine.ts`). All of it is data, but for `secrets`. */
export interface ByzantineProtocol {
  /** TCP ports on which nodes listen for each other. */
  readonly peerPorts: readonly number[]
  /** TCP ports on which nodes listen for clients. A port may be in both lists. */
  readonly clientPorts: readonly number[]
  /** Absolute path of a module whose default export is a `ByzantineCodec`. Only relays import it. */
  readonly codec: string
  /** What the protocol calls an epoch, such as `term`, if the codec knows them (`Liar.epochs`). Absent: it does not. */
  readonly epoch?: string
  /** Name -> lie. The codec tells each of them. */
  readonly lies: Readonly<Record<string, LieSpec>>
  /**
   * What the node knows and others do not, as JSON: such as the key with which it signs. A codec gets those of its own
   * traitor, and, of colluding ones, of its accomplices; never of an honest node. Absent: there is none.
   */
  secrets?(node: NodeIdentity, plan: ClusterPlan): unknown
}

/** What a target needs of the machine that it runs on. */
export interface Requirements {
  /** Root: its programs run as other users, or need privileges. */
  readonly root?: true
  /** Free space for the nodes' data, of all nodes together. */
  readonly diskBytes?: number
  /** Memory that is free, of all nodes together. */
  readonly memoryBytes?: number
}

/** (The type of a method, so that a target with specific options is one with unknown options.) */
type ProgramsUnder<O extends Options> = { under(options: O): Programs }['under']

/** A system under test. */
export interface Target<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string
  readonly description: string
  readonly options: Specs
  readonly nodes: { readonly default: number; readonly min: number; readonly max?: number }
  readonly bugs: readonly PlantedBug[]
  /** Its core without processes, for `faultline simulate`. Loaded when it is asked for. Absent: it has none. */
  simulation?(): Promise<Simulation>
  /** The option that selects a node's version, and its values. All versions must work together in one cluster. */
  readonly versions?: { readonly option: string; readonly values: readonly OptionValue[] }
  /** Wrong settings that an operator could make on one node. */
  readonly mistakes?: readonly Setting[]
  /**
   * Image for the docker environment: the name of a folder of docker/, the path of a folder with a Dockerfile, or the reference
   * of any image (with a `:` or a `/`), which must have `sh` and `sleep`. Absent: namespaces only.
   */
  readonly image?: string
  /**
   * Files of this machine that its nodes need besides their programs, such as a server of ours around a library. In a container they
   * are read-only, at the same paths. Absent: none.
   */
  readonly hostFiles?: readonly string[]
  /**
   * Its programs, under these options where they depend on them, such as one in several versions. Of Debian's packages: a name
   * that ends with `.jar` is a Java library, a program outside the search path is named by its path, and a container has them
   * by its image. A container sees what comes from elsewhere read-only, at the same path as this machine.
   */
  readonly programs: Programs | ProgramsUnder<OptionsOf<Specs>>
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
   * Under options with which nodes log their messages, what a line of a log tells of one; null if it tells of none. Pure. The
   * report draws them beside captured ones. Null, or absent: nodes do not log them.
   */
  loggedMessages?(options: OptionsOf<Specs>): ((line: string) => LoggedMessage | null) | null
  /**
   * A process that ends by itself is started again after this time, as a service manager would do it. Absent: at the next heal
   * of a fault of its node, or when all faults are over.
   */
  readonly restartsAfterMs?: number
  /** Called once, when all nodes are ready and their steps are done: makes a schema, a topic, a user through a client's library. */
  setUp?(nodes: readonly Endpoint[], options: OptionsOf<Specs>, signal: AbortSignal): Promise<void>
  /** How a node of it lies in its protocol's words. Absent: a node can only be silent, late, or repeat what it said. */
  readonly byzantine?: ByzantineProtocol
  /** What a run of it needs of the machine. */
  readonly requires?: Requirements
  /** Asks the leader to change the members. Rejects with the reason if the leader refuses. */
  changeMembers?(leader: Endpoint, change: MemberChange, signal: AbortSignal): Promise<void>
}

export interface MemberChange {
  readonly kind: 'add' | 'remove'
  readonly member: string
}
