/** Environments: where nodes run, and what can be done to them. */
import type { DirectoryDurability, NodeDisk } from './disk.ts'
import type { UndoJournal } from './journal.ts'
import type { NodeCgroups, NodeProcess } from './process.ts'
import type { LaunchSpec, NodeIdentity } from './target.ts'

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
  /** Source address of the control path: status, leader discovery. Never cut. */
  readonly controlAddress: string | undefined
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

export interface Environment {
  readonly name: string
  /** Why the environment cannot do this to a node on this machine; null where it can. Tried, not guessed. */
  lacks(fault: Capability): string | null
  /** False for an environment whose nodes are not processes. */
  readonly hasProcesses?: boolean
  /** The identities nodes will have, before anything is made. */
  identify(count: number): readonly NodeIdentity[]
  identifyServices(names: readonly string[]): readonly NodeIdentity[]
  provision(spec: ProvisionSpec, signal: AbortSignal): Promise<Cluster>
}
