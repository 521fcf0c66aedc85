/**
 * Lowers the memory limit of a cgroup to what the group uses, or until the kernel's OOM killer kills a process.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { MemoryCounts, MemoryGroup } from '../api/cgroup.ts'
import type { ClusterNode } from '../api/environment.ts'
import { addToCgroup } from './cgroup/files.ts'
import { preferForOom } from './proc.ts'

const MIB = 2 ** 20

/**
 * Starts a process that allocates a few megabytes once it is in the group. It dies with the controller, however that
 * ends.
 */
const startHungryNeighbour = (directory: string): ChildProcess => {
  // The OOM killer chooses it after the node, but before the processes that keep a container alive.
  const script =
    'read go; echo 500 > /proc/self/oom_score_adj; exec perl -e \'$x = "x" x (16 << 20); sleep 60\''
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'sh', '-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  if (child.pid === undefined) throw new Error('a neighbour could not be started (setpriv: util-linux)')
  addToCgroup(directory, child.pid)
  child.stdin.end('go\n')
  return child
}

/** The oom_score_adj of the process that the kernel kills first. */
const FIRST_TO_GO = 1000
const LIKE_ANY = 0

const preferNode = async (node: ClusterNode, preference: number): Promise<void> => {
  for (const { pid } of await node.processes()) preferForOom(pid, preference)
}

const groupOf = ({ name, cgroups }: ClusterNode): MemoryGroup => {
  if (cgroups.memory === undefined) throw new Error(`${name} has no memory cgroup`)
  return cgroups.memory
}

/** A memory limit on a node. */
export class MemoryLimit {
  readonly #node: ClusterNode
  readonly #group: MemoryGroup
  readonly #before: MemoryCounts
  #bytes = 0
  #neighbour: ChildProcess | null = null

  private constructor(node: ClusterNode) {
    this.#node = node
    this.#group = groupOf(node)
    this.#before = this.#group.counts()
  }

  /** @param headroom share of its present usage that the node may use in addition */
  static squeeze(node: ClusterNode, headroom: number): MemoryLimit {
    const limit = new MemoryLimit(node)
    limit.#bytes = limit.#group.limitToUsage(headroom)
    return limit
  }

  /** Leaves no free memory and starts a process that allocates some, so that the kernel kills the node. */
  static async exhaust(node: ClusterNode): Promise<MemoryLimit> {
    const limit = new MemoryLimit(node)
    limit.#bytes = limit.#group.limitToLeast()
    await preferNode(node, FIRST_TO_GO)
    limit.#neighbour = startHungryNeighbour(limit.#group.beside)
    return limit
  }

  toString(): string {
    return `${this.#node.name} at ${Math.round(this.#bytes / MIB)} MiB`
  }

  /** Counts since the limit was set. */
  counts(): MemoryCounts {
    const { hits, killed } = this.#group.counts()
    return { hits: hits - this.#before.hits, killed: killed - this.#before.killed }
  }

  async lift(): Promise<void> {
    if (this.#neighbour !== null) {
      this.#neighbour.kill('SIGKILL')
      await preferNode(this.#node, LIKE_ANY)
    }
    this.#group.unlimit()
  }
}
