/** The file system: carries out each operation on the backing directory and records what is not durable yet. */
import fs from 'node:fs'
import type { DirectoryDurability, Lost, Survival } from '../../api/disk.ts'
import type { Rng } from '../../api/random.ts'
import { givesGroup, groupFor, S_ISGID, setAttributes } from './attributes.ts'
import { backingFlags, bytesOf, entriesOf } from './backing.ts'
import { PAGE_BYTES, UnsyncedDirectories, UnsyncedFile } from './durability.ts'
import { type Inode, Inodes, pathOf, statOf } from './inodes.ts'
import { Names } from './names.ts'
import {
  type DirectoryEntry,
  Errno,
  encodeAttr,
  encodeDirectory,
  encodeEntry,
  encodeInit,
  encodeOpen,
  encodeStatfs,
  encodeWritten,
  MAX_WRITE_BYTES,
  type OperationName,
  type Request,
} from './protocol.ts'
import { allocate, makeNode } from './system-calls.ts'

const { O_CREAT, O_EXCL } = fs.constants
const MOST_KEPT_BYTES = 2 ** 30
const NO_FD = -1

interface Handle {
  readonly inode: Inode
  readonly fd: number
  readonly entries: readonly DirectoryEntry[]
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

export class Passthrough {
  readonly #inodes: Inodes
  readonly #names: Names
  readonly #root: string
  readonly #handles = new Map<number, Handle>()
  readonly #unsynced = new Map<Inode, UnsyncedFile>()
  readonly #directories: UnsyncedDirectories<Inode>
  /** Buffer for reads. It can be reused, since each reply is written before the next request is taken. */
  readonly #scratch = Buffer.allocUnsafe(MAX_WRITE_BYTES)
  #nextHandle = 1
  /** It tells that no space is free. */
  isFull = false

  constructor({ root, graveyard, durability }: PassthroughOptions) {
    this.#root = root
    this.#inodes = new Inodes(root)
    this.#directories = new UnsyncedDirectories(durability)
    this.#names = new Names(this.#inodes, graveyard, this.#directories)
  }

  /** Number of open files. */
  get openFiles(): number {
    return [...this.#handles.values()].filter(({ fd }) => fd !== NO_FD).length
  }

  /** @throws an error with `errno`: an Errno (positive), or an error of Node's (negative). */
  perform(operation: OperationName, request: Request): Answer {
    const step = this.#operations[operation]
    if (step === undefined) throw new Errno('ENOSYS')
    return step(request)
  }

  /** Whether a disk without free space could not do it. */
  needsSpace(request: Request): boolean {
    switch (request.operation) {
      case 'write': {
        const { inode } = this.#handle(request.u64())
        const end = request.u64() + request.u32()
        return end > Math.ceil(Number(statOf(inode).size) / PAGE_BYTES) * PAGE_BYTES
      }
      case 'create': {
        const file = pathOf(this.#inode(request), request.skip(16).text())
        return fs.lstatSync(file, { throwIfNoEntry: false }) === undefined
      }
      case 'mkdir':
      case 'mknod':
      case 'symlink':
      case 'link':
      case 'fallocate':
        return true
      default:
        return false
    }
  }

  /** Writes only the first part of a request's data; `cut` gives its length. Returns the number of bytes written. */
  writePart(request: Request, cut: (at: number, length: number) => number): number {
    const { inode, fd } = this.#handle(request.u64())
    const at = request.u64()
    const length = cut(at, request.u32())
    request.skip(20)
    this.#unsyncedOf(inode).beforeWrite(at, length)
    const data = request.data(length)
    let written = 0
    while (written < length) written += fs.writeSync(fd, data, written, length - written, at + written)
    return written
  }

  /** Begins an fsync. Returns the descriptor to sync, and `done`, to be called once that has succeeded. */
  beginSync(request: Request): {
    readonly fd: number
    readonly dataOnly: boolean
    readonly done: () => void
  } {
    const { inode, fd } = this.#handle(request.u64())
    const dataOnly = (request.u32() & 1) !== 0
    const file = this.#unsynced.get(inode)
    file?.beginSync()
    const done = (): void => {
      file?.endSync()
      this.#directories.syncFile()
      this.#forgetClean(inode)
    }
    return { fd, dataOnly, done }
  }

  /** Rolls back what does not survive. No file may be open. */
  losePower(survival: Survival, rng: Rng): Lost {
    const lost = { bytes: 0, pages: 0, files: 0, directoryOperations: 0 }
    for (const [i, [inode, file]] of [...this.#unsynced].entries()) {
      const { bytes, pages } = file.losePower(survival, rng.fork('file', i))
      lost.bytes += bytes
      lost.pages += pages
      if (pages > 0) lost.files++
      this.#forgetClean(inode)
    }
    lost.directoryOperations = this.#directories.losePower(survival, rng.fork('directories'))
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
    readlink: (request) => fs.readlinkSync(this.#ownPath(this.#inode(request)), 'buffer'),
    statfs: () => encodeStatfs(fs.statfsSync(this.#root), this.isFull),
    open: (request) => this.#open(request),
    create: (request) => this.#create(request),
    read: (request) => this.#read(request),
    write: (request) => encodeWritten(this.writePart(request, (_, length) => length)),
    release: (request) => this.#release(request),
    fallocate: (request) => this.#fallocate(request),
    opendir: (request) => this.#opendir(request),
    readdir: (request) => this.#readdir(request),
    releasedir: (request) => this.#release(request),
    fsyncdir: (request) => this.#fsyncdir(request),
    mkdir: (request) => this.#mkdir(request),
    mknod: (request) => this.#mknod(request),
    symlink: (request) => this.#symlink(request),
    link: (request) => this.#link(request),
    unlink: (request) => this.#remove(request, false),
    rmdir: (request) => this.#remove(request, true),
    rename: (request) => this.#rename(request, 0),
    rename2: (request) => this.#rename(request, 8),
  }

  #inode(request: Request): Inode {
    return this.#inodes.get(request.nodeId)
  }

  /** The path of an inode by names, of which it has one as long as it is not unlinked. */
  #ownPath(inode: Inode): Buffer {
    return fs.readlinkSync(pathOf(inode), 'buffer')
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
    if (this.#unsynced.get(inode)?.isClean !== true) return
    this.#unsynced.delete(inode)
    this.#inodes.release(inode)
  }

  #lookUp(directory: Inode, name: string): Buffer {
    const inode = this.#inodes.lookUp(directory, name)
    return encodeEntry(inode.id, statOf(inode))
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
    fs.truncateSync(pathOf(inode), size)
    this.#forgetClean(inode)
  }

  #newHandle(inode: Inode, fd: number, entries: readonly DirectoryEntry[] = []): Buffer {
    const id = this.#nextHandle++
    this.#handles.set(id, { inode, fd, entries })
    this.#inodes.hold(inode)
    return encodeOpen(id)
  }

  #open(request: Request): Answer {
    const inode = this.#inode(request)
    return this.#newHandle(inode, fs.openSync(pathOf(inode), backingFlags(request.u32())))
  }

  #create(request: Request): Answer {
    const directory = this.#inode(request)
    const flags = request.u32()
    const mode = request.u32()
    const name = request.skip(8).text()
    const file = pathOf(directory, name)
    const isNew = fs.lstatSync(file, { throwIfNoEntry: false }) === undefined
    const fd = fs.openSync(file, backingFlags(flags) | O_CREAT | (flags & O_EXCL), mode & 0o7777)
    if (isNew) fs.fchownSync(fd, request.uid, groupFor(request, directory))
    const inode = this.#inodes.lookUp(directory, name)
    if (isNew) this.#names.made(directory, name, inode, false)
    return Buffer.concat([encodeEntry(inode.id, statOf(inode)), this.#newHandle(inode, fd)])
  }

  #read(request: Request): Answer {
    const { fd } = this.#handle(request.u64())
    const at = request.u64()
    const bytes = this.#scratch.subarray(0, request.u32())
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, at))
  }

