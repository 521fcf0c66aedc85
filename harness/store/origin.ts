/**
 * Whether a file is still what something was made of. Its size, its inode and the time at which it was last changed (ctime, which
 * nobody can set back) tell this without reading it. After a copy, or where the time tells too little, its checksum does.
 */
import fs from 'node:fs'
import zlib from 'node:zlib'
import type { Origin } from '../history/stored-columns.ts'
import { piecesOf } from './history-file.ts'

/** A kernel's clock of files moves on in steps of up to 10 ms: later changes may have the same time. */
const SURELY_LATER_MS = 100
const NS_PER_S = 1_000_000_000n
const NS_PER_MS = 1_000_000n

interface Found {
  readonly bytes: number
  readonly state: string
  readonly changedNs: bigint
}

const lookAt = (file: string): Found => {
  const { size, ino, ctimeNs } = fs.statSync(file, { bigint: true })
  return { bytes: Number(size), state: `${ino}-${ctimeNs}`, changedNs: ctimeNs }
}

/** Whether any change after this moment has another time. A file system that tells whole seconds tells too little. */
const isTelling = ({ changedNs }: Found, atMs: number): boolean =>
  changedNs % NS_PER_S !== 0n && Number(changedNs / NS_PER_MS) + SURELY_LATER_MS < atMs

/** Reads a file, once, and notes what it was. */
export class OriginReading {
  readonly #file: string
  readonly #before: Found
  readonly #beganMs = Date.now()
  #bytes = 0
  #checksum = 0

  constructor(file: string) {
    this.#file = file
    this.#before = lookAt(file)
  }

  *pieces(): Iterable<Buffer> {
    for (const piece of piecesOf(this.#file)) {
      this.#bytes += piece.length
      this.#checksum = zlib.crc32(piece, this.#checksum)
      yield piece
    }
  }

  /** What was read. Null: it changed meanwhile. */
  end(): Origin | null {
    const { bytes, state } = this.#before
    if (lookAt(this.#file).state !== state || this.#bytes !== bytes) return null
    return { bytes, checksum: this.#checksum, state: isTelling(this.#before, this.#beganMs) ? state : null }
  }
}

const checksumOf = (file: string): number => {
  let checksum = 0
  for (const piece of piecesOf(file)) checksum = zlib.crc32(piece, checksum)
  return checksum
}

/** Whether the file is what was read then. */
export const isOrigin = ({ bytes, checksum, state }: Origin, file: string): boolean => {
  const now = lookAt(file)
  if (now.bytes !== bytes) return false
  return now.state === state || checksumOf(file) === checksum
}
