/**
 * The undo journal: every effect that outlives a process is written here before it is made, one JSON object per line,
 * so that the watchdog or `faultline clean` can undo it after the controller has died.
 *
 * Each run has its own directory for the journal. The first line names the owner. The directory is removed last.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { UndoEntry, UndoJournal } from '../api/journal.ts'
import { bootId, startTimeOf } from './proc.ts'

const uid = process.getuid?.() ?? 0

/** Where this user's runs keep everything but results. On a real disk, since the nodes' data is below it. */
export const STATE_ROOT = uid === 0 ? '/var/tmp/faultline' : `/var/tmp/faultline-${uid}`

interface Owner {
  readonly pid: number
  readonly startTime: string
  readonly bootId: string
}

const journalFile = (stateDir: string): string => path.join(stateDir, 'journal.jsonl')

export const stateDirOf = (runId: string): string => path.join(STATE_ROOT, runId)

/** Starts the journal of a run that this process owns. */
export const createJournal = (stateDir: string): void => {
  fs.mkdirSync(stateDir, { recursive: true, mode: 0o755 })
  const owner: Owner = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '', bootId: bootId() }
  fs.writeFileSync(journalFile(stateDir), `${JSON.stringify(owner)}\n`)
}

/** Appends to a journal; the entry is on disk when `record` returns. */
export class FileJournal implements UndoJournal {
  readonly #file: string

  constructor(stateDir: string) {
    this.#file = journalFile(stateDir)
  }

  record(entry: UndoEntry): void {
    fs.appendFileSync(this.#file, `${JSON.stringify(entry)}\n`, { flush: true })
  }
}

export interface ReadJournal {
  readonly owner: Owner
  readonly entries: readonly UndoEntry[]
}

/**
 * Null if there is no journal, or its first line is not complete yet. The effect of an incomplete last line was never
 * made.
 */
export const readJournal = (stateDir: string): ReadJournal | null => {
  let text: string
  try {
    text = fs.readFileSync(journalFile(stateDir), 'utf8')
  } catch {
    return null
  }
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
  const [owner, ...entries] = lines.map((line) => JSON.parse(line) as unknown)
  return owner === undefined ? null : { owner: owner as Owner, entries: entries as UndoEntry[] }
}

export const isOwnerAlive = ({ owner }: ReadJournal): boolean =>
  owner.bootId === bootId() && startTimeOf(owner.pid) === owner.startTime

/** The state directories of this user's runs on this machine. */
export const listStateDirs = (): readonly string[] => {
  try {
    return fs.readdirSync(STATE_ROOT).map((name) => path.join(STATE_ROOT, name))
  } catch {
    return []
  }
}

/** Removes the state directory, and the root once it is empty. */
export const removeStateDir = (stateDir: string): void => {
  fs.rmSync(stateDir, { recursive: true, force: true, maxRetries: 5 })
  try {
    fs.rmdirSync(STATE_ROOT)
  } catch {
    // Another run's state directory is still there.
  }
}
