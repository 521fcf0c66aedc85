/**
 * The inodes of the backing directory that the kernel knows. No descriptor is held for each: an inode knows the names that
 * it was found under, which follow renames, and is opened again by one of them. So a data directory may have more files
 * than a process may open. What was removed for good and is still in use has no name, and keeps a descriptor.
 */
import fs from 'node:fs'
import { Descriptors } from './descriptors.ts'
import { Errno } from './protocol.ts'
import { exchange } from './system-calls.ts'

const O_PATH = 0o10000000
const { O_NOFOLLOW, O_RDWR } = fs.constants

/** A name in a directory: a character for each byte. */
export interface Place {
  readonly directory: Inode
  readonly name: string
}

export interface Inode {
  readonly id: number
  readonly key: string
  readonly home: Inodes
  /** Names under which it can be found: all that the kernel has looked up and not removed since. */
  places: readonly Place[]
  /** The name that was removed last. */
  former: Place | null
  /** How often the kernel has looked it up without forgetting it. */
  lookups: number
  /** How many others need it: open handles, inodes in it, and records of operations that are not durable. */
  holds: number
  /** How many handles are open. */
  opens: number
  /** How many of its names were removed but can still be restored. The link count shown to the kernel excludes them. */
  buried: number
}

/**
 * A path to the inode, or to a name in it, as bytes. It holds until the next request.
 *
 * @param name a character for each byte
 */
export const pathOf = (inode: Inode, name?: string): Buffer => inode.home.path(inode, name)

export const statOf = (inode: Inode): fs.BigIntStats => inode.home.stat(inode)

/** The number of a removed inode is used again, the time of its birth is not. */
const keyOf = ({ dev, ino, birthtimeNs }: fs.BigIntStats): string => `${dev}:${ino}:${birthtimeNs}`

const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ESTALE'].includes((error as NodeJS.ErrnoException).code ?? '') ||
  (error instanceof Errno && error.message === 'ESTALE')

const lstat = (file: string | Buffer): fs.BigIntStats => fs.lstatSync(file, { bigint: true })

const open = (file: string | Buffer): number => fs.openSync(file, O_PATH | O_NOFOLLOW)

export interface InodesOptions {
  readonly root: string
  readonly graveyard: string
  /** How many descriptors may be open for later use, for finding files and for their content each. */
  readonly descriptors: number
  /** The inode has no name and nobody has it open, but something still holds it. */
  readonly onUnreachable: (inode: Inode) => void
}

export class Inodes {
  readonly #byId = new Map<number, Inode>()
  readonly #byKey = new Map<string, Inode>()
  /** For finding files (O_PATH). */
  readonly #paths: Descriptors<Inode>
  /** For their content. One serves all handles of a file, since every access has a position. */
  readonly #contents: Descriptors<Inode>
  readonly #onUnreachable: InodesOptions['onUnreachable']
  #nextId = 1
  readonly root: Inode
  /** Where removed files are kept. */
  readonly graveyard: Inode

  constructor({ root, graveyard, descriptors, onUnreachable }: InodesOptions) {
    this.#paths = new Descriptors(descriptors, fs.closeSync)
    this.#contents = new Descriptors(descriptors, fs.closeSync)
    this.#onUnreachable = onUnreachable
    // The kernel gives the root the number 1.
    this.root = this.#always(root)
    this.graveyard = this.#always(graveyard)
  }

