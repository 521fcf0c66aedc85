/** Limits the processor time of a cgroup (v1): by a quota, and by busy processes in the group. */
import { spawn } from 'node:child_process'
import { addToCgroup, statOfCgroup, writeCgroup } from './cgroup.ts'
import { cpuTicksOf, signal } from './proc.ts'

const QUOTA = 'cpu.cfs_quota_us'
const PERIOD_US = 100_000
const NO_QUOTA = -1
const NS_PER_MS = 1e6
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

export interface CpuCounts {
  /** Number of periods of 100 ms in which the group used up its quota, and how long it was throttled. */
  readonly periods: number
  readonly throttledMs: number
  /** Processor time that the busy processes used. */
  readonly takenMs: number
}

export class CpuLimit {
  readonly #directory: string
  readonly #periodsBefore: number
  readonly #throttledNsBefore: number
  readonly #neighbours: readonly number[]

  /**
   * @param directory of the group
   * @param share of one processor, for the group together with its neighbours
   * @param neighbours busy processes that join the group
   */
  constructor(directory: string, share: number, neighbours: number) {
    this.#directory = directory
    this.#periodsBefore = this.#count('nr_throttled')
    this.#throttledNsBefore = this.#count('throttled_time')
    writeCgroup(directory, QUOTA, Math.round(PERIOD_US * share))
    this.#neighbours = Array.from({ length: neighbours }, () => startNeighbour(directory))
  }

  #count(name: string): number {
    return statOfCgroup(this.#directory, 'cpu.stat', name)
  }

  /** Counts since the limit was set. */
  counts(): CpuCounts {
    return {
      periods: this.#count('nr_throttled') - this.#periodsBefore,
      throttledMs: (this.#count('throttled_time') - this.#throttledNsBefore) / NS_PER_MS,
      takenMs: this.#neighbours.reduce((sum, pid) => sum + (cpuTicksOf(pid) ?? 0) * MS_PER_TICK, 0),
    }
  }

  lift(): void {
    for (const pid of this.#neighbours) signal(pid, 'SIGKILL')
    writeCgroup(this.#directory, QUOTA, NO_QUOTA)
  }
}
