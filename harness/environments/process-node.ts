/**
 * The common part of nodes that consist of OS processes: how they are named, found and killed, and how they get their
 * files.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { NodeDisk } from '../api/disk.ts'
import type { ClusterNode, ProvisionSpec } from '../api/environment.ts'
import type { NodeCgroups, NodeProcess } from '../api/process.ts'
import type { LaunchSpec, NodeIdentity } from '../api/target.ts'
import { mountDisk } from '../faults/disk/disk.ts'
import { isAlive, signal as send } from '../faults/proc.ts'
import { UserError } from '../support/assert.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import { waitUntil } from '../support/wait.ts'

const GONE_TIMEOUT_MS = 10_000

export interface ProcessNodeOptions {
  readonly identity: NodeIdentity
  readonly keeperPid: number
  readonly launch: LaunchSpec
  /** The node's data directory as the controller sees it. */
  readonly hostDataDir: string
  readonly disk: NodeDisk | undefined
  readonly cgroups: NodeCgroups
}

export abstract class ProcessNode implements ClusterNode {
  readonly name: string
  readonly index: number
  readonly address: string
  readonly dataDir: string
  readonly keeperPid: number
  readonly cgroups: NodeCgroups
  readonly hostDataDir: string
  readonly disk?: NodeDisk
  /** Pids, keyed by the process names of the launch spec. */
  protected readonly running = new Map<string, number>()
  #launch: LaunchSpec

  constructor(options: ProcessNodeOptions) {
    this.name = options.identity.name
    this.index = options.identity.index
    this.address = options.identity.address
    this.dataDir = options.identity.dataDir
    this.keeperPid = options.keeperPid
    this.cgroups = options.cgroups
    if (options.disk !== undefined) this.disk = options.disk
    this.#launch = options.launch
    this.hostDataDir = options.hostDataDir
  }

  /** Starts one process and returns its pid, as the controller sees it. */
  protected abstract spawn(spec: LaunchSpec['processes'][number], signal: AbortSignal): Promise<number>

  abstract exitOf(pid: number): Promise<string | null>

  async processes(): Promise<readonly NodeProcess[]> {
    return [...this.running].map(([name, pid]) => ({ name, pid })).filter(({ pid }) => isAlive(pid))
  }

  configure(launch: LaunchSpec): void {
    this.#launch = launch
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    for (const [file, content] of Object.entries(this.#launch.files)) {
      const target = path.join(this.hostDataDir, file)
      fs.mkdirSync(path.dirname(target), { recursive: true })
      fs.writeFileSync(target, content)
    }
    for (const spec of this.#launch.processes) {
      const known = this.running.get(spec.name)
      if (known === undefined || !isAlive(known)) this.running.set(spec.name, await this.spawn(spec, signal))
    }
  }

  async kill(signal: AbortSignal): Promise<readonly NodeProcess[]> {
    const victims = await this.processes()
    for (const { pid } of victims) send(pid, 'SIGKILL')
    const gone = await waitUntil(() => victims.every(({ pid }) => !isAlive(pid)), GONE_TIMEOUT_MS, 5, signal)
    if (gone) return victims
    throw new UserError(
      `${this.name}: a process survived SIGKILL for ${GONE_TIMEOUT_MS} ms (hung in the kernel?).`,
      EXIT_CODES.harnessFailed,
    )
  }
}

/** Where a node's data is stored. If the run needs disks that can fail, it is on a disk of its own. */
export interface NodeData {
  /** The directory that is bind-mounted as the node's data directory. */
  readonly bound: string
  /** Where the controller may read and write. */
  readonly hostDataDir: string
  readonly disk: NodeDisk | undefined
}

export const makeNodeData = async (spec: ProvisionSpec, name: string): Promise<NodeData> => {
  const directory = path.join(spec.stateDir, 'data', name)
  fs.mkdirSync(directory, { recursive: true })
  if (spec.disks === null) return { bound: directory, hostDataDir: directory, disk: undefined }
  const disk = await mountDisk({
    directory,
    journal: spec.journal,
    cgroup: `faultline-${spec.runId}-${name}-disk`,
    ...spec.disks,
  })
  return { bound: disk.path, hostDataDir: disk.backing, disk }
}
