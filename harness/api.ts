/**
 * Every contract of the harness, stated once: types only.
 *
 * Data flows one way: generator -> scheduler -> client -> history -> checkers -> verdict -> report, with the
 * nemesis breaking the cluster on the side and measuring what it broke. The words are the field's: an
 * *operation* has an invocation and a completion; a *process* is a logical client of the history (never an OS
 * process); a *node* is a member of the cluster under test; *victims* are the nodes a fault hits.
 *
 * Times are nanoseconds since the start of the run (`...Ns`), durations say their unit in the name.
 */

// ---------------------------------------------------------------------------------------------- operations

/** A logical client of the history. After an `info` it is never used again: its thread goes on under a new one. */
export type ClientProcess = number

/** What a client asks. Each vocabulary is a union discriminated on `f`. `value` must be JSON. */
export interface Call {
  readonly f: string
  readonly value: unknown
}

/** Evidence a node gave along with an answer: term, revision, served by, attempts of a declared retry. */
export type Meta = Readonly<Record<string, string | number | boolean>>

/**
 * What became of a call.
 * - `ok`: it happened, and returned this. A compare-and-set whose comparison failed is `ok` with `applied: false`.
 * - `fail`: it never happened and never will. Needs proof: a refusal, never a timeout.
 * - `info`: it may have happened, and may yet. Everything in doubt is info.
 */
export type Outcome =
  | { readonly type: 'ok'; readonly value: unknown; readonly meta?: Meta }
  | { readonly type: 'fail'; readonly error: string; readonly meta?: Meta }
  | { readonly type: 'info'; readonly error: string; readonly meta?: Meta }

/** One event of the history: an invocation or a completion. Stamped by the engine alone. */
export interface Operation {
  /** Position in the history, from 0, dense. */
  readonly index: number
  readonly timeNs: number
  readonly process: ClientProcess | 'nemesis'
  readonly type: 'invoke' | 'ok' | 'fail' | 'info'
  readonly f: string
  readonly value: unknown
  /** The node the client was bound to (not necessarily the one that served: see meta). */
  readonly node?: string
  readonly meta?: Meta
  readonly error?: string
}

// -------------------------------------------------------------------------------------------------- options

export type OptionValue = string | number | boolean
export type Options = Readonly<Record<string, OptionValue>>

