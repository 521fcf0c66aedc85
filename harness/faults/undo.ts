/** How each kind of journal entry is undone. It is safe to undo an entry twice, or one whose effect was never made. */
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
        // The group is busy while a process is still leaving it.
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

/** Undoes the latest entry first, since it may depend on earlier ones. Returns what could not be undone, and why. */
export const undoAll = async (entries: readonly UndoEntry[]): Promise<readonly string[]> => {
  const failures: string[] = []
  // First of all: frozen processes do not die, and what they hold cannot be removed.
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
