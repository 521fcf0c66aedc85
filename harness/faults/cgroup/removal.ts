/** Removing groups of either version, by their directories, which is all that a journal knows of them. */
import fs from 'node:fs'
import path from 'node:path'
import { waitUntil } from '../../support/wait.ts'
import { hasFile, thawCgroup, wordsOfCgroup, writeCgroup } from './files.ts'

/** On a busy machine it takes seconds until a killed process is gone. */
const GONE_TIMEOUT_MS = 60_000

/** Groups inside it first. */
const tryRemoval = (directory: string): void => {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) tryRemoval(path.join(directory, entry.name))
  fs.rmdirSync(directory)
}

/** Thaws it, ends what runs in it where the kernel can do that at once, and removes it with all groups inside. */
export const removeCgroup = async (directory: string): Promise<void> => {
  if (!fs.existsSync(directory)) return
  thawCgroup(directory)
  if (hasFile(directory, 'cgroup.kill')) writeCgroup(directory, 'cgroup.kill', 1)
  const isRemoved = await waitUntil(
    () => {
      try {
        tryRemoval(directory)
        return true
      } catch (error) {
        // The group is busy while a process is still leaving it.
        return (error as NodeJS.ErrnoException).code === 'ENOENT'
      }
    },
    GONE_TIMEOUT_MS,
    20,
  )
  if (!isRemoved) throw new Error(`the cgroup ${directory} is still in use`)
}

/** Takes controllers away from the groups in a directory, unless another run uses them. */
export const disableControllers = (directory: string, names: readonly string[]): void => {
  const enabled = wordsOfCgroup(directory, 'cgroup.subtree_control')
  const isUsed = fs.readdirSync(directory).some((name) => name.startsWith('faultline-'))
  const removed = names.filter((name) => enabled.includes(name))
  if (isUsed || removed.length === 0) return
  writeCgroup(directory, 'cgroup.subtree_control', removed.map((name) => `-${name}`).join(' '))
}