/** One option, as listed by `faultline list` and validated by the command line. Durations are in milliseconds. */
export interface OptionSpec {
  readonly type: 'string' | 'number' | 'boolean' | 'duration'
  readonly default: OptionValue
  readonly choices?: readonly string[]
  readonly description: string
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>

// --------------------------------------------------------------------------------------------------- random

/** A seeded source of randomness. `fork` is a pure function of the seed and the labels: no draw moves another. */
export interface Rng {
  fork(...labels: readonly (string | number)[]): Rng
  /** Uniform in [0, 1). */
  float(): number
  /** Uniform integer in [0, bound). */
  int(bound: number): number
  pick<T>(from: readonly T[]): T
  shuffle<T>(from: readonly T[]): T[]
}

// ----------------------------------------------------------------------------------------------- generators

/** A slot that runs one operation at a time. Threads 0 to concurrency-1 are clients, those above are nemeses. */
export type Thread = number

export interface GeneratorContext {
  readonly nowNs: number
  /** Threads this generator may use, ascending. */
  readonly threads: readonly Thread[]
  /** Those of them that are idle. */
  readonly free: readonly Thread[]
  /** How many operations the thread has invoked so far. */
  ordinal(thread: Thread): number
  /** The randomness of the thread's next operation: keyed by (thread, ordinal), the same however often it is asked. */
  draw(thread: Thread): Rng
}

export type Step<C extends Call> =
  /** Invoke `call` on `thread`, not before `atNs`; then go on with `next`. */
  | {
      readonly type: 'invoke'
      readonly atNs: number
      readonly thread: Thread
      readonly call: C
      readonly next: OpGenerator<C>
    }
  /** Nothing now. Ask `next` again at `wakeNs` (null: after the next completion). */
  | { readonly type: 'pending'; readonly wakeNs: number | null; readonly next: OpGenerator<C> }
  | { readonly type: 'done' }

/** Something that happened on a thread: an invocation or a completion. */
export interface GeneratorEvent {
  readonly thread: Thread
  readonly operation: Operation
}

/**
 * A source of operations. Immutable: `next` and `update` return the generator that comes after. A step to invoke
 * later (`atNs` in the future) is not kept: the same generator is asked again. A generator that must remember
 * when it was first asked therefore answers `pending`.
 */
export interface OpGenerator<C extends Call = Call> {
  next(context: GeneratorContext): Step<C>
  update(context: GeneratorContext, event: GeneratorEvent): OpGenerator<C>
}

// -------------------------------------------------------------------------------------------------- clients

export interface Endpoint {
  readonly node: string
  readonly address: string
}

export interface ClientContext {
  readonly process: ClientProcess
  /** The node this client is bound to. */
  readonly node: Endpoint
  /** All nodes, for protocols that redirect. */
  readonly endpoints: readonly Endpoint[]
  /** The source address of this client's group; undefined: any. */
  readonly localAddress: string | undefined
  /** What stands beside the cluster: name -> address. */
  readonly services: Readonly<Record<string, string>>
  readonly options: Options
  readonly signal: AbortSignal
}

/** Opens connections. Failing to open makes the waiting operation a `fail`: it was never sent. */
export interface Client<C extends Call = Call> {
  open(context: ClientContext): Promise<Connection<C>>
}

/** Sends one call at a time. Never retries in secret; declared retries are counted in `meta.attempts`. */
export interface Connection<C extends Call = Call> extends AsyncDisposable {
  /** Never throws for what the cluster does: the target's error table turns that into an outcome. */
  invoke(call: C, signal: AbortSignal): Promise<Outcome>
}

// ------------------------------------------------------------------------------------------------ workloads

export interface WorkloadContext {
  readonly concurrency: number
  readonly nodes: number
}

export interface FinalContext extends WorkloadContext {
  /** How many operations the thread has invoked so far. */
  ordinal(thread: Thread): number
}

/** Generators over a vocabulary, and the checkers that judge what comes of them. */
export interface Workload<C extends Call = Call> {
  readonly name: string
  readonly description: string
  /** Name of the vocabulary a target must speak. */
  readonly vocabulary: string
  readonly options: OptionSpecs
  generator(rng: Rng, options: Options, context: WorkloadContext): OpGenerator<C>
  /** After all faults are healed and the cluster has recovered: what to read at the end. */
  finalGenerator?(rng: Rng, options: Options, context: FinalContext): OpGenerator<C>
  checkers(options: Options): readonly Checker[]
}

// -------------------------------------------------------------------------------------------------- targets

/**
 * - `linearizable`: Herlihy and Wing 1990.
 * - `consistent-prefix`: a read returns a state that the object had at some time up to the read's completion
 *   (Terry, "Replicated Data Consistency Explained Through Baseball", 2013). It may be stale, never invented.
 */
export type Consistency = 'linearizable' | 'consistent-prefix' | Delivery | IsolationModel

/** How often what was acknowledged takes effect in the outside world. */
export type Delivery = 'at-most-once' | 'at-least-once' | 'exactly-once'

/** Isolation of transactions (Adya 1999), by itself, within each client's session, or in real time. */
export type IsolationLevel =
  | 'read-uncommitted'
  | 'read-committed'
  | 'cursor-stability'
  | 'consistent-view'
  | 'repeatable-read'
  | 'snapshot-isolation'
  | 'serializable'

export type IsolationModel =
  | IsolationLevel
  | `strong-session-${IsolationLevel}`
  | `strong-${Exclude<IsolationLevel, 'serializable'>}`
  | 'strict-serializable'

/** What a target promises, in its own words' meaning; the verdict is against this. */
export interface Claims {
  /** Who promised it and where, for the verdict. */
  readonly source: string
  /** Vocabulary -> call -> what is promised of it under the given options. */
  readonly consistency: Readonly<Record<string, Readonly<Record<string, Consistency>>>>
  /** What a minority does with calls it cannot serve under the promise. */
  readonly minority: 'refuse' | 'serve-reads'
  /** Its status tells term and leader as of one instant, so that elections can be judged by it. Absent: it does not. */
  readonly tellsElections?: boolean
  /** Once all faults are healed, every node is ready again within this time. Absent: no bound is claimed. */
  readonly recoversWithinMs?: number
  /** Fault model -> how many nodes it may hit at once without voiding the promise. One not named is not tolerated. */
  readonly tolerates: Readonly<Partial<Record<FaultModel, 'any' | 'minority' | number>>>
}

/**
 * What a fault is to the promise, whichever nemesis made it.
 * - `omission`: packets or connections hurt; `timing`: slow networks, disks and processors;
 * - `power-loss`: a crash that loses what was not fsynced; `disk-errors`: operations that fail, and say so;
 * - `data-loss`: a restart with old data or none, which is counted over the whole run and not only at once;
 * - `corruption`: stored data that changed by itself;
 * - `misconfiguration`: an operator's error on a node.
 */
export type FaultModel =
  | 'partition'
  | 'omission'
  | 'timing'
  | 'kill'
  | 'pause'
  | 'clock'
  | 'power-loss'
  | 'disk-errors'
  | 'data-loss'
  | 'corruption'
  | 'membership'
  | 'upgrade'
  | 'misconfiguration'
  | 'dependency'

export interface NodeIdentity {
  readonly name: string
  /** From 1. */
  readonly index: number
  readonly address: string
  /** The node's durable directory, as the node itself sees it. */
  readonly dataDir: string
}

export interface ClusterPlan {
  readonly nodes: readonly NodeIdentity[]
  /** What stands beside the cluster, in the order of the target's `services`. */
  readonly services: readonly NodeIdentity[]
  readonly options: Options
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
export interface Target {
  readonly name: string
  readonly description: string
  readonly options: OptionSpecs
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
  claims(options: Options): Claims
  /** Why it cannot speak a vocabulary under these options; null where it can. Absent: it can. */
  lacks?(vocabulary: string, options: Options): string | null
  /** What stands beside the cluster under these options, in the order of `ClusterPlan.services`. */
  services?(options: Options): readonly ServiceSpec[]
  /** Vocabulary -> client. */
  readonly clients: Readonly<Record<string, Client>>
  /** Pure: how this node is started. `programs` resolves a program's name to its path. */
  launch(node: NodeIdentity, plan: ClusterPlan, program: (name: string) => string): LaunchSpec
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

// --------------------------------------------------------------------------------------------- environments

/** What an environment can do to a node. Nemeses name what they need. */
export type Fault =
  | 'partition'
  | 'kill'
  | 'pause'
  | 'freezer'
  | 'clock'
  | 'disk'
  | 'packet'
  | 'io'
  | 'memory'
  | 'cpu'

export interface NodeProcess {
  readonly name: string
  readonly pid: number
}

export type CgroupController = 'freezer' | 'memory' | 'cpu' | 'blkio'

/** cgroup (v1) controller -> the directory of the node's own group. */
export type NodeCgroups = Readonly<Partial<Record<CgroupController, string>>>

/** The kinds of operations a disk's rule speaks of. */
export type DiskKind = 'read' | 'write' | 'fsync' | 'metadata'

/**
 * What a disk does wrong while a fault is in force.
 * - `delay`: the operation takes longer: `meanMs` always, or exponentially distributed with that mean;
 * - `stall`: it takes until the rule goes;
 * - `error`: it fails with `errno` and does nothing;
 * - `short`: of a write only the first half happens, and the caller is told so;
 * - `torn`: of a write only the first sectors (512 bytes) happen, and the caller is told that it failed.
 */
export interface DiskRule {
  readonly fault: string
  readonly kinds: readonly DiskKind[]
  readonly effect: 'delay' | 'stall' | 'error' | 'short' | 'torn'
  readonly meanMs: number
  readonly distribution: 'fixed' | 'exponential'
  readonly errno: 'EIO' | 'ENOSPC'
  /** Of all such operations, the share that is hit. */
  readonly probability: number
}

/** Of one kind of operation: how many, how long they took as the caller saw it, and what rules did to them. */
export interface DiskKindCounts {
  readonly operations: number
  readonly failed: number
  readonly delayed: number
  readonly totalMs: number
}
export type DiskCounts = Readonly<Record<DiskKind, DiskKindCounts>>

/** How much of what was not fsynced survives a power loss. */
export type Survival = 'nothing' | 'some' | 'all'

/** `strict`: what POSIX promises of directories; `ext4`: any fsync commits all directory operations before it. */
export type DirectoryDurability = 'strict' | 'ext4'

/** What a power loss took. */
export interface Lost {
  readonly bytes: number
  readonly pages: number
  readonly files: number
  readonly directoryOperations: number
}

/** Damage to the stored bytes of the file written last among those whose path matches the regular expression. */
export interface Damage {
  readonly file: string
  readonly how: 'bit-flip' | 'truncate'
  readonly seed: number
}

/** A node's own disk, which can be told to fail. */
export interface NodeDisk extends AsyncDisposable {
  /** What the node's data directory is bound to. Never to be touched by the controller: it could wait for itself. */
  readonly path: string
  /** Where its content really lies. */
  readonly backing: string
  /** The groups of the process that serves it. */
  readonly cgroups: NodeCgroups
  /** Replaces the rules of that fault; none heals it. */
  setRules(fault: string, rules: readonly DiskRule[]): Promise<void>
  counts(): Promise<DiskCounts>
  /** The node's processes must be dead. */
  losePower(survival: Survival, seed: number): Promise<Lost>
  /** What was damaged; null where no file matched. */
  damage(damage: Damage): Promise<string | null>
  /** Why it serves no more although nobody took it down: the harness's own failure, never the cluster's. Null: it serves. */
  readonly failure: string | null
}

export interface ClusterNode extends NodeIdentity {
  /** A pid whose network namespace is the node's and outlives its processes (keeper). */
  readonly keeperPid: number
  /** The node's OS processes now running, as the controller sees them. */
  processes(): Promise<readonly NodeProcess[]>
  /** How it is started from its next start on. */
  configure(launch: LaunchSpec): void
  /** Starts what is not running. Resolves once spawned, not once ready. */
  start(signal: AbortSignal): Promise<void>
  /** How a process of its that ended did so, as the system told; null where it does not (yet). */
  exitOf(pid: number): Promise<string | null>
  /** SIGKILLs all its processes and resolves once every one is gone. */
  kill(signal: AbortSignal): Promise<readonly NodeProcess[]>
  /** Its data directory as the controller sees it. */
  readonly hostDataDir: string
  /** Where the run asked for disks that fail. */
  readonly disk?: NodeDisk
  /** The groups that the node's processes are in, where the environment has them. */
  readonly cgroups: NodeCgroups
}

export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly ClusterNode[]
  readonly services: readonly ClusterNode[]
  /** Source address of each client group. */
  readonly clientAddresses: readonly string[]
  /** Source address of the control path: status, leader discovery. Never cut. */
  readonly controlAddress: string | undefined
  /** Where the undo of a fault must be written before the fault is made. */
  readonly journal: UndoJournal
}

/** An effect to be undone should the controller die. Each kind is undone by one function of harness/faults/undo.ts. */
export type UndoEntry =
  | { readonly kind: 'process'; readonly pid: number; readonly startTime: string; readonly bootId: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'cgroup'; readonly path: string }
  | { readonly kind: 'container'; readonly label: string }
  | { readonly kind: 'mount'; readonly path: string }

export interface UndoJournal {
  /** Resolves once the entry is on disk. Call it before making the effect. */
  record(entry: UndoEntry): void
}

/** One host to be made: a node's or a service's. */
export interface HostSpec {
  readonly identity: NodeIdentity
  readonly launch: LaunchSpec
  readonly image: string | undefined
}

export interface ProvisionSpec {
  readonly runId: string
  readonly nodes: readonly HostSpec[]
  readonly services: readonly HostSpec[]
  readonly clientGroups: number
  /** Null: the nodes' data lies on the plain disk. */
  readonly disks: { readonly durability: DirectoryDurability; readonly seed: number } | null
  /** Temporary, removed with the cluster: the nodes' data. */
  readonly stateDir: string
  /** Kept with the results: stdout and stderr of each node. */
  readonly logDir: string
  readonly journal: UndoJournal
}

export interface Environment {
  readonly name: string
  /** Why the environment cannot do this to a node on this machine; null where it can. Tried, not guessed. */
  lacks(fault: Fault): string | null
  /** False for an environment whose nodes are not processes. */
  readonly hasProcesses?: boolean
  /** The identities nodes will have, before anything is made. */
  identify(count: number): readonly NodeIdentity[]
  identifyServices(names: readonly string[]): readonly NodeIdentity[]
  provision(spec: ProvisionSpec, signal: AbortSignal): Promise<Cluster>
}

// -------------------------------------------------------------------------------------------------- nemeses

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

/** What a fault did, by measurement. `bit` false: it had no effect, and counts for nothing. */
export interface Effect {
  readonly bit: boolean
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

export interface Nemesis {
  readonly name: string
  readonly description: string
  readonly needs: readonly Fault[]
  /** Why it cannot be used on that target; null where it can. Absent: on any. */
  needsOfTarget?(target: Target, options: Options): string | null
  readonly options: OptionSpecs
  plan(rng: Rng, options: Options, context: PlanContext): readonly PlannedFault[]
  inject(context: NemesisContext, fault: PlannedFault): Promise<ActiveFault>
  /** Once all faults of all nemeses are healed: settles what was in doubt, since a timeout proves nothing. */
  settle?(context: NemesisContext): Promise<void>
}

// ------------------------------------------------------------------------------------------- what a run leaves

/** Plain data: all that a run needs. The controller re-executes itself from it; `repro` starts from it. */
export interface RunSpec {
  readonly schema: 1
  readonly runId: string
  /** A bundled target's name, or a module's absolute path whose default export is a Target. */
  readonly target: string
  readonly targetOptions: Options
  readonly bug: string | null
  readonly workload: string
  readonly workloadOptions: Options
  readonly nemeses: readonly { readonly name: string; readonly options: Options }[]
  /** A recorded plan, run again in place of one drawn from the seed. */
  readonly faults?: readonly PlannedFault[]
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
  readonly expect: Consistency | null
  readonly commit: string
}

/** A fault's life, folded from faults.jsonl. Times are absent for what never came about. */
export interface FaultRecord {
  readonly planned: PlannedFault
  readonly victims: readonly string[]
  readonly injectedAtNs?: number
  readonly healedAtNs?: number
  readonly effects: readonly Effect[]
  readonly bit: boolean
  readonly error?: string
}

export interface Sample {
  readonly timeNs: number
  readonly node: string
  /** Null: the node did not answer. */
  readonly status: NodeStatus | null
}

export interface Recovery {
  /** Null: not within the deadline. */
  readonly recoveredAfterMs: number | null
  readonly deadlineMs: number
  readonly notReady: readonly string[]
  /** Services beside the cluster that are not ready: the harness’s own, never held against the cluster. Absent: none. */
  readonly servicesNotReady?: readonly string[]
}

/** What `run.json` says of a run besides its spec. */
export interface RunFacts {
  readonly startedAt: string
  readonly endedAt: string
  readonly versions: Readonly<Record<string, string>>
  readonly leaderChanges: readonly {
    readonly timeNs: number
    readonly term: number
    readonly leader: string
  }[]
  readonly eventLoopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly recovery: Recovery | null
  /** Why the run ended early; null for a run that went through. */
  readonly aborted: string | null
}

/** All that a run leaves. Parts that an imported history lacks are null. */
export interface RunRecord {
  readonly history: readonly Operation[]
  readonly spec: RunSpec | null
  readonly facts: RunFacts | null
  readonly claims: Claims | null
  readonly faults: readonly FaultRecord[] | null
  readonly samples: readonly Sample[] | null
  readonly logs: readonly NodeLog[] | null
  /** What services kept of themselves: name -> lines of JSON. */
  readonly services: Readonly<Record<string, readonly unknown[]>> | null
}

/** What a node wrote to stdout and stderr; of much the end. */
export interface NodeLog {
  readonly node: string
  readonly text: string
}

// ------------------------------------------------------------------------------------------------- checkers

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
  /** After each heal of a fault that bit; null: not before the end of the run. */
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
  readonly faults: { readonly planned: number; readonly injected: number; readonly bit: number }
  readonly verdicts: readonly Verdict[]
  /** Null where there were no faults. */
  readonly impact: Impact | null
}
