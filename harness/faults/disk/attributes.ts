/** A file's attributes: size, permissions, owner, times, and the extended ones. */
import fs from 'node:fs'
import { type Inode, pathOf, statOf } from './inodes.ts'
import { Errno, encodeXattrSize, type Request } from './protocol.ts'
import {
  type FileTime,
  getXattr,
  listXattrs,
  removeXattr,
  setTimes,
  setXattr,
  UTIME_NOW,
  UTIME_OMIT,
} from './system-calls.ts'

/** A change of the content takes setuid away, and setgid if the group may execute the file. */
export const takeSetIds = (inode: Inode): void => {
  const mode = Number(statOf(inode).mode)
  const isSetgid = (mode & 0o2010) === 0o2010
  const taken = (mode & 0o4000) | (isSetgid ? 0o2000 : 0)
  if (taken !== 0) fs.chmodSync(pathOf(inode), mode & ~taken & 0o7777)
}

/** Carries out a request to change attributes. `truncate` changes the size. */
export const setAttributes = (inode: Inode, request: Request, truncate: (size: number) => void): void => {
  const [VALID_MODE, VALID_UID, VALID_GID, VALID_SIZE] = [1, 2, 4, 8]
  const [VALID_ATIME, VALID_MTIME, NOW_ATIME, NOW_MTIME] = [16, 32, 128, 256]
  const TAKE_SET_IDS = 2048
  const valid = request.u32()
  request.skip(12)
  const size = request.u64()
  request.skip(8)
  const [atime, mtime] = [request.s64(), request.s64()]
  request.skip(8)
  const [atimeNs, mtimeNs] = [request.u32(), request.u32()]
  const mode = request.skip(4).u32()
  const [uid, gid] = [request.skip(4).u32(), request.u32()]
  const file = pathOf(inode)
  if ((valid & VALID_SIZE) !== 0) truncate(size)
  if ((valid & TAKE_SET_IDS) !== 0) takeSetIds(inode)
  if ((valid & (VALID_UID | VALID_GID)) !== 0) {
    const now = statOf(inode)
    const keep = (bit: number, given: number, own: bigint): number =>
      (valid & bit) === 0 ? Number(own) : given
    fs.chownSync(file, keep(VALID_UID, uid, now.uid), keep(VALID_GID, gid, now.gid))
  }
  // After a change of the owner, which takes setuid and setgid away.
  if ((valid & VALID_MODE) !== 0) fs.chmodSync(file, mode & 0o7777)
  const time = (bit: number, nowBit: number, seconds: bigint, ns: number): FileTime => {
    if ((valid & bit) === 0) return { seconds: 0n, ns: UTIME_OMIT }
    return (valid & nowBit) === 0 ? { seconds, ns } : { seconds: 0n, ns: UTIME_NOW }
  }
  if ((valid & (VALID_ATIME | VALID_MTIME)) !== 0)
    setTimes(file, [
      time(VALID_ATIME, NOW_ATIME, atime, atimeNs),
      time(VALID_MTIME, NOW_MTIME, mtime, mtimeNs),
    ])
}

/** Which only root may see. The kernel checks the rest. */
const TRUSTED = 'trusted.'
/** They would need a kernel that decides by them, as well as inheritance: like ext4 mounted with `noacl`. */
const ACLS = 'system.posix_acl_'
const CAPABILITY = 'security.capability'
/** Made once, since it is thrown often. */
const NO_DATA = new Errno('ENODATA')

/** Extended attributes. */
export class Xattrs {
  /** The kernel asks for it at nearly every write. No file has one until the first is set. */
  #hasCapabilities = false

  get(inode: Inode, request: Request): Buffer {
    const room = request.u32()
    const name = request.skip(4).text()
    if (name === CAPABILITY && !this.#hasCapabilities) throw NO_DATA
    if (name.startsWith(ACLS)) throw new Errno('EOPNOTSUPP')
    const { value, bytes } = getXattr(pathOf(inode), name, room)
    return room === 0 ? encodeXattrSize(value) : bytes
  }

  set(inode: Inode, request: Request): null {
    const [size, flags] = [request.u32(), request.u32()]
    const name = request.text()
    if (name.startsWith(ACLS)) throw new Errno('EOPNOTSUPP')
    if (name === CAPABILITY) this.#hasCapabilities = true
    setXattr(pathOf(inode), name, request.data(size), flags)
    return null
  }

  list(inode: Inode, request: Request): Buffer {
    const room = request.u32()
    const names = listXattrs(pathOf(inode)).toString('latin1').split('\0').slice(0, -1)
    const seen = names.filter((name) => request.uid === 0 || !name.startsWith(TRUSTED))
    const bytes = Buffer.from(seen.map((name) => `${name}\0`).join(''), 'latin1')
    if (room === 0) return encodeXattrSize(bytes.length)
    if (bytes.length > room) throw new Errno('ERANGE')
    return bytes
  }

  remove(inode: Inode, request: Request): null {
    const name = request.text()
    if (name.startsWith(ACLS)) throw new Errno('EOPNOTSUPP')
    removeXattr(pathOf(inode), name)
    return null
  }
}
