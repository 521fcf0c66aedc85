/** A file to which parts are appended and of which parts are read. It is closed when nobody can ask for its content any more. */
import fs from 'node:fs'
import type { Spill } from '../api/spill.ts'
import { limitYoungHeap } from './young-heap.ts'

/** What is said of a file. */
export interface Complaints {
  /** @param error why nothing more can be written */
  noRoom(error: unknown): Error
  /** @param what is not what was written */
  damaged(what: string): Error
}

export class PartFile implements Spill {
  readonly fd: number
  readonly #complaints: Complaints
  #length: number

  /** @param isOwner whether it closes the file, which is otherwise another thread's */
  constructor(fd: number, complaints: Complaints, isOwner = true) {
    this.fd = fd
    this.#complaints = complaints
    this.#length = fs.fstatSync(fd).size
    if (isOwner) closing.register(this, fd, this)
  }

  /** Bytes. */
  length(): number {
    return this.#length
  }

  write(bytes: Buffer): number {
    const offset = this.#length
    try {
      for (let at = 0; at < bytes.length; )
        at += fs.writeSync(this.fd, bytes, at, bytes.length - at, offset + at)
    } catch (error) {
      throw this.#complaints.noRoom(error)
    }
    this.#length += bytes.length
    return offset
  }

  read(
    offset: number,
    bytes: number,
    content: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(bytes),
  ): Buffer<ArrayBuffer> {
    limitYoungHeap()
    for (let at = 0; at < bytes; ) {
      const read = this.#readInto(content, at, offset + at)
      if (read === 0) break
      at += read
    }
    return content
  }

  /** What a disk does not give back is as good as missing: the checksum tells. */
  #readInto(content: Buffer, at: number, position: number): number {
    try {
      return fs.readSync(this.fd, content, at, content.length - at, position)
    } catch {
      return 0
    }
  }

  damaged(what: string): Error {
    return this.#complaints.damaged(what)
  }

  sync(): void {
    fs.fsyncSync(this.fd)
  }

  /** Nothing of it is needed any more. */
  close(): void {
    closing.unregister(this)
    fs.closeSync(this.fd)
  }
}

const closing = new FinalizationRegistry<number>((fd) => fs.closeSync(fd))
