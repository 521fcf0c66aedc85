/** The file system: carries out each operation on the backing directory and records what is not durable yet. */
import fs from 'node:fs'
import type { DirectoryDurability, Lost, Survival } from '../../api/disk.ts'
import type { Rng } from '../../api/random.ts'
import { setAttributes, takeSetIds, Xattrs } from './attributes.ts'
import { bytesOf, entriesOf } from './backing.ts'
import { Creation } from './creation.ts'
import { UnsyncedDirectories, UnsyncedFile } from './durability.ts'
import { type Inode, Inodes, pathOf, statOf } from './inodes.ts'
import { Names } from './names.ts'
import {
  type DirectoryEntry,
  Errno,
  encodeAttr,
  encodeDirectory,
  encodeEntry,
  encodeInit,
  encodeOffset,
  encodeOpen,
  encodeStatfs,
  encodeWritten,
  MAX_WRITE_BYTES,
  type OperationName,
  type Request,
} from './protocol.ts'
import { pathsOf, relativePath } from './request-paths.ts'
import { Space } from './space.ts'
import { allocate, seek } from './system-calls.ts'
import { Usage } from './usage.ts'

const MOST_KEPT_BYTES = 2 ** 30
/** Of the descriptors that this process may have, for each of two caches, which may grow to twice that; the rest is in use. */
const CACHED_SHARE = 0.125
const MOST_CACHED = 4096

interface Handle {
  readonly inode: Inode
  /** Of a directory. */
  readonly entries: readonly DirectoryEntry[] | null
}

/** The answer to an operation: a body, success without a body (null), or no reply at all. */
export type Answer = Buffer | null | 'no-reply'

export interface PassthroughOptions {
  /** The directory that the node sees as its data directory. */
  readonly root: string
  /** Where unlinked files are kept until their removal is durable. It must be on the same file system. */
  readonly graveyard: string
  readonly durability: DirectoryDurability
}

/** How many files this process may have open. */
const mostOpenFiles = (): number => {
  const limits = fs.readFileSync('/proc/self/limits', 'latin1')
  return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? 1024)
}

export class Passthrough {
  readonly #inodes: Inodes
  readonly #names: Names
  readonly #creation: Creation
  readonly #xattrs = new Xattrs()
  readonly #root: string
  readonly #handles = new Map<number, Handle>()
  readonly #unsynced = new Map<Inode, UnsyncedFile>()
  readonly #directories: UnsyncedDirectories<Inode>
  /** Buffer for reads. It can be reused, since each reply is written before the next request is taken. */
  readonly #scratch = Buffer.allocUnsafe(MAX_WRITE_BYTES)
  #nextHandle = 1
  readonly space = new Space()
  readonly #usage = new Usage(this.space)

  constructor({ root, graveyard, durability }: PassthroughOptions) {
    this.#root = root
    const descriptors = Math.min(MOST_CACHED, Math.floor(mostOpenFiles() * CACHED_SHARE))
    const onUnreachable = (inode: Inode): void => this.#forgetUnsynced(inode)
    this.#inodes = new Inodes({ root, graveyard, descriptors, onUnreachable })
    this.#directories = new UnsyncedDirectories(durability)
    this.#names = new Names(this.#inodes, this.#directories)
    this.#creation = new Creation(this.#inodes, this.#names, this.space)
  }

