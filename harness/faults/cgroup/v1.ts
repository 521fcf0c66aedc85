/**
 * cgroups, version 1: one hierarchy for each controller, so a node has one group in each.
 * https://docs.kernel.org/admin-guide/cgroup-v1/
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
import { hasFile, isWritable, readCgroup, statOfCgroup, writeCgroup } from './files.ts'
import type { Cgroups } from './version.ts'

/** Part -> its controller, and a file that exists only in its hierarchy of version 1. */
const CONTROLLERS: Readonly<Record<CgroupPart, { readonly name: string; readonly mark: string }>> = {
  freezer: { name: 'freezer', mark: 'cgroup.procs' },
  memory: { name: 'memory', mark: 'memory.limit_in_bytes' },
  cpu: { name: 'cpu', mark: 'cpu.cfs_quota_us' },
  io: { name: 'blkio', mark: 'blkio.throttle.write_iops_device' },
}

const STATE = 'freezer.state'

/** Until it is thawed, a frozen process does not even die from SIGKILL. */
const freezerOf = (directory: string): FreezerGroup => {
  const set = (state: string): void => {
    if (hasFile(directory, STATE)) writeCgroup(directory, STATE, state)
  }
  return {
    freeze: () => set('FROZEN'),
    thaw: () => set('THAWED'),
    isFrozen: () => readCgroup(directory, STATE) === 'FROZEN',
  }
}

/** Factor by which the limit is lowered in each step, until the kernel can reclaim no more memory. */
const STEP = 0.97
const STEPS = 30
const MEMORY_LIMIT = 'memory.limit_in_bytes'
const UNLIMITED_MEMORY = -1

const memoryOf = (directory: string): MemoryGroup => {
  /** False if the kernel cannot reclaim enough memory. */
  const tryLimit = (bytes: number): boolean => {
    try {
      writeCgroup(directory, MEMORY_LIMIT, Math.floor(bytes))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false
      throw error
    }
  }
  const limitToUsage = (headroom: number): number => {
    const bytes = Number(readCgroup(directory, 'memory.usage_in_bytes')) * (1 + headroom)
    tryLimit(bytes)
    return bytes
  }
  return {
    beside: directory,
    limitToUsage,
    limitToLeast: () => {
      let bytes = limitToUsage(0)
      for (let step = 0; step < STEPS && tryLimit(bytes * STEP); step++) bytes *= STEP
      return bytes
    },
    unlimit: () => writeCgroup(directory, MEMORY_LIMIT, UNLIMITED_MEMORY),
    counts: () => ({
      hits: Number(readCgroup(directory, 'memory.failcnt')),
      killed: statOfCgroup(directory, 'memory.oom_control', 'oom_kill'),
    }),
  }
}

const PERIOD_US = 100_000
const NO_QUOTA = -1
const NS_PER_MS = 1e6

const cpuOf = (directory: string): CpuGroup => ({
  beside: directory,
  limit: (share) =>
    writeCgroup(directory, 'cpu.cfs_quota_us', share === null ? NO_QUOTA : Math.round(PERIOD_US * share)),
  counts: () => ({
    periods: statOfCgroup(directory, 'cpu.stat', 'nr_throttled'),
    throttledMs: statOfCgroup(directory, 'cpu.stat', 'throttled_time') / NS_PER_MS,
  }),
})

/** The value that the kernel reads as "no limit". */
const UNLIMITED_IO = 0

const ioOf = (directory: string): IoGroup => ({
  beside: directory,
  limit: (disk, { operationsPerSecond, bytesPerSecond }) => {
    const throttle = (file: string, rate: number | null): void =>
      writeCgroup(directory, `blkio.throttle.${file}`, `${disk} ${rate ?? UNLIMITED_IO}`)
    for (const way of ['read', 'write']) {
      throttle(`${way}_iops_device`, operationsPerSecond)
      throttle(`${way}_bps_device`, bytesPerSecond)
    }
  },
})

const MAKE = { freezer: freezerOf, memory: memoryOf, cpu: cpuOf, io: ioOf }

/** @param root where the hierarchies are mounted, one folder each */
export const cgroupsV1 = (root: string): Cgroups => {
  const hierarchyOf = (part: CgroupPart): string => path.join(root, CONTROLLERS[part].name)
  const groupsBy = (parts: readonly CgroupPart[], of: (part: CgroupPart) => string | null): NodeCgroups => {
    const found = parts.flatMap((part) => {
      const directory = of(part)
      return directory === null ? [] : [{ part, directory }]
    })
    return {
      directories: found.map(({ directory }) => directory),
      ...Object.fromEntries(found.map(({ part, directory }) => [part, MAKE[part](directory)])),
    }
  }
  return {
    whyNot: (part) =>
      hasFile(hierarchyOf(part), CONTROLLERS[part].mark) && isWritable(hierarchyOf(part))
        ? null
        : `there is no writable cgroup v1 hierarchy for ${CONTROLLERS[part].name}`,
    create: (name: string, journal: UndoJournal, parts) =>
      groupsBy(parts, (part) => {
        const directory = path.join(hierarchyOf(part), name)
        journal.record({ kind: 'cgroup', path: directory })
        fs.mkdirSync(directory, { recursive: true })
        return directory
      }),
    of: (groups, _journal, parts) =>
      groupsBy(parts, (part) => {
        const group = groups.get(CONTROLLERS[part].name)
        return group === undefined ? null : path.join(hierarchyOf(part), group)
      }),
    roots: () => [...Object.values(CONTROLLERS)].map(({ name }) => path.join(root, name)),
  }
}
