/**
 * cgroups, version 2: one hierarchy for all controllers, so a node has one group. Processes that share its limits without
 * belonging to the node are in a group inside it.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
import fs from 'node:fs'
import path from 'node:path'
import type {
  CgroupPart,
  CpuGroup,
  FreezerGroup,
  IoGroup,
  MemoryGroup,
  NodeCgroups,
} from '../../api/cgroup.ts'
import type { UndoJournal } from '../../api/journal.ts'
import { hasFile, readCgroup, statOfCgroup, wordsOfCgroup, writeCgroup } from './files.ts'
import { isOurs, mountOfV2, type Place, placeOf } from './place.ts'
import { type Delegation, whyNotDelegated } from './systemd.ts'
import type { Cgroups } from './version.ts'

/** Part -> its controller, if it is one, and a file that groups with that part have. */
const PARTS: Readonly<Record<CgroupPart, { readonly controller: string | null; readonly mark: string }>> = {
  freezer: { controller: null, mark: 'cgroup.freeze' },
  memory: { controller: 'memory', mark: 'memory.max' },
  cpu: { controller: 'cpu', mark: 'cpu.max' },
  io: { controller: 'io', mark: 'io.max' },
}

const BESIDE = 'beside'
const NO_LIMIT = 'max'

const freezerOf = (directory: string): FreezerGroup => {
  const set = (value: number): void => {
    if (hasFile(directory, PARTS.freezer.mark)) writeCgroup(directory, PARTS.freezer.mark, value)
  }
  return {
    freeze: () => set(1),
    thaw: () => set(0),
    isFrozen: () => statOfCgroup(directory, 'cgroup.events', 'frozen') === 1,
  }
}

/**
 * A limit below what can be reclaimed is not refused as in version 1: the kernel kills at once. So memory is reclaimed by
 * `memory.high` first, which kills nothing. `memory.oom.group` stays off: it would kill what keeps a container alive too.
 */
const memoryOf = (directory: string): MemoryGroup => {
  const usage = (): number => Number(readCgroup(directory, 'memory.current'))
  const limit = (bytes: number): number => {
    writeCgroup(directory, 'memory.max', Math.floor(bytes))
    return bytes
  }
  const limitSwap = (most: 0 | typeof NO_LIMIT): void => {
    if (hasFile(directory, 'memory.swap.max')) writeCgroup(directory, 'memory.swap.max', most)
  }
  return {
    beside: path.join(directory, BESIDE),
    limitToUsage: (headroom) => limit(usage() * (1 + headroom)),
    limitToLeast: () => {
      limitSwap(0)
      writeCgroup(directory, 'memory.high', 0)
      const bytes = limit(usage())
      writeCgroup(directory, 'memory.high', NO_LIMIT)
      return bytes
    },
    unlimit: () => {
      writeCgroup(directory, 'memory.max', NO_LIMIT)
      limitSwap(NO_LIMIT)
    },
    counts: () => ({
      hits: statOfCgroup(directory, 'memory.events', 'max'),
      killed: statOfCgroup(directory, 'memory.events', 'oom_kill'),
    }),
  }
}

const PERIOD_US = 100_000
const US_PER_MS = 1000

const cpuOf = (directory: string): CpuGroup => ({
  beside: path.join(directory, BESIDE),
  limit: (share) =>
    writeCgroup(
      directory,
      'cpu.max',
      `${share === null ? NO_LIMIT : Math.round(PERIOD_US * share)} ${PERIOD_US}`,
    ),
  counts: () => ({
    periods: statOfCgroup(directory, 'cpu.stat', 'nr_throttled'),
    throttledMs: statOfCgroup(directory, 'cpu.stat', 'throttled_usec') / US_PER_MS,
  }),
})

const ioOf = (directory: string): IoGroup => ({
  beside: path.join(directory, BESIDE),
  limit: (disk, { operationsPerSecond, bytesPerSecond }) => {
    const [operations, bytes] = [operationsPerSecond ?? NO_LIMIT, bytesPerSecond ?? NO_LIMIT]
    writeCgroup(
      directory,
      'io.max',
      `${disk} rbps=${bytes} wbps=${bytes} riops=${operations} wiops=${operations}`,
    )
  },
})

const MAKE = { freezer: freezerOf, memory: memoryOf, cpu: cpuOf, io: ioOf }

const NONE: NodeCgroups = { directories: [] }

const groupsAt = (directory: string, parts: readonly CgroupPart[]): NodeCgroups => ({
  directories: [directory],
  ...Object.fromEntries(
    parts.filter((part) => hasFile(directory, PARTS[part].mark)).map((part) => [part, MAKE[part](directory)]),
  ),
})

/** Gives the groups in that place the controllers that they need. */
const enable = (place: Place, parts: readonly CgroupPart[], journal: UndoJournal): void => {
  const enabled = wordsOfCgroup(place.directory, 'cgroup.subtree_control')
  const names = parts
    .map((part) => PARTS[part].controller)
    .filter((name) => name !== null && place.controllers.includes(name) && !enabled.includes(name))
    .map(String)
  if (names.length === 0) return
  if (!place.isScope) journal.record({ kind: 'controllers', path: place.directory, names })
  writeCgroup(place.directory, 'cgroup.subtree_control', names.map((name) => `+${name}`).join(' '))
}

export interface V2Options {
  /** Where cgroups are mounted. */
  readonly root: string
  /** The group of this process, as /proc/self/cgroup has it. */
  readonly own: string
  /** Asks the service manager for a subtree; null if there is none. */
  readonly delegate: ((mount: string) => Delegation) | null
}

const why = (place: Place | null, part: CgroupPart, own: string): string =>
  place === null
    ? `the cgroup ${own} is not writable, and there is no systemd to ask for another: run as root, or have its owner make you one`
    : `the cgroup ${place.directory} has other processes or no ${part} controller, so none of its groups can have one: start faultline in a cgroup of its own`

export const cgroupsV2 = ({ root, own, delegate }: V2Options): Cgroups => {
  const mount = mountOfV2(root)
  const place = (): Place | null => (mount === null ? null : placeOf(mount, own, delegate !== null))
  let asked: Delegation | null = null
  const ask = (): Delegation | null => {
    if (mount === null || delegate === null) return null
    asked ??= delegate(mount)
    return asked
  }
  return {
    whyNot: (part) => {
      if (mount === null) return 'cgroup v2 is not mounted'
      const { controller } = PARTS[part]
      const ours = place()
      const delegation = ours === null ? ask() : null
      if (delegation !== null && 'why' in delegation) return delegation.why
      const controllers = ours?.controllers ?? delegation?.controllers
      if (controllers !== undefined && (controller === null || controllers.includes(controller))) return null
      return delegation === null ? why(ours, part, own) : whyNotDelegated(controller ?? part)
    },
    create: (name, journal, parts) => {
      const ours = place()
      if (ours === null) return NONE
      enable(ours, parts, journal)
      const directory = path.join(ours.directory, name)
      journal.record({ kind: 'cgroup', path: directory })
      fs.mkdirSync(path.join(directory, BESIDE), { recursive: true })
      return groupsAt(directory, parts)
    },
    of: (groups, journal, parts) => {
      const group = groups.get('')
      if (mount === null || group === undefined) return NONE
      const directory = path.join(mount, group)
      if (!isOurs(directory)) return NONE
      const beside = path.join(directory, BESIDE)
      journal.record({ kind: 'cgroup', path: beside })
      fs.mkdirSync(beside, { recursive: true })
      return groupsAt(directory, parts)
    },
    roots: () => (mount === null ? [] : [mount]),
  }
}
