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

/** Harmless where there is no such group. A frozen process does not even die of SIGKILL until it is thawed. */
export const thaw = (directory: string): void => {
  const state = path.join(directory, 'freezer.state')
  if (fs.existsSync(state)) fs.writeFileSync(state, 'THAWED')
}

/** The group of a container, where the daemon uses cgroup v1. */
export const containerFreezer = (containerId: string): string =>
  path.join(FREEZER_ROOT, 'docker', containerId)

export const freezerState = (directory: string): string =>
  fs.readFileSync(path.join(directory, 'freezer.state'), 'latin1').trim()

/** Resolves once the kernel says so; false where it does not within seconds. */
export const setFreezer = async (directory: string, state: 'FROZEN' | 'THAWED'): Promise<boolean> => {
  fs.writeFileSync(path.join(directory, 'freezer.state'), state)
  return waitUntil(() => freezerState(directory) === state, STATE_TIMEOUT_MS, 5)
}
