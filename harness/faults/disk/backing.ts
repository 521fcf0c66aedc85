/** Listing the directories of the backing directory, and reading and writing its files. */
import fs from 'node:fs'
import type { FileBytes } from './durability.ts'
import { type Inode, pathOf, statOf } from './inodes.ts'
import type { DirectoryEntry } from './protocol.ts'
import { readDirectory } from './system-calls.ts'

const LEAST_ROOM_BYTES = 2 ** 16
const MOST_ENTRY_BYTES = 280

/** The entries of a directory, `.` and `..` first. */
export const entriesOf = (directory: Inode): readonly DirectoryEntry[] => {
  let room = LEAST_ROOM_BYTES + 4 * Number(statOf(directory).size)
  let bytes = readDirectory(pathOf(directory), room)
  // There may be more.
  while (bytes.length > room - MOST_ENTRY_BYTES) {
    room *= 2
    bytes = readDirectory(pathOf(directory), room)
  }
  const entries: DirectoryEntry[] = []
  for (let at = 0; at < bytes.length; at += bytes.readUInt16LE(at + 16)) {
    const nameAt = at + 19
    const name = bytes.toString('latin1', nameAt, bytes.indexOf(0, nameAt))
    entries.push({ name, ino: bytes.readBigUInt64LE(at), type: bytes.readUInt8(at + 18) })
  }
  const isSelf = ({ name }: DirectoryEntry): boolean => name === '.' || name === '..'
  return [...entries.filter(isSelf), ...entries.filter((entry) => !isSelf(entry))]
}

/** The bytes of an inode, for rolling it back. */
export const bytesOf = (inode: Inode): FileBytes => {
  const fd = (): number => inode.home.content(inode)
  return {
    size: () => Number(statOf(inode).size),
    read: (at, length) => {
      const bytes = Buffer.alloc(length)
      return bytes.subarray(0, fs.readSync(fd(), bytes, 0, length, at))
    },
    write: (at, bytes) => fs.writeSync(fd(), bytes, 0, bytes.length, at),
    truncate: (size) => fs.ftruncateSync(fd(), size),
  }
}
