/** How the backing directory's files are opened, read and listed. */
import fs from 'node:fs'
import type { FileBytes } from './durability.ts'
import { type Inode, pathOf } from './inodes.ts'
import type { DirectoryEntry } from './protocol.ts'

const { O_WRONLY, O_RDWR, O_APPEND, O_CREAT, O_DIRECT, O_EXCL, O_NOFOLLOW, O_TRUNC } = fs.constants
const O_ACCMODE = 3

/**
 * How the backing file is opened: readable too, since what is overwritten must be read first; no appending, since the
 * kernel says where; no direct I/O, since its alignment is the caller's.
 */
export const backingFlags = (flags: number): number => {
  const kept = flags & ~(O_APPEND | O_NOFOLLOW | O_DIRECT | O_EXCL | O_CREAT | O_TRUNC)
  return (kept & O_ACCMODE) === O_WRONLY ? (kept & ~O_ACCMODE) | O_RDWR : kept
}

const typeOf = (entry: fs.Dirent): number => {
  if (entry.isDirectory()) return 4
  if (entry.isFile()) return 8
  return entry.isSymbolicLink() ? 10 : 0
}

/** `.` and `..` first. The kernel asks for each one's attributes by itself: any inode number will do here but 0. */
export const entriesOf = (directory: string): readonly DirectoryEntry[] => [
  { name: '.', ino: 1n, type: 4 },
  { name: '..', ino: 1n, type: 4 },
  ...fs
    .readdirSync(directory, { withFileTypes: true })
    .map((entry) => ({ name: entry.name, ino: 1n, type: typeOf(entry) })),
]

/** The bytes of an inode, for rolling it back: through a descriptor of its own. */
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
