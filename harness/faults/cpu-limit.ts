/** Limits the processor time of a cgroup: by a quota, and by busy processes beside the node. */
import { spawn } from 'node:child_process'
import type { CpuCounts, CpuGroup } from '../api/cgroup.ts'
import { addToCgroup } from './cgroup/files.ts'
import { cpuTicksOf, signal } from './proc.ts'

const MS_PER_TICK = 10

/** Starts a busy process in the group. It dies with the controller, however that ends. */
const startNeighbour = (directory: string): number => {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'sh', '-c', 'while :; do :; done'], {
    stdio: 'ignore',
  })
  child.on('error', () => {})
  if (child.pid === undefined) throw new Error('a busy neighbour could not be started (setpriv: util-linux)')
  addToCgroup(directory, child.pid)
  return child.pid
}

export interface LimitedCpuCounts extends CpuCounts {
  /** Processor time that the busy processes used. */
  readonly takenMs: number
}

export class CpuLimit {
  readonly #group: CpuGroup
  readonly #before: CpuCounts
  readonly #neighbours: readonly number[]

  /**
   * @param share of one processor, for the group together with its neighbours
   * @param neighbours busy processes that share the limit
   */
  constructor(group: CpuGroup, share: number, neighbours: number) {
    this.#group = group
    this.#before = group.counts()
    group.limit(share)
    this.#neighbours = Array.from({ length: neighbours }, () => startNeighbour(group.beside))
  }

  /** Counts since the limit was set. */
  counts(): LimitedCpuCounts {
    const { periods, throttledMs } = this.#group.counts()
    return {
      periods: periods - this.#before.periods,
      throttledMs: throttledMs - this.#before.throttledMs,
      takenMs: this.#neighbours.reduce((sum, pid) => sum + (cpuTicksOf(pid) ?? 0) * MS_PER_TICK, 0),
    }
  }

  lift(): void {
    for (const pid of this.#neighbours) signal(pid, 'SIGKILL')
    this.#group.limit(null)
  }
}
