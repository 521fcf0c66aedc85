/** The cgroup v1 freezer: stops all processes of a group at once, including those that ignore SIGSTOP (PID 1). */
import fs from 'node:fs'
import path from 'node:path'
import { waitUntil } from '../support/wait.ts'
import { containerCgroups, readCgroup, writeCgroup } from './cgroup.ts'

const STATE_FILE = 'freezer.state'
const STATE_TIMEOUT_MS = 5000

/** Does nothing if there is no such group. Until it is thawed, a frozen process does not even die from SIGKILL. */
export const thaw = (directory: string): void => {
  if (fs.existsSync(path.join(directory, STATE_FILE))) writeCgroup(directory, STATE_FILE, 'THAWED')
}

/** Begins to freeze; processes that wait in the kernel follow later. Does nothing if there is no such group. */
export const freeze = (directory: string): void => {
  if (fs.existsSync(path.join(directory, STATE_FILE))) writeCgroup(directory, STATE_FILE, 'FROZEN')
}

export const thawContainer = (containerId: string): void => {
  const { freezer } = containerCgroups(containerId)
  if (freezer !== undefined) thaw(freezer)
}

export const freezerState = (directory: string): string => readCgroup(directory, STATE_FILE)

/** Resolves to true once the kernel reports the state, and to false if it does not within 5 s. */
export const setFreezer = async (directory: string, state: 'FROZEN' | 'THAWED'): Promise<boolean> => {
  writeCgroup(directory, STATE_FILE, state)
  return waitUntil(() => freezerState(directory) === state, STATE_TIMEOUT_MS, 5)
}
