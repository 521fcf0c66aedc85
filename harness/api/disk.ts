/** Disks that can be told to fail. */
import type { NodeCgroups } from './process.ts'

/** The kinds of operations a disk's rule speaks of. */
export type DiskKind = 'read' | 'write' | 'fsync' | 'metadata'

/**
 * What a disk does wrong while a fault is in force.
 * - `delay`: the operation takes longer: `meanMs` always, or exponentially distributed with that mean;
 * - `stall`: it takes until the rule goes;
 * - `error`: it fails with `errno` and does nothing;
 * - `short`: of a write only the first half happens, and the caller is told so;
 * - `torn`: of a write only the first sectors (512 bytes) happen, and the caller is told that it failed.
 */
export interface DiskRule {
  readonly fault: string
  readonly kinds: readonly DiskKind[]
  readonly effect: 'delay' | 'stall' | 'error' | 'short' | 'torn'
  readonly meanMs: number
  readonly distribution: 'fixed' | 'exponential'
  readonly errno: 'EIO' | 'ENOSPC'
  /** Of all such operations, the share that is hit. */
  readonly probability: number
}

/** Of one kind of operation: how many, how long they took as the caller saw it, and what rules did to them. */
export interface DiskKindCounts {
  readonly operations: number
  readonly failed: number
  readonly delayed: number
  readonly totalMs: number
}

export type DiskCounts = Readonly<Record<DiskKind, DiskKindCounts>>

/** How much of what was not fsynced survives a power loss. */
export type Survival = 'nothing' | 'some' | 'all'

/** `strict`: what POSIX promises of directories; `ext4`: any fsync commits all directory operations before it. */
export type DirectoryDurability = 'strict' | 'ext4'

/** What a power loss took. */
export interface Lost {
  readonly bytes: number
  readonly pages: number
  readonly files: number
  readonly directoryOperations: number
}

/** Damage to the stored bytes of the file written last among those whose path matches the regular expression. */
export interface Damage {
  readonly file: string
  readonly how: 'bit-flip' | 'truncate'
  readonly seed: number
}

/** A node's own disk, which can be told to fail. */
export interface NodeDisk extends AsyncDisposable {
  /** What the node's data directory is bound to. Never to be touched by the controller: it could wait for itself. */
  readonly path: string
  /** Where its content really lies. */
  readonly backing: string
  /** The groups of the process that serves it. */
  readonly cgroups: NodeCgroups
  /** Replaces the rules of that fault; none heals it. */
  setRules(fault: string, rules: readonly DiskRule[]): Promise<void>
  counts(): Promise<DiskCounts>
  /** The node's processes must be dead. */
  losePower(survival: Survival, seed: number): Promise<Lost>
  /** What was damaged; null where no file matched. */
  damage(damage: Damage): Promise<string | null>
  /** Why it serves no more although nobody took it down: the harness's own failure, never the cluster's. Null: it serves. */
  readonly failure: string | null
}
