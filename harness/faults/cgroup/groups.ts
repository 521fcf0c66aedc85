/** cgroups of nodes: made by version 1 or by version 2, whichever this machine has for each part. */
import fs from 'node:fs'
import path from 'node:path'
import type { CgroupPart, NodeCgroups } from '../../api/cgroup.ts'
import type { UndoJournal } from '../../api/journal.ts'
import { isAlive } from '../proc.ts'
import { addToCgroup, thawCgroup, wordsOfCgroup } from './files.ts'
import { mountOfV2 } from './place.ts'
import { hasServiceManager, inScope, tryScope } from './systemd.ts'
import { cgroupsV1 } from './v1.ts'
import { cgroupsV2 } from './v2.ts'
import type { Cgroups } from './version.ts'

const ROOT = '/sys/fs/cgroup'

const ALL_PARTS: readonly CgroupPart[] = ['freezer', 'memory', 'cpu', 'io']

/**
 * The groups of a process, as /proc/PID/cgroup has them: the name of a controller of version 1, or empty for version 2 ->
 * the group. Empty if the process is gone.
 */
const groupsOf = (pid: number | 'self'): ReadonlyMap<string, string> => {
  try {
    const lines = fs.readFileSync(`/proc/${pid}/cgroup`, 'latin1').trim().split('\n')
    return new Map(
      lines.flatMap((line) => {
        const [, controllers = '', ...group] = line.split(':')
        return controllers
          .split(',')
          .map((name) => [name.replace(/^name=/, ''), group.join(':')] as [string, string])
      }),
    )
  } catch (error) {
    if (pid === 'self' || isAlive(pid)) throw error
    return new Map()
  }
}

interface Versions {
  readonly v1: Cgroups
  readonly v2: Cgroups
}

let known: Versions | null = null

const versions = (): Versions => {
  known ??= {
    v1: cgroupsV1(ROOT),
    v2: cgroupsV2({
      root: ROOT,
      own: groupsOf('self').get('') ?? '/',
      delegate: hasServiceManager() ? tryScope : null,
    }),
  }
  return known
}

/** Version 1 where it can be used: where both are mounted, it has the controllers. */
const usesV1 = (part: CgroupPart): boolean => versions().v1.whyNot(part) === null

/** The reason why nodes' groups can have no such part here; null if they can. */
export const whyNoCgroup = (part: CgroupPart): string | null => {
  const { v1, v2 } = versions()
  if (usesV1(part)) return null
  return mountOfV2(ROOT) === null ? v1.whyNot(part) : v2.whyNot(part)
}

/** The version that is used for that part. */
export const cgroupVersion = (part: CgroupPart): 1 | 2 => (usesV1(part) ? 1 : 2)

const byBoth = (
  parts: readonly CgroupPart[],
  by: (version: Cgroups, parts: readonly CgroupPart[]) => NodeCgroups,
): NodeCgroups => {
  const { v1, v2 } = versions()
  const [first, second] = [parts.filter(usesV1), parts.filter((part) => !usesV1(part))]
  const [ofFirst, ofSecond] = [
    first.length === 0 ? { directories: [] } : by(v1, first),
    second.length === 0 ? { directories: [] } : by(v2, second),
  ]
  return { ...ofFirst, ...ofSecond, directories: [...ofFirst.directories, ...ofSecond.directories] }
}

/** Creates a node's groups, with all parts or with those given. Each is journalled before it is created. */
export const createCgroups = (name: string, journal: UndoJournal, parts = ALL_PARTS): NodeCgroups =>
  byBoth(parts, (version, its) => version.create(name, journal, its))

/** The groups that were made for a container. */
export const containerCgroups = (pid: number, journal: UndoJournal): NodeCgroups =>
  byBoth(ALL_PARTS, (version, its) => version.of(groupsOf(pid), journal, its))

/** The directories of those groups, at each place where their hierarchy may be mounted. */
const directoriesOf = (groups: ReadonlyMap<string, string>): readonly string[] =>
  [...groups].flatMap(([controller, group]) =>
    (controller === '' ? ['', 'unified'] : [controller]).map((mount) => path.join(ROOT, mount, group)),
  )

/** Thaws the groups that a process is in, such as a container's. */
export const thawGroupsOf = (pid: number): void => {
  for (const directory of directoriesOf(groupsOf(pid))) thawCgroup(directory)
}

/**
 * Pids in the same group as the process, by whichever hierarchy can be read here, of version 1 or 2; empty if the process is
 * gone.
 */
export const neighboursOf = (pid: number): readonly number[] => {
  for (const directory of directoriesOf(groupsOf(pid))) {
    const pids = wordsOfCgroup(directory, 'cgroup.procs').map(Number)
    if (pids.includes(pid)) return pids
  }
  return []
}

export const addToCgroups = (groups: NodeCgroups, pid: number): void => {
  for (const directory of groups.directories) addToCgroup(directory, pid)
}

/**
 * A prefix that runs the controller in a subtree of cgroups that is its own, where it must ask systemd for one; empty where
 * it need not, or gets none. The scope is journalled first.
 */
export const enterOwnSubtree = (runId: string, journal: UndoJournal): readonly string[] => {
  const mount = mountOfV2(ROOT)
  const needsScope = ALL_PARTS.some((part) => !usesV1(part) && whyNoCgroup(part) === null)
  if (mount === null || !needsScope || !hasServiceManager()) return []
  const unit = `faultline-${runId}-run.scope`
  journal.record({ kind: 'scope', unit })
  return inScope(mount, unit)
}

const directoriesBelow = (directory: string): readonly string[] => {
  try {
    return fs
      .readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => path.join(directory, name))
      .flatMap((each) => [each, ...directoriesBelow(each)])
  } catch {
    return []
  }
}

/** Every group on this machine whose name starts like that. */
export const cgroupsNamed = (start: string): readonly string[] => {
  const { v1, v2 } = versions()
  return [...v1.roots(), ...v2.roots()]
    .flatMap(directoriesBelow)
    .filter((directory) => path.basename(directory).startsWith(start))
}
