/** A temporary file for what does not fit into memory. It has no name: whatever ends the process, nothing is left. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { messageOf, UserError } from '../support/assert.ts'
import { type Complaints, PartFile } from './part-file.ts'

/** Often /tmp is memory. */
const ON_DISK = '/var/tmp'

const folderOf = (): string => process.env.TMPDIR ?? (fs.existsSync(ON_DISK) ? ON_DISK : os.tmpdir())

const openUnnamed = (folder: string): number => {
  const file = path.join(folder, `faultline-history-${process.pid}-${performance.now()}`)
  try {
    const fd = fs.openSync(file, 'wx+', 0o600)
    fs.unlinkSync(file)
    return fd
  } catch (error) {
    throw noRoom(folder, error)
  }
}

const noRoom = (folder: string, error: unknown): UserError =>
  new UserError(
    `The history is too long for memory, and ${folder} cannot take the rest of it (${messageOf(error)}): set TMPDIR to a folder with more room.`,
  )

const complaintsIn = (folder: string): Complaints => ({
  noRoom: (error) => noRoom(folder, error),
  damaged: (what) => new Error(`${what} were damaged on disk`),
})

export class SpillFile extends PartFile {
  /** @throws UserError if no file can be made */
  constructor(folder = folderOf()) {
    super(openUnnamed(folder), complaintsIn(folder))
  }
}

/** That of another thread, which only reads it from now on. */
export const spillOfOther = (fd: number): PartFile => new PartFile(fd, complaintsIn(folderOf()), false)