  #always(directory: string): Inode {
    const inode = this.#known(lstat(directory))
    inode.lookups = 1
    this.#paths.keep(inode, () => open(directory))
    return inode
  }

  get(id: number): Inode {
    const inode = this.#byId.get(id)
    if (inode === undefined) throw new Errno('ESTALE')
    return inode
  }

  #known(stat: fs.BigIntStats): Inode {
    const key = keyOf(stat)
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const counts = { lookups: 0, holds: 0, opens: 0, buried: 0 }
    const inode: Inode = { id: this.#nextId++, key, home: this, places: [], former: null, ...counts }
    this.#byId.set(inode.id, inode)
    this.#byKey.set(key, inode)
    return inode
  }

  /** The inode of a name. The kernel knows it from now on. */
  lookUp(directory: Inode, name: string): { readonly inode: Inode; readonly stat: fs.BigIntStats } {
    const stat = lstat(this.path(directory, name))
    const inode = this.#known(stat)
    this.#addPlace(inode, directory, name)
    inode.lookups++
    return { inode, stat: this.#shown(inode, stat) }
  }

  /** The inode of an open file that has no name. The kernel knows it from now on. */
  adopt(fd: number): { readonly inode: Inode; readonly stat: fs.BigIntStats } {
    const stat = fs.fstatSync(fd, { bigint: true })
    const inode = this.#known(stat)
    inode.lookups++
    this.#paths.keep(inode, () => fs.openSync(`/proc/self/fd/${fd}`, O_PATH))
    this.#contents.get(inode, () => fd)
    return { inode, stat }
  }

  /** It has a name now, by which it can be opened again. */
  wasNamed(inode: Inode): void {
    this.#paths.letGo(inode)
  }

  path(inode: Inode, name?: string): Buffer {
    const fd = this.#paths.get(inode, () => this.#reopen(inode))
    return Buffer.from(name === undefined ? `/proc/self/fd/${fd}` : `/proc/self/fd/${fd}/${name}`, 'latin1')
  }

  /** A descriptor for reading and writing its content. It holds until the next request. */
  content(inode: Inode): number {
    return this.#contents.get(inode, () => fs.openSync(this.path(inode), O_RDWR))
  }

  /** The same, until it is let go. */
  keepContent(inode: Inode): number {
    return this.#contents.keep(inode, () => this.content(inode))
  }

  letGoContent(inode: Inode): void {
    this.#contents.letGo(inode)
  }

  /** Nobody has it open. */
  closeContent(inode: Inode): void {
    if (inode.opens === 0) this.#contents.drop(inode)
  }

  stat(inode: Inode): fs.BigIntStats {
    const fd = this.#paths.peek(inode) ?? this.#contents.peek(inode)
    if (fd !== undefined) return this.#shown(inode, fs.fstatSync(fd, { bigint: true }))
    const { stat } = this.#find(inode) ?? {}
    if (stat === undefined) throw new Errno('ESTALE')
    return this.#shown(inode, stat)
  }

  #shown(inode: Inode, stat: fs.BigIntStats): fs.BigIntStats {
    if (inode.buried > 0) stat.nlink = stat.isDirectory() ? 0n : stat.nlink - BigInt(inode.buried)
    return stat
  }

  /** A path to the inode by a name, for calls that do not take it by its descriptor: those about symbolic links. */
  named(inode: Inode): Buffer {
    const found = this.#find(inode)
    if (found === null) throw new Errno('ENOENT')
    return found.path
  }

  /** Its name may be of another file by now: whoever restores a data directory changes it behind our back. */
  #find(inode: Inode): { readonly path: Buffer; readonly stat: fs.BigIntStats } | null {
    for (const { directory, name } of inode.places)
      try {
        const path = this.path(directory, name)
        const stat = lstat(path)
        if (keyOf(stat) === inode.key) return { path, stat }
      } catch (error) {
        if (!isGone(error)) throw error
      }
    return null
  }

  #reopen(inode: Inode): number {
    const found = this.#find(inode)
    if (found === null) throw new Errno('ESTALE')
    return open(found.path)
  }

  #addPlace(inode: Inode, directory: Inode, name: string): void {
    if (inode.places.some((place) => place.directory === directory && place.name === name)) return
    inode.places = [...inode.places, { directory, name }]
    this.hold(directory)
  }

  /** The name is gone. */
  removePlace(inode: Inode, directory: Inode, name: string): void {
    const kept = inode.places.filter((place) => place.directory !== directory || place.name !== name)
    if (kept.length === inode.places.length) return
    inode.places = kept
    if (directory !== this.graveyard) inode.former = { directory, name }
    this.release(directory)
  }

  /** Renames, and the inode is found under its new name from now on. Returns it, held. */
  move(from: Inode, oldName: string, to: Inode, newName: string): Inode {
    const source = this.path(from, oldName)
    const inode = this.#known(lstat(source))
    this.hold(inode)
    try {
      fs.renameSync(source, this.path(to, newName))
    } catch (error) {
      this.release(inode)
      throw error
    }
    this.#addPlace(inode, to, newName)
    this.removePlace(inode, from, oldName)
    return inode
  }

  /** Exchanges two names, and each inode is found under the other one's from now on. */
  exchange(from: Inode, oldName: string, to: Inode, newName: string): void {
    const one = this.#known(lstat(this.path(from, oldName)))
    const other = this.#known(lstat(this.path(to, newName)))
    this.hold(one)
    this.hold(other)
    try {
      exchange(this.path(from, oldName), this.path(to, newName))
      this.#addPlace(one, to, newName)
      this.#addPlace(other, from, oldName)
      if (one === other) return
      this.removePlace(one, from, oldName)
      this.removePlace(other, to, newName)
    } finally {
      this.release(one)
      this.release(other)
    }
  }

  /**
   * To be called before its name is removed for good, by whoever holds it. If that was its last one, and another needs it
   * too, it stays open.
   */
  beforeRemoval(inode: Inode, directory: Inode, name: string): void {
    const isNeeded = inode.lookups > 0 || inode.holds > 1
    if (isNeeded && inode.places.length === 1)
      try {
        this.#paths.keep(inode, () => this.#reopen(inode))
      } catch (error) {
        if (!isGone(error)) throw error
      }
    this.removePlace(inode, directory, name)
  }

  forget(id: number, lookups: number): void {
    const inode = this.#byId.get(id)
    if (inode === undefined) return
    inode.lookups -= lookups
    this.#drop(inode)
  }

  hold(inode: Inode): void {
    inode.holds++
  }

  release(inode: Inode): void {
    inode.holds--
    this.#drop(inode)
  }

  /** Forgets the inode once neither the kernel nor anyone else refers to it. */
  #drop(inode: Inode): void {
    if (inode.lookups > 0) return
    if (inode.holds > 0) {
      if (inode.places.length === 0 && inode.opens === 0) this.#onUnreachable(inode)
      return
    }
    if (this.#byId.get(inode.id) !== inode) return
    this.#byId.delete(inode.id)
    this.#byKey.delete(inode.key)
    this.#paths.drop(inode)
    this.#contents.drop(inode)
    const { places } = inode
    inode.places = []
    for (const { directory } of places) this.release(directory)
  }

  /** To be called between two requests. */
  trim(): void {
    this.#paths.trim()
    this.#contents.trim()
  }
}
