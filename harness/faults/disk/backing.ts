/** Opening, reading and listing the files of the backing directory. */
import fs from 'node:fs'
import type { FileBytes } from './durability.ts'
import { type Inode, pathOf } from './inodes.ts'
import type { DirectoryEntry } from './protocol.ts'

const { O_WRONLY, O_RDWR, O_APPEND, O_CREAT, O_DIRECT, O_EXCL, O_NOFOLLOW, O_TRUNC } = fs.constants
const O_ACCMODE = 3

/**
 * The flags to open the backing file with. It must be readable too, since bytes are read before they are overwritten.
 * Append mode is dropped, since the kernel gives the offset. Direct I/O is dropped, since it would need aligned buffers.
 */
export const backingFlags = (flags: number): number => {
  const kept = flags & ~(O_APPEND | O_NOFOLLOW | O_DIRECT | O_EXCL | O_CREAT | O_TRUNC)
  return (kept & O_ACCMODE) === O_WRONLY ? (kept & ~O_ACCMODE) | O_RDWR : kept
}

const typeOf = (entry: fs.Dirent<Buffer>): number => {
  if (entry.isDirectory()) return 4
  if (entry.isFile()) return 8
  return entry.isSymbolicLink() ? 10 : 0
}

/**
 * `.` and `..` come first. The kernel asks for the attributes of each entry later, so any inode number but 0 will do.
 */
export const entriesOf = (directory: Buffer): readonly DirectoryEntry[] => [
  { name: '.', ino: 1n, type: 4 },
  { name: '..', ino: 1n, type: 4 },
  ...fs
    .readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })
    .map((entry) => ({ name: entry.name.toString('latin1'), ino: 1n, type: typeOf(entry) })),
]

/** The bytes of an inode, for rolling it back. Each access opens a descriptor of its own. */
export const bytesOf = (inode: Inode): FileBytes => {
  const use = <T>(act: (fd: number) => T): T => {
    const fd = fs.openSync(pathOf(inode), O_RDWR)
    try {
      return act(fd)
    } finally {
      fs.closeSync(fd)
    }
  }
  return {
    size: () => Number(fs.fstatSync(inode.fd, { bigint: true }).size),
    read: (at, length) =>
      use((fd) => {
        const bytes = Buffer.alloc(length)
        return bytes.subarray(0, fs.readSync(fd, bytes, 0, length, at))
      }),
    write: (at, bytes) => use((fd) => fs.writeSync(fd, bytes, 0, bytes.length, at)),
    truncate: (size) => fs.truncateSync(pathOf(inode), size),
  }
}