  /**
   * Number of open files.
   *
   * @param except the node of a file that does not count
   */
  openFiles(except: number | null): number {
    return [...this.#handles.values()].filter(({ entries, inode }) => entries === null && inode.id !== except)
      .length
  }

  /** All that was done so far is durable. */
  syncAll(): void {
    this.#directories.syncAll()
    for (const [inode, file] of [...this.#unsynced]) {
      file.beginSync()
      file.endSync()
      this.#forgetClean(inode)
    }
  }

  /** @throws an error with `errno`: an Errno (positive), or an error of Node's (negative). */
  perform(operation: OperationName, request: Request): Answer {
    const step = this.#operations[operation]
    if (step === undefined) throw new Errno('ENOSYS')
    return step(request)
  }

  /** To be called between two requests. */
  tidy(): void {
    this.#inodes.trim()
  }

  /** Writes only the first part of a request's data; `cut` gives its length. Returns the number of bytes written. */
  writePart(request: Request, cut: (at: number, length: number) => number): number {
    const { inode } = this.#handle(request.u64())
    const at = request.u64()
    const wanted = cut(at, request.u32())
    const length = this.space.isRefusing
      ? this.space.fitting(this.#usage.allocationOf(inode), at, wanted)
      : wanted
    const TAKE_SET_IDS = 4
    if ((request.u32() & TAKE_SET_IDS) !== 0) takeSetIds(inode)
    request.skip(16)
    this.#unsyncedOf(inode).beforeWrite(at, length)
    const data = request.data(length)
    const fd = this.#inodes.content(inode)
    return this.#usage.measured(inode, () => {
      let written = 0
      while (written < length) written += fs.writeSync(fd, data, written, length - written, at + written)
      return written
    })
  }

  /** Begins an fsync. Returns the descriptor to sync, and `ended`, to be called once that has succeeded or failed. */
  beginSync(request: Request): {
    readonly fd: number
    readonly dataOnly: boolean
    readonly ended: (hasSucceeded: boolean) => void
  } {
    const { inode } = this.#handle(request.u64())
    const dataOnly = (request.u32() & 1) !== 0
    const fd = this.#inodes.keepContent(inode)
    const file = this.#unsynced.get(inode)
    file?.beginSync()
    const ended = (hasSucceeded: boolean): void => {
      this.#inodes.letGoContent(inode)
      if (!hasSucceeded) return
      file?.endSync()
      this.#directories.syncFile()
      this.#forgetClean(inode)
    }
    return { fd, dataOnly, ended }
  }

  /** The paths that a request is about. */
  pathsOf(request: Request): readonly string[] {
    return pathsOf(request, this.#inodes)
  }

  /**
   * Rolls back what does not survive. No file may be open.
   *
   * @param isHit whether a path is among those that can lose anything
   */
  losePower(survival: Survival, rng: Rng, isHit: (path: string) => boolean): Lost {
    const lost = { bytes: 0, pages: 0, files: 0, directoryOperations: 0 }
    const survivalOf = (inode: Inode): Survival => (isHit(relativePath(inode) ?? '') ? survival : 'all')
    for (const [i, [inode, file]] of [...this.#unsynced].entries()) {
      const { bytes, pages } = file.losePower(survivalOf(inode), rng.fork('file', i))
      lost.bytes += bytes
      lost.pages += pages
      if (pages > 0) lost.files++
      this.#inodes.closeContent(inode)
      this.#forgetClean(inode)
      this.tidy()
    }
    lost.directoryOperations = this.#directories.losePower(survival, rng.fork('directories'), ({ paths }) =>
      paths().some(isHit),
    )
    return lost
  }

  readonly #operations: Readonly<Partial<Record<OperationName, (request: Request) => Answer>>> = {
    init: encodeInit,
    destroy: () => null,
    flush: () => null,
    lookup: (request) => this.#lookUp(this.#inode(request), request.text()),
    forget: (request) => this.#forget(request.nodeId, request.u64()),
    batchForget: (request) => this.#batchForget(request),
    getattr: (request) => encodeAttr(statOf(this.#inode(request))),
    setattr: (request) => this.#setattr(request),
    // The outer call reads the link by its own path, since a symbolic link cannot be read through its descriptor.
    readlink: (request) => fs.readlinkSync(this.#inodes.named(this.#inode(request)), 'buffer'),
    statfs: () => encodeStatfs(fs.statfsSync(this.#root), this.space.free),
    getxattr: (request) => this.#xattrs.get(this.#inode(request), request),
    setxattr: (request) => this.#setxattr(request),
    listxattr: (request) => this.#xattrs.list(this.#inode(request), request),
    removexattr: (request) => this.#xattrs.remove(this.#inode(request), request),
    open: (request) => this.#open(request),
    create: (request) => this.#made(this.#creation.file(request, this.#inode(request))),
    read: (request) => this.#read(request),
    write: (request) => encodeWritten(this.writePart(request, (_, length) => length)),
    release: (request) => this.#release(request),
    fallocate: (request) => this.#fallocate(request),
    lseek: (request) => this.#seek(request),
    opendir: (request) => this.#opendir(request),
    readdir: (request) => this.#readdir(request),
    releasedir: (request) => this.#release(request),
    fsyncdir: (request) => this.#fsyncdir(request),
    mkdir: (request) => this.#creation.directory(request, this.#inode(request)),
    mknod: (request) => this.#creation.node(request, this.#inode(request)),
    symlink: (request) => this.#creation.symbolicLink(request, this.#inode(request)),
    link: (request) => this.#creation.link(request, this.#inode(request)),
    tmpfile: (request) => this.#made(this.#creation.nameless(request, this.#inode(request))),
    unlink: (request) => this.#remove(request, false),
    rmdir: (request) => this.#remove(request, true),
    rename: (request) => this.#rename(request, 0),
    rename2: (request) => this.#rename(request, 8),
  }

  #inode(request: Request): Inode {
    return this.#inodes.get(request.nodeId)
  }

  #handle(id: number): Handle {
    const handle = this.#handles.get(id)
    if (handle === undefined) throw new Errno('EBADF')
    return handle
  }

  #unsyncedOf(inode: Inode): UnsyncedFile {
    const known = this.#unsynced.get(inode)
    if (known !== undefined) return known
    const file = new UnsyncedFile(bytesOf(inode))
    this.#unsynced.set(inode, file)
    this.#inodes.hold(inode)
    return file
  }

  #forgetClean(inode: Inode): void {
    if (this.#unsynced.get(inode)?.isClean === true) this.#forgetUnsynced(inode)
  }

  #forgetUnsynced(inode: Inode): void {
    if (this.#unsynced.delete(inode)) this.#inodes.release(inode)
  }

  #lookUp(directory: Inode, name: string): Buffer {
    const { inode, stat } = this.#inodes.lookUp(directory, name)
    return encodeEntry(inode.id, stat)
  }

  #forget(id: number, lookups: number): Answer {
    this.#inodes.forget(id, lookups)
    return 'no-reply'
  }

  #batchForget(request: Request): Answer {
    const count = request.u32()
    request.u32()
    for (let i = 0; i < count; i++) this.#forget(request.u64(), request.u64())
    return 'no-reply'
  }

