/**
 * Undoes a run's journal and removes its state directory. Used at the end of every run, by the watchdog and by `clean`.
 */
import { isOwnerAlive, listStateDirs, readJournal, removeStateDir } from './journal.ts'
import { undoAll } from './undo.ts'

/**
 * Returns what could not be undone. If anything could not, the state directory stays, so that a later call can try
 * again.
 */
export const cleanUp = async (stateDir: string): Promise<readonly string[]> => {
  const failures = await undoAll(readJournal(stateDir)?.entries ?? [])
  if (failures.length === 0) removeStateDir(stateDir)
  return failures
}

/** Cleans up after runs whose controller is dead. */
export const cleanUpDeadRuns = async (): Promise<{
  readonly cleaned: readonly string[]
  readonly failures: readonly string[]
}> => {
  const cleaned: string[] = []
  const failures: string[] = []
  for (const stateDir of listStateDirs()) {
    const journal = readJournal(stateDir)
    if (journal !== null && isOwnerAlive(journal)) continue
    failures.push(...(await cleanUp(stateDir)))
    cleaned.push(stateDir)
  }
  return { cleaned, failures }
}
