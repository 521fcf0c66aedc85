/** How each kind of journal entry is undone. Every one may be undone twice, and undoing what never came about is harmless. */
import fs from 'node:fs'
import type { UndoEntry } from '../api/journal.ts'
import { waitUntil } from '../support/wait.ts'
import { removeLabelled } from './containers.ts'
import { unmount } from './disk/mounts.ts'
import { thaw } from './freezer.ts'
import { bootId, isAlive, signal, startTimeOf } from './proc.ts'

const GONE_TIMEOUT_MS = 5000

const undoProcess = async (entry: UndoEntry & { kind: 'process' }): Promise<void> => {
  if (entry.bootId !== bootId() || startTimeOf(entry.pid) !== entry.startTime) return
  signal(entry.pid, 'SIGKILL')
  await waitUntil(() => !isAlive(entry.pid), GONE_TIMEOUT_MS, 20)
}

const undoCgroup = async (directory: string): Promise<void> => {
  if (!fs.existsSync(directory)) return
  thaw(directory)
  await waitUntil(
    () => {
      try {
        fs.rmdirSync(directory)
        return true
      } catch (error) {
        // Busy while a process is still leaving it.
        return (error as NodeJS.ErrnoException).code === 'ENOENT'
      }
    },
    GONE_TIMEOUT_MS,
    20,
  )
}

export const undoEntry = async (entry: UndoEntry): Promise<void> => {
  switch (entry.kind) {
    case 'process':
      return undoProcess(entry)
    case 'directory':
      return fs.rmSync(entry.path, { recursive: true, force: true, maxRetries: 5 })
    case 'cgroup':
      return undoCgroup(entry.path)
    case 'mount':
      return unmount(entry.path)
    case 'container':
      return removeLabelled(entry.label)
  }
}

/** Latest first, so that what stands on something goes before it. Returns what could not be undone, and why. */
export const undoAll = async (entries: readonly UndoEntry[]): Promise<readonly string[]> => {
  const failures: string[] = []
  // Before anything else: what is frozen does not die, and whatever it holds cannot be taken down.
  for (const entry of entries) if (entry.kind === 'cgroup') thaw(entry.path)
  for (const entry of [...entries].reverse()) {
    try {
      await undoEntry(entry)
    } catch (error) {
      failures.push(`${JSON.stringify(entry)}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return failures
}