  #setattr(request: Request): Answer {
    const inode = this.#inode(request)
    setAttributes(inode, request, (size) => this.#truncate(inode, size))
    return encodeAttr(statOf(inode))
  }

  #truncate(inode: Inode, size: number): void {
    const before = Number(statOf(inode).size)
    const file = this.#unsyncedOf(inode)
    if (size < before) file.beforeChange(size, before - size)
    this.#usage.measured(inode, () => fs.truncateSync(pathOf(inode), size))
    this.#forgetClean(inode)
  }

  #setxattr(request: Request): Answer {
    const inode = this.#inode(request)
    return this.#usage.measured(inode, () => this.#xattrs.set(inode, request))
  }

  #newHandle(inode: Inode, entries: Handle['entries']): Buffer {
    const id = this.#nextHandle++
    this.#handles.set(id, { inode, entries })
    inode.opens++
    this.#inodes.hold(inode)
    return encodeOpen(id)
  }

  #open(request: Request): Answer {
    const inode = this.#inode(request)
    this.#inodes.content(inode)
    return this.#newHandle(inode, null)
  }

  #made({ inode, entry }: { readonly inode: Inode; readonly entry: Buffer }): Answer {
    return Buffer.concat([entry, this.#newHandle(inode, null)])
  }

  #read(request: Request): Answer {
    const fd = this.#inodes.content(this.#handle(request.u64()).inode)
    const at = request.u64()
    const bytes = this.#scratch.subarray(0, request.u32())
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, at))
  }

  #release(request: Request): Answer {
    const id = request.u64()
    const { inode } = this.#handle(id)
    this.#handles.delete(id)
    inode.opens--
    this.#usage.freed(inode)
    this.#inodes.closeContent(inode)
    this.#inodes.release(inode)
    return null
  }

  /** Where data or a hole begins. */
  #seek(request: Request): Answer {
    const { inode } = this.#handle(request.u64())
    const at = request.u64()
    return encodeOffset(seek(pathOf(inode), at, request.u32()))
  }

  /** Reserves space, punches a hole or zeroes a range. Modes that move what follows are not supported. */
  #fallocate(request: Request): Answer {
    const { inode } = this.#handle(request.u64())
    const [at, length, mode] = [request.u64(), request.u64(), request.u32()]
    const [KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE] = [1, 2, 16]
    if ((mode & ~(KEEP_SIZE | PUNCH_HOLE | ZERO_RANGE)) !== 0) throw new Errno('EOPNOTSUPP')
    const file = this.#unsyncedOf(inode)
    if ((mode & (PUNCH_HOLE | ZERO_RANGE)) !== 0) {
      // What was there is kept until the next fsync.
      if (length > MOST_KEPT_BYTES) throw new Errno('EOPNOTSUPP')
      file.beforeChange(at, length)
    }
    if ((mode & PUNCH_HOLE) === 0)
      this.space.require(this.space.missing(this.#usage.allocationOf(inode), at, length))
    this.#usage.measured(inode, () => allocate(pathOf(inode), mode, at, length))
    this.#forgetClean(inode)
    return null
  }

  #opendir(request: Request): Answer {
    const inode = this.#inode(request)
    return this.#newHandle(inode, entriesOf(inode))
  }

  #readdir(request: Request): Answer {
    const { entries } = this.#handle(request.u64())
    const from = request.u64()
    return encodeDirectory(entries ?? [], from, request.u32())
  }

  #fsyncdir(request: Request): Answer {
    const { inode } = this.#handle(request.u64())
    const fd = fs.openSync(pathOf(inode), fs.constants.O_RDONLY)
    try {
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
    this.#directories.syncDirectory(inode)
    return null
  }

  #remove(request: Request, isDirectory: boolean): Answer {
    this.#usage.freed(this.#names.remove(this.#inode(request), request.text(), isDirectory))
    return null
  }

  /** @param flagBytes size of rename2's flags: "do not replace" (1), "exchange" (2); whiteout is not supported. */
  #rename(request: Request, flagBytes: number): Answer {
    const from = this.#inode(request)
    const to = this.#inodes.get(request.u64())
    const flags = flagBytes === 0 ? 0 : request.u32()
    if (flagBytes !== 0) request.skip(4)
    if (flags > 2) throw new Errno('EINVAL')
    const oldName = request.text()
    if (flags === 2) {
      this.#names.exchange(from, oldName, to, request.text())
      return null
    }
    const replaced = this.#names.rename(from, oldName, to, request.text(), flags === 0)
    if (replaced !== null) this.#usage.freed(replaced)
    return null
  }
}
