/**
 * The FUSE kernel protocol (linux/fuse.h, 7.38), as far as a passthrough file system needs it. Numbers are
 * little-endian.
 */
import type fs from 'node:fs'
import os from 'node:os'

export const OPERATIONS = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  readlink: 5,
  symlink: 6,
  mknod: 8,
  mkdir: 9,
  unlink: 10,
  rmdir: 11,
  rename: 12,
  link: 13,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  setxattr: 21,
  getxattr: 22,
  listxattr: 23,
  removexattr: 24,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  fsyncdir: 30,
  create: 35,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
  fallocate: 43,
  rename2: 45,
  lseek: 46,
  tmpfile: 51,
} as const

export type OperationName = keyof typeof OPERATIONS

const NAMES: ReadonlyMap<number, OperationName> = new Map(
  Object.entries(OPERATIONS).map(([name, code]) => [code, name as OperationName]),
)

const REQUEST_HEADER_BYTES = 40
const REPLY_HEADER_BYTES = 16
export const MAX_WRITE_BYTES = 2 ** 20
/** Size of the buffer for a read of /dev/fuse. */
export const REQUEST_BYTES = MAX_WRITE_BYTES + 8192

const ATTR_BYTES = 88
const ENTRY_BYTES = 40 + ATTR_BYTES

/** Of a write: where its flags are in its body, and which says that it is written from the kernel's cache. */
const WRITE_FLAGS_AT = 20
const WRITE_CACHE = 1

/** An error of the file system, which the caller gets as errno. */
export class Errno extends Error {
  readonly errno: number

  constructor(name: keyof typeof os.constants.errno) {
    super(name)
    this.errno = os.constants.errno[name]
  }
}

