/** What a target needs of the machine, checked before anything is started. */
import fs from 'node:fs'
import path from 'node:path'
import type { RunSpec } from '../../api/record.ts'
import type { Target } from '../../api/target.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

/** How large a run is. */
type Size = Pick<RunSpec, 'nodes' | 'concurrency'>

/** What this machine has. */
export interface Machine {
  /** Files that a process may have open. */
  readonly openFiles: number
  readonly isRoot: boolean
  /** Where the nodes' data would be. */
  readonly freeDiskBytes: number
  readonly freeMemoryBytes: number
}

const MIB = 1024 * 1024

const inMib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`

/** The controller's own files and pipes, those of each node, and two connections of each client. */
const openFilesOf = ({ nodes, concurrency }: Size): number => 50 + 10 * nodes + 2 * concurrency

/** Why a run of the target cannot succeed here, and what to do; null: it can. */
export const whyTooSmall = ({ name, requires = {} }: Target, machine: Machine, size: Size): string | null => {
  const { root, diskBytes = 0, memoryBytes = 0 } = requires
  const openFiles = openFilesOf(size)
  if (machine.openFiles < openFiles)
    return `A run of this size has up to ${openFiles} files open, and ${machine.openFiles} are allowed: ulimit -n ${openFiles}.`
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

/** Node has raised the soft limit to the hard one when it started. */
const openFilesAllowed = (): number => {
  const limits = fs.readFileSync('/proc/self/limits', 'utf8')
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY)
}

/**
 * @param stateDir where the nodes' data would be
 * @throws UserError
 */
export const requireMachine = (target: Target, stateDir: string, size: Size): void => {
  const machine: Machine = {
    openFiles: openFilesAllowed(),
    isRoot: process.getuid?.() === 0,
    freeDiskBytes: freeBytesAt(stateDir),
    freeMemoryBytes: process.availableMemory(),
  }
  const why = whyTooSmall(target, machine, size)
  if (why !== null) throw new UserError(why, EXIT_CODES.harnessFailed)
}
