/**
 * Lowers the memory limit of a cgroup (v1) to what the group uses, or until the kernel's OOM killer kills a process.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { ClusterNode } from '../api/environment.ts'
import { addToCgroup, readCgroup, statOfCgroup, writeCgroup } from './cgroup.ts'
import { preferForOom } from './proc.ts'

const LIMIT = 'memory.limit_in_bytes'
const UNLIMITED = -1
const MIB = 2 ** 20
/** Factor by which the limit is lowered in each step, until the kernel can reclaim no more memory. */
const STEP = 0.97
const STEPS = 30

const usageOf = (directory: string): number => Number(readCgroup(directory, 'memory.usage_in_bytes'))

/** False if the kernel cannot reclaim enough memory. */
const trySetLimit = (directory: string, bytes: number): boolean => {
  try {
    writeCgroup(directory, LIMIT, Math.floor(bytes))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false
    throw error
  }
}

/** Limits the group to its usage plus a share of it. Returns the limit in bytes. */
const limitToUsage = (directory: string, headroom: number): number => {
  const bytes = usageOf(directory) * (1 + headroom)
  trySetLimit(directory, bytes)
  return bytes
}

/** Lowers the limit as far as the kernel can reclaim memory. Returns the limit in bytes. */
const limitToLeast = (directory: string): number => {
  let bytes = limitToUsage(directory, 0)
  for (let step = 0; step < STEPS && trySetLimit(directory, bytes * STEP); step++) bytes *= STEP
  return bytes
}

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

interface MemoryCounts {
  /** How often the group hit its limit. */
  readonly hits: number
  /** Processes of the group that the kernel killed. */
  readonly killed: number
}

const countsOf = (directory: string): MemoryCounts => ({
  hits: Number(readCgroup(directory, 'memory.failcnt')),
  killed: statOfCgroup(directory, 'memory.oom_control', 'oom_kill'),
})

/** The oom_score_adj of the process that the kernel kills first. */
const FIRST_TO_GO = 1000
const LIKE_ANY = 0

const preferNode = async (node: ClusterNode, preference: number): Promise<void> => {
  for (const { pid } of await node.processes()) preferForOom(pid, preference)
}

const groupOf = ({ name, cgroups }: ClusterNode): string => {
  if (cgroups.memory === undefined) throw new Error(`${name} has no memory cgroup`)
  return cgroups.memory
}

/** A memory limit on a node. */
export class MemoryLimit {
  readonly #node: ClusterNode
  readonly #directory: string
  readonly #before: MemoryCounts
  #bytes = 0
  #neighbour: ChildProcess | null = null

  private constructor(node: ClusterNode) {
    this.#node = node
    this.#directory = groupOf(node)
    this.#before = countsOf(this.#directory)
  }

  /** @param headroom share of its present usage that the node may use in addition */
  static squeeze(node: ClusterNode, headroom: number): MemoryLimit {
    const limit = new MemoryLimit(node)
    limit.#bytes = limitToUsage(limit.#directory, headroom)
    return limit
  }

  /** Leaves no free memory and starts a process that allocates some, so that the kernel kills the node. */
  static async exhaust(node: ClusterNode): Promise<MemoryLimit> {
    const limit = new MemoryLimit(node)
    limit.#bytes = limitToLeast(limit.#directory)
    await preferNode(node, FIRST_TO_GO)
    limit.#neighbour = startHungryNeighbour(limit.#directory)
    return limit
  }

  toString(): string {
    return `${this.#node.name} at ${Math.round(this.#bytes / MIB)} MiB`
  }

  /** Counts since the limit was set. */
  counts(): MemoryCounts {
    const { hits, killed } = countsOf(this.#directory)
    return { hits: hits - this.#before.hits, killed: killed - this.#before.killed }
  }

  async lift(): Promise<void> {
    if (this.#neighbour !== null) {
      this.#neighbour.kill('SIGKILL')
      await preferNode(this.#node, LIKE_ANY)
    }
    writeCgroup(this.#directory, LIMIT, UNLIMITED)
  }
}
