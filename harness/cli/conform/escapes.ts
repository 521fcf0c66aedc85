/** Whether something of a node is where it should not be: files that it writes elsewhere, processes that outlive it. */
import fs from 'node:fs'
import type { ClusterNode } from '../../api/environment.ts'
import { nameOf } from '../../faults/proc.ts'

/** Where a node has folders of its own, or where nothing stays. */
const HARMLESS = /^\/(?:dev|proc|sys|run|tmp)\/|^(?:pipe|socket|anon_inode|\/memfd):/
const WRITING = 0o3

/** Null: it is gone, or it is no file. */
const pathOf = (link: string): string | null => {
  try {
    return fs.readlinkSync(link)
  } catch {
    return null
  }
}

const isWriting = (pid: number, descriptor: string): boolean => {
  try {
    const text = fs.readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'latin1')
    return (Number.parseInt(/flags:\s*(\d+)/.exec(text)?.[1] ?? '0', 8) & WRITING) !== 0
  } catch {
    return false
  }
}

const descriptorsOf = (pid: number): readonly string[] => {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`)
  } catch {
    return []
  }
}

/** Files that the node's processes have open for writing, outside of its own folders. */
export const filesOutside = async (node: ClusterNode, own: readonly string[]): Promise<readonly string[]> => {
  const processes = await node.processes()
  const files = processes.flatMap(({ pid, name }) =>
    descriptorsOf(pid).flatMap((descriptor) => {
      const file = pathOf(`/proc/${pid}/fd/${descriptor}`)
      if (file === null || HARMLESS.test(file) || !isWriting(pid, descriptor)) return []
      return own.some((folder) => file.startsWith(folder)) ? [] : [`${file} (by ${name} of ${node.name})`]
    }),
  )
  return [...new Set(files)]
}

/** Every process that can be seen from here. */
export const allPids = (): readonly number[] =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

export const describeProcess = (pid: number): string => `${nameOf(pid)} (pid ${pid})`
