/** What a target needs of the machine, checked before anything is started. */
import fs from 'node:fs'
import path from 'node:path'
import type { Target } from '../../api/target.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

/** What this machine has. */
export interface Machine {
  readonly isRoot: boolean
  /** Where the nodes' data would be. */
  readonly freeDiskBytes: number
  readonly freeMemoryBytes: number
}

const MIB = 1024 * 1024

const inMib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`

/** Why a run of the target cannot succeed here, and what to do; null: it can. */
export const whyTooSmall = ({ name, requires = {} }: Target, machine: Machine): string | null => {
  const { root, diskBytes = 0, memoryBytes = 0 } = requires
  if (root === true && !machine.isRoot) return `${name} needs root: run faultline as root.`
  if (machine.freeDiskBytes < diskBytes)
    return `${name} needs ${inMib(diskBytes)} of disk, and ${inMib(machine.freeDiskBytes)} are free: free some.`
  if (machine.freeMemoryBytes < memoryBytes)
    return `${name} needs ${inMib(memoryBytes)} of memory, and ${inMib(machine.freeMemoryBytes)} are free: end something, or run fewer nodes.`
  return null
}

const freeBytesAt = (directory: string): number => {
  if (!fs.existsSync(directory)) return freeBytesAt(path.dirname(directory))
  const { bavail, bsize } = fs.statfsSync(directory)
  return bavail * bsize
}

/**
 * @param stateDir where the nodes' data would be
 * @throws UserError
 */
export const requireMachine = (target: Target, stateDir: string): void => {
  const why = whyTooSmall(target, {
    isRoot: process.getuid?.() === 0,
    freeDiskBytes: freeBytesAt(stateDir),
    freeMemoryBytes: process.availableMemory(),
  })
  if (why !== null) throw new UserError(why, EXIT_CODES.harnessFailed)
}
