/** What faults do with the cgroups of processes, whichever version of cgroups the machine has. */

/** The abilities of cgroups that faults use. Each may be missing where the machine does not have it. */
export type CgroupPart = 'freezer' | 'memory' | 'cpu' | 'io'

export interface FreezerGroup {
  /** Begins to freeze; processes that wait in the kernel follow later. Does nothing if the group is gone. */
  freeze(): void
  /** Does nothing if the group is gone. */
  thaw(): void
  /** Whether the kernel reports that all its processes are frozen. */
  isFrozen(): boolean
}

/** A group whose limits apply to the node, and to processes beside it that share them. */
interface LimitedGroup {
  /** The directory of the group that processes beside the node join. They share its limits but are not the node's own. */
  readonly beside: string
}

export interface MemoryCounts {
  /** How often the group hit its limit. */
  readonly hits: number
  /** Processes of the group that the kernel killed. */
  readonly killed: number
}

export interface MemoryGroup extends LimitedGroup {
  /**
   * Limits the group to its usage plus a share of it.
   *
   * @returns the limit in bytes
   */
  limitToUsage(headroom: number): number
  /** Lowers the limit as far as the kernel can reclaim memory. Returns the limit in bytes. */
  limitToLeast(): number
  unlimit(): void
  /** Counts since the group was made. */
  counts(): MemoryCounts
}

export interface CpuCounts {
  /** Number of periods of 100 ms in which the group used up its quota, and how long it was throttled. */
  readonly periods: number
  readonly throttledMs: number
}

export interface CpuGroup extends LimitedGroup {
  /** @param share of one processor; null: no limit */
  limit(share: number | null): void
  /** Counts since the group was made. */
  counts(): CpuCounts
}

export interface IoLimit {
  /** For reads and for writes, each; null: no limit. */
  readonly operationsPerSecond: number | null
  readonly bytesPerSecond: number | null
}

export interface IoGroup extends LimitedGroup {
  /** @param disk `major:minor` of a whole disk */
  limit(disk: string, limit: IoLimit): void
}

/** The groups of one node, or of one process. */
export interface NodeCgroups {
  /** The directories that its processes are moved into. Each is in the undo journal if it is ours to remove. */
  readonly directories: readonly string[]
  readonly freezer?: FreezerGroup
  readonly memory?: MemoryGroup
  readonly cpu?: CpuGroup
  readonly io?: IoGroup
}
