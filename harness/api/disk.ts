/** Disks whose failures can be controlled. */
import type { NodeCgroups } from './cgroup.ts'

/** The kinds of operations that a disk rule can select. */
export type DiskKind = 'read' | 'write' | 'fsync' | 'metadata'

/**
 * What a disk does wrong while a fault is in force.
 * - `delay`: the operation takes longer: always by `meanMs`, or exponentially distributed with that mean;
 * - `stall`: it does not complete until the rule is removed;
 * - `error`: it fails with `errno` and does nothing;
 * - `full`: no space is free, and what needs more than is free fails with ENOSPC. Overwriting, truncating and removing work,
 *   and what they free can be used again;
 * - `short`: only the first half of a write is done, and the caller gets the short count;
 * - `torn`: only the first sectors (512 bytes) of a write are done, and the caller gets an error.
 */
export interface DiskRule {
  readonly fault: string
  readonly kinds: readonly DiskKind[]
  readonly effect: 'delay' | 'stall' | 'error' | 'full' | 'short' | 'torn'
  readonly meanMs: number
  readonly distribution: 'fixed' | 'exponential'
  readonly errno: 'EIO' | 'ENOSPC'
  /** The share of these operations that is affected, 0 to 1. */
  readonly probability: number
  /** The files that are affected: globs relative to the data directory, joined by `+`; empty: all. */
  readonly paths: string
}

/** Counts for one kind of operation: how many, how long they took for the caller, and how many a rule affected. */
export interface DiskKindCounts {
  readonly operations: number
  readonly failed: number
  readonly delayed: number
  readonly totalMs: number
}

export type DiskCounts = Readonly<Record<DiskKind, DiskKindCounts>>

/** How much of the data that was not fsynced survives a power loss. */
export type Survival = 'nothing' | 'some' | 'all'

/** `strict`: what POSIX promises for directories; `ext4`: any fsync commits all directory operations before it. */
export type DirectoryDurability = 'strict' | 'ext4'

/** What was lost in a power loss. */
export interface Lost {
  readonly bytes: number
  readonly pages: number
  readonly files: number
  readonly directoryOperations: number
}

/** Damage to the stored bytes of one file: the most recently written whose path matches the regular expression. */
export interface Damage {
  readonly file: string
  readonly how: 'bit-flip' | 'truncate'
  readonly seed: number
}

/** A node's own disk, whose failures can be controlled. */
export interface NodeDisk extends AsyncDisposable {
  /** What the node's data directory is bound to. The controller must never access it: it could deadlock on itself. */
  readonly path: string
  /** Where its content is stored. */
  readonly backing: string
  /** The cgroups of the process that serves it. */
  readonly cgroups: NodeCgroups
  /** Replaces the rules of that fault. An empty list heals it. */
  setRules(fault: string, rules: readonly DiskRule[]): Promise<void>
  counts(): Promise<DiskCounts>
  /** How many operations the rules of that fault hold up now. */
  held(fault: string): Promise<number>
  /**
   * The node's processes must be dead.
   *
   * @param paths the files that can lose anything, as in a rule; all by default
   */
  losePower(survival: Survival, seed: number, paths?: string): Promise<Lost>
  /** What was damaged; null if no file matched. */
  damage(damage: Damage): Promise<string | null>
  /** Why it stopped without being asked to: a failure of the harness, never of the cluster. Null: it is running. */
  readonly failure: string | null
}
