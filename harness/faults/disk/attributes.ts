/** Changes of a file's attributes: size, permissions, owner, times. */
import fs from 'node:fs'
import { type Inode, pathOf, statOf } from './inodes.ts'
import type { Request } from './protocol.ts'

export const S_ISGID = 0o2000

/** What is made in a setgid directory belongs to its group, and a directory made there is setgid too. */
export const givesGroup = (directory: Inode): boolean => (Number(statOf(directory).mode) & S_ISGID) !== 0

export const groupFor = (request: Request, directory: Inode): number =>
  givesGroup(directory) ? Number(statOf(directory).gid) : request.gid

/** Carries out a request to change attributes. `truncate` changes the size. */
export const setAttributes = (inode: Inode, request: Request, truncate: (size: number) => void): void => {
  const [VALID_MODE, VALID_UID, VALID_GID, VALID_SIZE] = [1, 2, 4, 8]
  const [VALID_ATIME, VALID_MTIME, NOW_ATIME, NOW_MTIME] = [16, 32, 128, 256]
  const valid = request.u32()
  request.skip(12)
  const size = request.u64()
  request.skip(8)
  const [atime, mtime] = [request.u64(), request.u64()]
  request.skip(8)
  const [atimeNs, mtimeNs] = [request.u32(), request.u32()]
  const mode = request.skip(4).u32()
  const [uid, gid] = [request.skip(4).u32(), request.u32()]
  const file = pathOf(inode)
  if ((valid & VALID_SIZE) !== 0) truncate(size)
  if ((valid & VALID_MODE) !== 0) fs.chmodSync(file, mode & 0o7777)
  if ((valid & (VALID_UID | VALID_GID)) !== 0) {
    const now = statOf(inode)
    const keep = (bit: number, given: number, own: bigint): number =>
      (valid & bit) === 0 ? Number(own) : given
    fs.chownSync(file, keep(VALID_UID, uid, now.uid), keep(VALID_GID, gid, now.gid))
  }
  if ((valid & (VALID_ATIME | VALID_MTIME)) !== 0) {
    const now = statOf(inode)
    const time = (bit: number, nowBit: number, seconds: number, ns: number, own: bigint): number => {
      if ((valid & nowBit) !== 0) return Date.now() / 1000
      return (valid & bit) === 0 ? Number(own) / 1e9 : seconds + ns / 1e9
    }
    fs.utimesSync(
      file,
      time(VALID_ATIME, NOW_ATIME, atime, atimeNs, now.atimeNs),
      time(VALID_MTIME, NOW_MTIME, mtime, mtimeNs, now.mtimeNs),
    )
  }
}
