/**
 * Where groups of version 2 may be made: a directory that this process owns. A group whose children have controllers can
 * have no processes of its own ("no internal processes"), except the root of the whole hierarchy.
 */
import path from 'node:path'
import { hasFile, isWritable, wordsOfCgroup } from './files.ts'

/** The group in a delegated scope that the harness itself moves into, so that the scope has no processes of its own. */
export const LEAF = 'harness'

export interface Place {
  readonly directory: string
  /** Controllers that groups in it have, or can be given. */
  readonly controllers: readonly string[]
  /** It was made for this run, so nothing in it needs to be put back. */
  readonly isScope: boolean
}

/** The directory at which version 2 is mounted: alone, or beside version 1; null if it is not. */
export const mountOfV2 = (root: string): string | null =>
  [root, path.join(root, 'unified')].find((directory) => hasFile(directory, 'cgroup.controllers')) ?? null

export const isOurs = (directory: string): boolean =>
  isWritable(directory) && isWritable(path.join(directory, 'cgroup.procs'))

/** Only the root of the whole hierarchy has no type. */
const isTrueRoot = (directory: string): boolean => !hasFile(directory, 'cgroup.type')

/** Groups with such names are systemd's, also where its own files are out of sight, as in a run's sandbox. */
const isOfSystemd = (own: string): boolean => /\.(?:slice|scope|service)(?:\/|$)/.test(own)

const controllersOf = (directory: string): readonly string[] => {
  const canEnable = isTrueRoot(directory) || wordsOfCgroup(directory, 'cgroup.procs').length === 0
  return wordsOfCgroup(directory, canEnable ? 'cgroup.controllers' : 'cgroup.subtree_control')
}

/**
 * The place of this process; null if it has none.
 *
 * @param mount where version 2 is mounted
 * @param own the group of this process, as /proc/self/cgroup has it
 * @param isManaged whether a service manager owns all groups but those that it delegates
 */
export const placeOf = (mount: string, own: string, isManaged: boolean): Place | null => {
  const group = path.resolve(mount, `.${own}`)
  const isScope = path.basename(group) === LEAF
  const above = group === path.resolve(mount) ? [] : [path.dirname(group)]
  const candidates = isScope ? above : isManaged || isOfSystemd(own) ? [] : [...above, group]
  const places = candidates
    .filter(isOurs)
    .map((directory) => ({ directory, controllers: controllersOf(directory), isScope }))
  return places.toSorted((a, b) => b.controllers.length - a.controllers.length)[0] ?? null
}
