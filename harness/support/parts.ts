/** Bytes in a spill, with checksums: what a disk gives back is what was written, or an error. */
import zlib from 'node:zlib'
import type { Spill } from '../api/spill.ts'

/** Where bytes are in a spill. */
export interface Part {
  readonly offset: number
  readonly bytes: number
  /** CRC-32. */
  readonly checksum: number
}

/** @param bytes one after another */
export const writePart = (spill: Spill, ...bytes: readonly [Buffer, ...Buffer[]]): Part => {
  const [first, ...others] = bytes
  const offset = spill.write(first)
  for (const each of others) spill.write(each)
  return {
    offset,
    bytes: bytes.reduce((sum, { length }) => sum + length, 0),
    checksum: bytes.reduce((checksum, each) => zlib.crc32(each, checksum), 0),
  }
}

/**
 * @param what it is, for the error that is thrown if it is damaged
 * @param room of its length, into which it is read. Absent: new memory
 */
export const readPart = (
  spill: Spill,
  { offset, bytes, checksum }: Part,
  what: string,
  room?: Buffer<ArrayBuffer>,
): Buffer<ArrayBuffer> => {
  const content = spill.read(offset, bytes, room)
  if (zlib.crc32(content) !== checksum) throw spill.damaged(what)
  return content
}
