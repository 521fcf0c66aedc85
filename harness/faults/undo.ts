/** How each kind of journal entry is undone. It is safe to undo an entry twice, or one whose effect was never made. */
import fs from 'node:fs'
import type { UndoEntry } from '../api/journal.ts'
import { waitUntil } from '../support/wait.ts'
import { thawCgroup } from './cgroup/files.ts'
import { disableControllers, removeCgroup } from './cgroup/removal.ts'
import { stopScope } from './cgroup/systemd.ts'
import { removeLabelled } from './containers.ts'
import { unmount } from './disk/mounts.ts'
import { bootId, isAlive, signal, startTimeOf } from './proc.ts'

/** On a busy machine it takes seconds until a killed process is gone. */
const GONE_TIMEOUT_MS = 60_000

const undoProcess = async (entry: UndoEntry & { kind: 'process' }): Promise<void> => {
  // Another process may have the pid by now.
  const isThere = (): boolean =>
    entry.bootId === bootId() && isAlive(entry.pid) && startTimeOf(entry.pid) === entry.startTime
  if (!isThere()) return
  signal(entry.pid, 'SIGKILL')
  if (!(await waitUntil(() => !isThere(), GONE_TIMEOUT_MS, 20)))
    throw new Error(`process ${entry.pid} does not end although it was killed`)
}

export const undoEntry = async (entry: UndoEntry): Promise<void> => {
  switch (entry.kind) {
    case 'process':
      return undoProcess(entry)
    case 'directory':
      return fs.rmSync(entry.path, { recursive: true, force: true, maxRetries: 5 })
    case 'cgroup':
      return removeCgroup(entry.path)
    case 'controllers':
      return disableControllers(entry.path, entry.names)
    case 'scope':
      return stopScope(entry.unit)
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
  for (const entry of entries) if (entry.kind === 'cgroup') thawCgroup(entry.path)
  for (const entry of [...entries].reverse()) {
    try {
      await undoEntry(entry)
    } catch (error) {
      failures.push(`${JSON.stringify(entry)}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return failures
}
