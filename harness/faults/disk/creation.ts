/** Requests that make files, directories and links. Each belongs to its caller, and to the group of a setgid directory. */
import fs from 'node:fs'
import { type Inode, type Inodes, pathOf, statOf } from './inodes.ts'
import type { Names } from './names.ts'
import { encodeEntry, type Request } from './protocol.ts'
import { BLOCK_BYTES, type Space } from './space.ts'
import { linkOpened, makeNode } from './system-calls.ts'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_RDWR, S_IFMT, S_IFREG } = fs.constants
const O_TMPFILE = 0o20000000 | O_DIRECTORY
const S_ISGID = 0o2000
const SET_IDS = 0o6000
const PERMISSIONS = 0o7777
/** A symbolic link that is shorter is stored in its inode. */
const LONG_LINK_BYTES = 60

const isSetgid = (directory: Inode): boolean => (Number(statOf(directory).mode) & S_ISGID) !== 0

const groupFor = (request: Request, directory: Inode): number =>
  isSetgid(directory) ? Number(statOf(directory).gid) : request.gid

export class Creation {
  readonly #inodes: Inodes
  readonly #names: Names
  readonly #space: Space

  constructor(inodes: Inodes, names: Names, space: Space) {
    this.#inodes = inodes
    this.#names = names
    this.#space = space
  }

  /** `name` was created: returns its entry for the kernel. */
  #made(directory: Inode, name: string, isDirectory: boolean): Buffer {
    const { inode, stat } = this.#inodes.lookUp(directory, name)
    this.#names.made(directory, name, inode, isDirectory)
    return encodeEntry(inode.id, stat)
  }

  /** Opens a file, which is made if it does not exist. Returns it with its entry for the kernel. */
  file(request: Request, directory: Inode): { readonly inode: Inode; readonly entry: Buffer } {
    const flags = request.u32()
    const mode = request.u32() & PERMISSIONS
    const name = request.skip(8).text()
    const file = pathOf(directory, name)
    const isNew = fs.lstatSync(file, { throwIfNoEntry: false }) === undefined
    const fd = fs.openSync(file, O_RDWR | O_CREAT | (flags & O_EXCL), mode)
    try {
      if (isNew) this.#own(fd, request, directory, mode)
    } finally {
      fs.closeSync(fd)
    }
    const { inode, stat } = this.#inodes.lookUp(directory, name)
    if (isNew) this.#names.made(directory, name, inode, false)
    return { inode, entry: encodeEntry(inode.id, stat) }
  }

  /** A change of the owner takes setuid and setgid away. */
  #own(fd: number, request: Request, directory: Inode, mode: number): void {
    fs.fchownSync(fd, request.uid, groupFor(request, directory))
    if ((mode & SET_IDS) !== 0) fs.fchmodSync(fd, mode)
  }

  /** A file without a name. */
  nameless(request: Request, directory: Inode): { readonly inode: Inode; readonly entry: Buffer } {
    request.u32()
    const mode = request.u32() & PERMISSIONS
    const fd = fs.openSync(pathOf(directory), O_TMPFILE | O_RDWR, mode)
    this.#own(fd, request, directory, mode)
    const { inode, stat } = this.#inodes.adopt(fd)
    return { inode, entry: encodeEntry(inode.id, stat) }
  }

  directory(request: Request, parent: Inode): Buffer {
    const mode = request.u32() & PERMISSIONS
    const name = request.skip(4).text()
    const file = pathOf(parent, name)
    this.#space.require(BLOCK_BYTES)
    fs.mkdirSync(file, mode)
    fs.lchownSync(file, request.uid, groupFor(request, parent))
    // The process's umask is 0, but mkdir knows no setuid and setgid.
    const inherited = isSetgid(parent) ? S_ISGID : 0
    if (((mode & SET_IDS) | inherited) !== 0) fs.chmodSync(file, mode | inherited)
    this.#space.took(BLOCK_BYTES)
    return this.#made(parent, name, true)
  }

  /** Regular files, FIFOs, sockets and devices. */
  node(request: Request, directory: Inode): Buffer {
    const [mode, device] = [request.u32(), request.u32()]
    const name = request.skip(8).text()
    const file = pathOf(directory, name)
    if ((mode & S_IFMT) !== S_IFREG) makeNode(file, mode, device)
    else fs.closeSync(fs.openSync(file, O_CREAT | O_EXCL | O_RDWR, mode & PERMISSIONS))
    fs.lchownSync(file, request.uid, groupFor(request, directory))
    if ((mode & SET_IDS) !== 0) fs.chmodSync(file, mode & PERMISSIONS)
    return this.#made(directory, name, false)
  }

  symbolicLink(request: Request, directory: Inode): Buffer {
    const name = request.text()
    const target = Buffer.from(request.text(), 'latin1')
    const needed = target.length < LONG_LINK_BYTES ? 0 : BLOCK_BYTES
    this.#space.require(needed)
    fs.symlinkSync(target, pathOf(directory, name))
    fs.lchownSync(pathOf(directory, name), request.uid, groupFor(request, directory))
    this.#space.took(needed)
    return this.#made(directory, name, false)
  }

  link(request: Request, directory: Inode): Buffer {
    const inode = this.#inodes.get(request.u64())
    const name = request.text()
    const isNameless = inode.places.length === 0
    if (isNameless) linkOpened(pathOf(inode), pathOf(directory, name))
    else fs.linkSync(this.#inodes.named(inode), pathOf(directory, name))
    const made = this.#made(directory, name, false)
    if (isNameless) this.#inodes.wasNamed(inode)
    return made
  }
}
