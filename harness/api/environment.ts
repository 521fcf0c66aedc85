/** Environments: where nodes run, and what can be done to them. */
import type { NodeCgroups } from './cgroup.ts'
import type { DirectoryDurability, NodeDisk } from './disk.ts'
import type { UndoJournal } from './journal.ts'
import type { Options } from './options.ts'
import type { EndedProcess, NodeProcess } from './process.ts'
import type { LaunchSpec, NodeIdentity, StepSpec, Target } from './target.ts'

/** What an environment can do to a node. Each nemesis names the capabilities that it needs. */
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
  | 'relay'

/** What was running on a node that was taken down. */
export interface TakenDown {
  readonly processes: readonly NodeProcess[]
  /** Pids that did not end in time when they were asked to. */
  readonly deaf: readonly number[]
  /** TCP ports on which something still listens at the node's address, although it is down. */
  readonly openPorts: readonly number[]
}

export interface ClusterNode extends NodeIdentity {
  /** The Ethernet address of its interface. Null: the environment does not tell. */
  readonly hardware: string | null
  /** A pid whose network namespace is the node's and outlives its processes (keeper). */
  readonly keeperPid: number
  /** All running OS processes of the node, as the controller sees them: what was started, and what that started. */
  processes(): Promise<readonly NodeProcess[]>
  /** Sets how the node is started, from its next start on. */
  configure(launch: LaunchSpec): void
  /**
   * Starts the processes that are not running, unless a fault holds the node down. Resolves when they are spawned, which may
   * be before they are ready.
   */
  start(signal: AbortSignal): Promise<void>
  /** How one of the started processes ended, as the system reports it; null if the system has not reported it (yet). */
  exitOf(pid: number): Promise<string | null>
  /** The started processes that ended by themselves since this was last asked. */
  endings(): Promise<readonly EndedProcess[]>
  /** Sends SIGKILL to all its processes, stopped and frozen ones too. Resolves with those that ran, when all are gone. */
  kill(signal: AbortSignal): Promise<readonly NodeProcess[]>
  /**
   * Kills it, and keeps it down until the same holder, a fault's id, brings it up.
   *
   * @param how `stop`: its programs are first asked to end, and get the time that their specs give them
   */
  takeDown(holder: string, how: 'stop' | 'kill', signal: AbortSignal): Promise<TakenDown>
  /**
   * Runs a step to its end.
   *
   * @throws UserError (harness failed) with its last words if it fails or takes too long
   */
  do(step: StepSpec, signal: AbortSignal): Promise<void>
  /** Starts it, unless another fault holds it down. */
  bringUp(holder: string, signal: AbortSignal): Promise<void>
  /** Its data directory as the controller sees it. */
  readonly hostDataDir: string
  /** Present if the run requested disks that can fail. */
  readonly disk?: NodeDisk
  /** The cgroups of the node's processes, if the environment uses cgroups. */
  readonly cgroups: NodeCgroups
}

export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly ClusterNode[]
  readonly services: readonly ClusterNode[]
  /** Source address of each client group. */
  readonly clientAddresses: readonly string[]
  /** The undo of a fault must be written here before the fault is injected. */
  readonly journal: UndoJournal
}

/** One host to create, for a node or a service. */
export interface HostSpec {
  readonly identity: NodeIdentity
  readonly launch: LaunchSpec
  readonly image: string | undefined
  /** Files of this machine that a container must have, read-only at the same paths. */
  readonly hostFiles: readonly string[]
}

export interface ProvisionSpec {
  readonly runId: string
  readonly nodes: readonly HostSpec[]
  readonly services: readonly HostSpec[]
  readonly clientGroups: number
  /** Null: the nodes' data is on an ordinary disk. */
  readonly disks: { readonly durability: DirectoryDurability; readonly seed: number } | null
  /** The nodes' data. Temporary: removed with the cluster. */
  readonly stateDir: string
  /** Stdout and stderr of each node. Kept with the results. */
  readonly logDir: string
  readonly journal: UndoJournal
}

/** The part of an environment that creates clusters. The engine uses nothing else of it. */
export interface Provisioner {
  readonly name: string
  /** Why it cannot do this to a node on this machine; null if it can. Found by trying it. */
  lacks(capability: Capability): string | null
  /** False if nodes are not processes, so their end cannot be observed. Absent: true. */
  readonly hasProcesses?: boolean
  /** The identities of the run's nodes, before anything is created. */
  identify(runId: string, count: number): readonly NodeIdentity[]
  identifyServices(runId: string, names: readonly string[]): readonly NodeIdentity[]
  provision(spec: ProvisionSpec, signal: AbortSignal): Promise<Cluster>
}

/** How the controller is started so that it runs inside the run's own networks and namespaces. */
export interface Sandbox {
  /** Prefix of the controller's command line. */
  readonly prefix: readonly string[]
}

export interface SandboxSpec {
  readonly runId: string
  readonly target: Target
  /** Everything that outlives the sandbox's own processes is recorded here first. */
  readonly journal: UndoJournal
}

/** One line of `faultline doctor`. */
export interface Finding {
  readonly what: string
  readonly ok: boolean
  /** What was found, or what would provide it. */
  readonly note: string
}

/** Whether something can be done, and how it is done or why it cannot be. */
export type Examined = Omit<Finding, 'what'>

export interface PrepareSpec {
  /** Images that targets need: folders of docker/. */
  readonly images: readonly string[]
  /** Where the base image comes from: built on this machine from Debian's packages, or pulled from a registry. */
  readonly base: 'local' | 'registry'
  /** Called with each command before it runs. */
  readonly say: (line: string) => void
}

/**
 * A place where clusters run: an entry of the registry `environments/index.ts`. The command line, `doctor` and
 * `prepare` use environments only through this interface, so a new one needs no change outside its own folder.
 */
export interface Environment extends Provisioner {
  /** One sentence, for `faultline list`. */
  readonly description: string
  /** `--env auto` takes the usable environment with the lowest rank. Null: used only if the user names it. */
  readonly autoRank: number | null
  /** How it works here, shown by `faultline doctor` when it is usable. */
  readonly means: string
  /** Whether the nodes run the target's programs that are installed on this machine. */
  readonly needsPrograms: boolean
  /** Why no cluster can run in it from this machine, and what to do, in sentences; null if one can. Found by trying it. */
  whyNot(): Promise<string | null>
  /** Why it cannot run this target under these options; null if it can. */
  whyNotFor(target: Target, options: Options): string | null
  /** Like `lacks`, but tested more thoroughly; it also says how the thing is done if it is possible. */
  examine(capability: Capability): Promise<Examined>
  /** What else `faultline doctor` reports about it. */
  inspect(): Promise<readonly Finding[]>
  /** Installs the programs that it needs on this machine. */
  install(say: PrepareSpec['say']): Promise<void>
  /** Prepares it for use: installs, starts and builds what is missing. */
  prepare(spec: PrepareSpec): Promise<void>
  sandbox(spec: SandboxSpec): Promise<Sandbox>
}