/** One request. Its body is read in order. It is valid until the next request is read into the same buffer. */
export class Request {
  readonly #bytes: Buffer
  #at = REQUEST_HEADER_BYTES

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** A copy that outlives the buffer. */
  keep(): Request {
    return new Request(Buffer.from(this.#bytes))
  }

  /** The same request, to be read from its beginning. */
  again(): Request {
    return new Request(this.#bytes)
  }

  get operation(): OperationName | undefined {
    return NAMES.get(this.#bytes.readUInt32LE(4))
  }
  /** Eight bytes that identify the request in its reply. */
  get unique(): bigint {
    return this.#bytes.readBigUInt64LE(8)
  }
  get nodeId(): number {
    return Number(this.#bytes.readBigUInt64LE(16))
  }
  get uid(): number {
    return this.#bytes.readUInt32LE(24)
  }
  get gid(): number {
    return this.#bytes.readUInt32LE(28)
  }

  /** Id of the calling thread; 0 if it is not visible from this pid namespace. */
  get pid(): number {
    return this.#bytes.readUInt32LE(32)
  }

  /** It is a write of the kernel's, of pages that were changed through a memory map. */
  get isWriteBack(): boolean {
    if (this.operation !== 'write') return false
    return (this.#bytes.readUInt32LE(REQUEST_HEADER_BYTES + WRITE_FLAGS_AT) & WRITE_CACHE) !== 0
  }

  u32(): number {
    this.#at += 4
    return this.#bytes.readUInt32LE(this.#at - 4)
  }
  u64(): number {
    this.#at += 8
    return Number(this.#bytes.readBigUInt64LE(this.#at - 8))
  }
  s64(): bigint {
    this.#at += 8
    return this.#bytes.readBigInt64LE(this.#at - 8)
  }
  skip(bytes: number): this {
    this.#at += bytes
    return this
  }
  /** A name or a path, up to a zero byte: a character for each byte, since names need not be UTF-8. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.#at)
    const text = this.#bytes.toString('latin1', this.#at, end)
    this.#at = end + 1
    return text
  }
  data(length: number): Buffer {
    return this.#bytes.subarray(this.#at, this.#at + length)
  }
}

/** The buffers of a reply, to be written by one writev. */
export const encodeReply = (unique: bigint, errno: number, body: Buffer | null): readonly Buffer[] => {
  const header = Buffer.alloc(REPLY_HEADER_BYTES)
  header.writeUInt32LE(REPLY_HEADER_BYTES + (body?.length ?? 0), 0)
  header.writeInt32LE(-errno, 4)
  header.writeBigUInt64LE(unique, 8)
  return body === null || body.length === 0 ? [header] : [header, body]
}

/** Parallel reads and big writes, but no caching that a power loss would have to roll back. */
export const encodeInit = (request: Request): Buffer => {
  request.u32()
  const minor = request.u32()
  const readahead = request.u32()
  const offered = request.u32()
  const ASYNC_READ = 1
  const BIG_WRITES = 1 << 5
  const PARALLEL_DIROPS = 1 << 18
  const MAX_PAGES = 1 << 22
  // We take setuid and setgid away. Otherwise the kernel would ask for `security.capability` before every write.
  const HANDLE_KILLPRIV_V2 = 1 << 28
  const body = Buffer.alloc(64)
  body.writeUInt32LE(7, 0)
  body.writeUInt32LE(Math.min(minor, 38), 4)
  body.writeUInt32LE(readahead, 8)
  body.writeUInt32LE(
    (offered & (ASYNC_READ | BIG_WRITES | PARALLEL_DIROPS | MAX_PAGES | HANDLE_KILLPRIV_V2)) >>> 0,
    12,
  )
  body.writeUInt16LE(64, 16)
  body.writeUInt16LE(48, 18)
  body.writeUInt32LE(MAX_WRITE_BYTES, 20)
  body.writeUInt32LE(1, 24)
  body.writeUInt16LE(MAX_WRITE_BYTES / 4096, 28)
  return body
}

const NS_PER_S = 1_000_000_000n

const putAttr = (body: Buffer, at: number, stat: fs.BigIntStats): void => {
  for (const [i, value] of [stat.ino, stat.size, stat.blocks].entries())
    body.writeBigUInt64LE(value, at + 8 * i)
  for (const [i, ns] of [stat.atimeNs, stat.mtimeNs, stat.ctimeNs].entries()) {
    const fraction = ((ns % NS_PER_S) + NS_PER_S) % NS_PER_S
    body.writeBigInt64LE((ns - fraction) / NS_PER_S, at + 24 + 8 * i)
    body.writeUInt32LE(Number(fraction), at + 48 + 4 * i)
  }
  const rest = [stat.mode, stat.nlink, stat.uid, stat.gid, stat.rdev, 4096n]
  for (const [i, value] of rest.entries()) body.writeUInt32LE(Number(value), at + 60 + 4 * i)
}

export const encodeAttr = (stat: fs.BigIntStats): Buffer => {
  const body = Buffer.alloc(16 + ATTR_BYTES)
  putAttr(body, 16, stat)
  return body
}

/** A node and its attributes. The kernel must cache neither. */
export const encodeEntry = (nodeId: number, stat: fs.BigIntStats): Buffer => {
  const body = Buffer.alloc(ENTRY_BYTES)
  body.writeBigUInt64LE(BigInt(nodeId), 0)
  putAttr(body, 40, stat)
  return body
}

export const encodeOpen = (handle: number): Buffer => {
  const body = Buffer.alloc(16)
  body.writeBigUInt64LE(BigInt(handle), 0)
  return body
}

export const encodeWritten = (bytes: number): Buffer => {
  const body = Buffer.alloc(8)
  body.writeUInt32LE(bytes, 0)
  return body
}

export const encodeXattrSize = (bytes: number): Buffer => {
  const body = Buffer.alloc(8)
  body.writeUInt32LE(bytes, 0)
  return body
}

export const encodeOffset = (offset: number): Buffer => {
  const body = Buffer.alloc(8)
  body.writeBigUInt64LE(BigInt(offset), 0)
  return body
}

/** @param freeBytes that are free, whatever really is; null: what really is */
export const encodeStatfs = (stat: fs.StatsFs, freeBytes: number | null): Buffer => {
  const body = Buffer.alloc(80)
  const left = freeBytes === null ? Number.POSITIVE_INFINITY : Math.floor(freeBytes / stat.bsize)
  const [free, available] = [Math.min(stat.bfree, left), Math.min(stat.bavail, left)]
  const counts = [stat.blocks, free, available, stat.files, stat.ffree]
  for (const [i, value] of counts.entries()) body.writeBigUInt64LE(BigInt(value), 8 * i)
  body.writeUInt32LE(stat.bsize, 40)
  body.writeUInt32LE(255, 44)
  body.writeUInt32LE(stat.bsize, 48)
  return body
}

export interface DirectoryEntry {
  /** A character for each byte. */
  readonly name: string
  readonly ino: bigint
  /** As in d_type. */
  readonly type: number
}

/** The entries from index `from` on, as many as fit into `room` bytes. */
export const encodeDirectory = (entries: readonly DirectoryEntry[], from: number, room: number): Buffer => {
  const parts: Buffer[] = []
  let size = 0
  for (let i = from; i < entries.length; i++) {
    const { name, ino, type } = entries[i] as DirectoryEntry
    const text = Buffer.from(name, 'latin1')
    const entry = Buffer.alloc((24 + text.length + 7) & ~7)
    if (size + entry.length > room) break
    entry.writeBigUInt64LE(ino, 0)
    entry.writeBigUInt64LE(BigInt(i + 1), 8)
    entry.writeUInt32LE(text.length, 16)
    entry.writeUInt32LE(type, 20)
    text.copy(entry, 24)
    parts.push(entry)
    size += entry.length
  }
  return Buffer.concat(parts)
}
