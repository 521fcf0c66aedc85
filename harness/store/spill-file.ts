/**
 * A temporary file for what does not fit into memory. It has no name: whatever ends the process, nothing is left. It is
 * closed when nobody can ask for its content any more.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Spill } from '../history/chunks.ts'
import { messageOf, UserError } from '../support/assert.ts'

/** Often /tmp is memory. */
const ON_DISK = '/var/tmp'

const folderOf = (): string => process.env.TMPDIR ?? (fs.existsSync(ON_DISK) ? ON_DISK : os.tmpdir())

export class SpillFile implements Spill {
  readonly #fd: number
  readonly #folder: string
  #length = 0

  /** @throws UserError if no file can be made */
  constructor(folder = folderOf()) {
    const file = path.join(folder, `faultline-history-${process.pid}-${performance.now()}`)
    try {
      this.#fd = fs.openSync(file, 'wx+', 0o600)
    } catch (error) {
      throw noRoom(folder, error)
    }
    fs.unlinkSync(file)
    this.#folder = folder
    closing.register(this, this.#fd)
  }

  write(bytes: Buffer): number {
    const offset = this.#length
    try {
      for (let at = 0; at < bytes.length; )
        at += fs.writeSync(this.#fd, bytes, at, bytes.length - at, offset + at)
    } catch (error) {
      throw noRoom(this.#folder, error)
    }
    this.#length += bytes.length
    return offset
  }

  read(offset: number, bytes: number): Buffer<ArrayBuffer> {
    const content = Buffer.allocUnsafeSlow(bytes)
    for (let at = 0; at < bytes; ) {
      const read = fs.readSync(this.#fd, content, at, bytes - at, offset + at)
      if (read === 0) break
      at += read
    }
    return content
  }
}

const noRoom = (folder: string, error: unknown): UserError =>
  new UserError(
    `The history is too long for memory, and ${folder} cannot take the rest of it (${messageOf(error)}): set TMPDIR to a folder with more room.`,
  )

const closing = new FinalizationRegistry<number>((fd) => fs.closeSync(fd))