  #release(request: Request): Answer {
    const id = request.u64()
    const { inode, fd } = this.#handle(id)
    this.#handles.delete(id)
    if (fd !== NO_FD) fs.closeSync(fd)
    this.#inodes.release(inode)
    return null
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
    allocate(pathOf(inode), mode, at, length)
    this.#forgetClean(inode)
    return null
  }

  #opendir(request: Request): Answer {
    const inode = this.#inode(request)
    return this.#newHandle(inode, NO_FD, entriesOf(pathOf(inode)))
  }

  #readdir(request: Request): Answer {
    const { entries } = this.#handle(request.u64())
    const from = request.u64()
    return encodeDirectory(entries, from, request.u32())
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

  /** To be called after `name` was created: gives it to the caller's user and returns its entry for the kernel. */
  #made(request: Request, directory: Inode, name: string, isDirectory: boolean): Buffer {
    fs.lchownSync(pathOf(directory, name), request.uid, groupFor(request, directory))
    const inode = this.#inodes.lookUp(directory, name)
    this.#names.made(directory, name, inode, isDirectory)
    return encodeEntry(inode.id, statOf(inode))
  }

  #mkdir(request: Request): Answer {
    const directory = this.#inode(request)
    const mode = request.u32()
    const name = request.skip(4).text()
    const file = pathOf(directory, name)
    fs.mkdirSync(file, mode & 0o7777)
    const made = this.#made(request, directory, name, true)
    // A change of the owner clears the bit.
    if (givesGroup(directory)) fs.chmodSync(file, (mode & 0o7777) | S_ISGID)
    return made
  }

  /** Regular files, FIFOs and sockets. A data directory contains no devices. */
  #mknod(request: Request): Answer {
    const directory = this.#inode(request)
    const mode = request.u32()
    const name = request.skip(12).text()
    const { S_IFMT, S_IFREG, S_IFIFO, S_IFSOCK } = fs.constants
    const type = mode & S_IFMT
    if (type === S_IFIFO || type === S_IFSOCK) makeNode(pathOf(directory, name), mode)
    else if (type !== S_IFREG) throw new Errno('EPERM')
    else {
      const flags = O_CREAT | O_EXCL | fs.constants.O_WRONLY
      fs.closeSync(fs.openSync(pathOf(directory, name), flags, mode & 0o7777))
    }
    return this.#made(request, directory, name, false)
  }

  #symlink(request: Request): Answer {
    const directory = this.#inode(request)
    const name = request.text()
    fs.symlinkSync(Buffer.from(request.text(), 'latin1'), pathOf(directory, name))
    return this.#made(request, directory, name, false)
  }

  #link(request: Request): Answer {
    const directory = this.#inode(request)
    const inode = this.#inodes.get(request.u64())
    const name = request.text()
    fs.linkSync(this.#ownPath(inode), pathOf(directory, name))
    this.#names.made(directory, name, inode, false)
    return this.#lookUp(directory, name)
  }

  #remove(request: Request, isDirectory: boolean): Answer {
    this.#names.remove(this.#inode(request), request.text(), isDirectory)
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
    this.#names.rename(from, oldName, to, request.text(), flags === 0)
    return null
  }
}
