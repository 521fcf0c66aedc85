/** cgroups (v1) of nodes: one group per node for each controller that a fault may need. */
import fs from 'node:fs'
import path from 'node:path'
import type { UndoJournal } from '../api/journal.ts'
import type { CgroupController, NodeCgroups } from '../api/process.ts'
import { isAlive } from './proc.ts'

const ROOT = '/sys/fs/cgroup'

export const CONTROLLERS: readonly CgroupController[] = ['freezer', 'memory', 'cpu', 'blkio']

export const controllerRoot = (controller: CgroupController): string => path.join(ROOT, controller)

/** For each controller, a file that exists only in its version 1 hierarchy. */
const MARKS: Readonly<Record<CgroupController, string>> = {
  freezer: 'cgroup.procs',
  memory: 'memory.limit_in_bytes',
  cpu: 'cpu.cfs_quota_us',
  blkio: 'blkio.throttle.write_iops_device',
}

/** The reason why nodes can have no group of that controller here; null if they can. */
export const whyNoCgroup = (controller: CgroupController): string | null => {
  try {
    fs.accessSync(path.join(controllerRoot(controller), MARKS[controller]))
    fs.accessSync(controllerRoot(controller), fs.constants.W_OK)
    return null
  } catch {
    return `there is no writable cgroup v1 hierarchy for ${controller}`
  }
}

const groupsBy = (
  of: (controller: CgroupController) => string | null,
  controllers = CONTROLLERS,
): NodeCgroups =>
  Object.fromEntries(
    controllers.flatMap((controller) => {
      const directory = of(controller)
      return directory === null ? [] : [[controller, directory]]
    }),
  )

/** Creates a node's groups, for every controller or for those given. Each is journalled before it is created. */
export const createCgroups = (name: string, journal: UndoJournal, controllers = CONTROLLERS): NodeCgroups =>
  groupsBy((controller) => {
    if (whyNoCgroup(controller) !== null) return null
    const directory = path.join(controllerRoot(controller), name)
    journal.record({ kind: 'cgroup', path: directory })
    fs.mkdirSync(directory, { recursive: true })
    return directory
  }, controllers)

/** The groups of a container, if the Docker daemon uses version 1. */
export const containerCgroups = (containerId: string): NodeCgroups =>
  groupsBy((controller) => {
    const directory = path.join(controllerRoot(controller), 'docker', containerId)
    return fs.existsSync(directory) ? directory : null
  })

/**
 * Pids in the same group as the process, by whichever hierarchy can be read here, of version 1 or 2; empty if the process is
 * gone.
 */
export const neighboursOf = (pid: number): readonly number[] => {
  try {
    const groups = fs.readFileSync(`/proc/${pid}/cgroup`, 'latin1').trim().split('\n')
    for (const line of groups) {
      const [, controllers = '', group = ''] = line.split(':')
      const root = controllers === '' ? ['', 'unified'] : [controllers.replace(/^name=/, '')]
      for (const hierarchy of root) {
        const file = path.join(ROOT, hierarchy, group, 'cgroup.procs')
        if (!fs.existsSync(file)) continue
        const pids = fs.readFileSync(file, 'latin1').split('\n').filter(Boolean).map(Number)
        if (pids.includes(pid)) return pids
      }
    }
  } catch (error) {
    if (isAlive(pid)) throw error
  }
  return []
}

export const addToCgroups = (groups: NodeCgroups, pid: number): void => {
  for (const directory of Object.values(groups)) addToCgroup(directory, pid)
}

export const addToCgroup = (directory: string, pid: number): void =>
  fs.writeFileSync(path.join(directory, 'cgroup.procs'), String(pid))

export const readCgroup = (directory: string, file: string): string =>
  fs.readFileSync(path.join(directory, file), 'latin1').trim()

export const writeCgroup = (directory: string, file: string, value: string | number): void =>
  fs.writeFileSync(path.join(directory, file), String(value))

/** The value of a line `name value` in a statistics file; 0 if there is no such line. */
export const statOfCgroup = (directory: string, file: string, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readCgroup(directory, file))?.[1] ?? 0)
