/**
 * history.columns, beside history.jsonl: the stored form of a run's history (../history/stored-columns.ts). It gets its name
 * when it is whole and on the disk. Whatever is seen to be wrong with it when it is opened, it is as if it were not there.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { Columns } from '../history/columns.ts'
import { beginColumns, endColumns, type Origin, readColumns } from '../history/stored-columns.ts'
import { UserError } from '../support/assert.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import type { Part } from '../support/parts.ts'
import { isOrigin } from './origin.ts'
import { PartFile } from './part-file.ts'
import { ownVersion } from './version.ts'

export const COLUMNS = 'history.columns'

const columnsOf = (history: string): string => path.join(path.dirname(history), COLUMNS)

/** Null: the system refused to do something with a file, as in a folder that can only be read, or on a full disk. */
export const unlessRefused = <T>(act: () => T): T | null => {
  try {
    return act()
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null
    throw error
  }
}

/** Takes away what a killed process has begun. One that goes on writing does so without a name, and stores nothing. */
export const removeUnfinished = (history: string): void => {
  const dir = path.dirname(history)
  const isUnfinished = (name: string): boolean => name.startsWith(`${COLUMNS}.`) && name.endsWith('.new')
  unlessRefused(() => {
    for (const name of fs.readdirSync(dir).filter(isUnfinished))
      fs.rmSync(path.join(dir, name), { force: true })
  })
}

const open = (file: string, flags: string, history: string): PartFile =>
  new PartFile(fs.openSync(file, flags), {
    noRoom: (error) => error as Error,
    damaged: (what) =>
      new UserError(
        `${columnsOf(history)} is damaged: ${what} are not what was written. Delete this file; it is made again from ${path.basename(history)}.`,
        EXIT_CODES.harnessFailed,
      ),
  })

/** The columns of a history, if there are any that are whole and made of it as it is now. */
export const openColumns = (history: string, mostInMemory?: number): Columns | null => {
  let file: PartFile | null = null
  try {
    file = open(columnsOf(history), 'r', history)
    const columns = readColumns(file, file.length(), (origin) => isOrigin(origin, history), mostInMemory)
    if (columns !== null) return columns
  } catch {
    // The history itself is there, and they are made again.
  }
  file?.close()
  return null
}

/** Columns that are being written. */
export class UnfinishedColumns implements Disposable {
  readonly #history: string
  readonly #name: string
  readonly file: PartFile

  /** Throws what the system refuses. */
  constructor(history: string) {
    this.#history = history
    this.#name = `${columnsOf(history)}.${process.pid}.new`
    this.file = open(this.#name, 'wx+', history)
  }

  /** Returns the header, after which the chunks may come. */
  begin(): Part {
    return beginColumns(this.file, ownVersion())
  }

  /** Stores them, if the system takes them. They can be read in any case. @param columns whose chunks are all in the file */
  finish(header: Part, columns: Columns, origin: Origin): void {
    unlessRefused(() => {
      endColumns(this.file, header, columns, origin)
      this.file.sync()
      fs.renameSync(this.#name, columnsOf(this.#history))
    })
  }

  /** Takes away the name, if it is still that of something unfinished. */
  [Symbol.dispose](): void {
    unlessRefused(() => fs.rmSync(this.#name, { force: true }))
  }
}
