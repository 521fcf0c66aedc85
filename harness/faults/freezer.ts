/** The cgroup v1 freezer: stops all processes of a group at once, also those that ignore SIGSTOP (PID 1). */
import fs from 'node:fs'
import path from 'node:path'
import type { UndoJournal } from '../api.ts'
import { waitUntil } from '../support/wait.ts'

export const FREEZER_ROOT = '/sys/fs/cgroup/freezer'
const STATE_TIMEOUT_MS = 5000

export const isFreezerAvailable = (): boolean => {
  try {
    fs.accessSync(FREEZER_ROOT, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Makes a group for one node, journalled first. */
export const createFreezer = (name: string, journal: UndoJournal): string => {
  const directory = path.join(FREEZER_ROOT, name)
  journal.record({ kind: 'cgroup', path: directory })
  fs.mkdirSync(directory, { recursive: true })
  return directory
}

export const addToFreezer = (directory: string, pid: number): void =>
  fs.writeFileSync(path.join(directory, 'cgroup.procs'), String(pid))

export const freezerState = (directory: string): string =>
  fs.readFileSync(path.join(directory, 'freezer.state'), 'latin1').trim()

/** Resolves once the kernel says so; false where it does not within seconds. */
export const setFreezer = async (directory: string, state: 'FROZEN' | 'THAWED'): Promise<boolean> => {
  fs.writeFileSync(path.join(directory, 'freezer.state'), state)
  return waitUntil(() => freezerState(directory) === state, STATE_TIMEOUT_MS, 5)
}
