/** Environments: where nodes run, and what can be done to them. */
import type { DirectoryDurability, NodeDisk } from './disk.ts'
import type { UndoJournal } from './journal.ts'
import type { Options } from './options.ts'
import type { NodeCgroups, NodeProcess } from './process.ts'
import type { LaunchSpec, NodeIdentity, Target } from './target.ts'

/** What an environment can do to a node. Nemeses name what they need. */
export type Capability =
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
  /** Where the undo of a fault must be written before the fault is made. */
  readonly journal: UndoJournal
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

/** The part of an environment that makes clusters: all that the engine needs to know of it. */
export interface Provisioner {
  readonly name: string
  /** Why it cannot do this to a node on this machine; null where it can. Tried, not guessed. */
  lacks(capability: Capability): string | null
  /** False where nodes are not processes, and cannot be seen to have ended. Absent: true. */
  readonly hasProcesses?: boolean
  /** The identities that the run's nodes will have, before anything is made. */
  identify(runId: string, count: number): readonly NodeIdentity[]
  identifyServices(runId: string, names: readonly string[]): readonly NodeIdentity[]
  provision(spec: ProvisionSpec, signal: AbortSignal): Promise<Cluster>
}

/** How the controller is started so that it stands inside the run's own networks and namespaces. */
export interface Sandbox {
  /** Put before the controller's own command line. */
  readonly prefix: readonly string[]
}

export interface SandboxSpec {
  readonly runId: string
  readonly target: Target
  /** What outlives the sandbox's own processes is written here first. */
  readonly journal: UndoJournal
}

/** One line of `faultline doctor`. */
export interface Finding {
  readonly what: string
  readonly ok: boolean
  /** What was found, or what would provide it. */
  readonly note: string
}

/** Whether something can be done, and how it is done or why it is not. */
export type Examined = Omit<Finding, 'what'>

export interface PrepareSpec {
  /** Images that targets need: folders of docker/. */
  readonly images: readonly string[]
  /** Where the base image comes from: made here of Debian's packages, or pulled from a registry. */
  readonly base: 'local' | 'registry'
  /** Told each command before it is run. */
  readonly say: (line: string) => void
}

/**
 * A place where clusters run: an entry of the registry `environments/index.ts`. The command line, `doctor` and
 * `prepare` know environments by this interface alone, so that a new one needs no change outside its own folder.
 */
export interface Environment extends Provisioner {
  /** One sentence, for `faultline list`. */
  readonly description: string
  /** `--env auto` takes the lowest rank among those that can be used. Null: only where it is asked for by name. */
  readonly autoRank: number | null
  /** What shows that it works, for `faultline doctor`. */
  readonly means: string
  /** Whether the nodes run the target's programs as this machine has them. */
  readonly needsPrograms: boolean
  /** Why no cluster can run in it from this machine, and what to do, in sentences; null where one can. Tried, not guessed. */
  whyNot(): Promise<string | null>
  /** Why it cannot hold this target under these options; null where it can. */
  whyNotFor(target: Target, options: Options): string | null
  /** Like `lacks`, but tried more thoroughly, and with how it is done where it can be. */
  examine(capability: Capability): Promise<Examined>
  /** What else `faultline doctor` should say of it. */
  inspect(): Promise<readonly Finding[]>
  /** Installs the programs that it needs on this machine. */
  install(say: PrepareSpec['say']): Promise<void>
  /** Makes it ready for use: installs, starts and builds what is missing. */
  prepare(spec: PrepareSpec): Promise<void>
  sandbox(spec: SandboxSpec): Promise<Sandbox>
}
