/**
 * The operations that change names in directories, each with a function that undoes it. A removed file is moved to the
 * graveyard and deleted only once its removal is durable.
 */
import fs from 'node:fs'
import type { UnsyncedDirectories } from './durability.ts'
import { type Inode, type Inodes, pathOf, statOf } from './inodes.ts'
import { Errno } from './protocol.ts'
import { relativePath } from './request-paths.ts'

const exists = (file: Buffer): boolean => fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined

/** A removed file under a name in the graveyard, kept for as long as it may have to be restored. */
interface Grave {
  readonly name: string
  readonly inode: Inode
}

/** Their paths, as they are when they are asked for. */
const pathsBelow =
  (...places: readonly (readonly [directory: Inode, name: string])[]) =>
  (): readonly string[] =>
    places.flatMap(([directory, name]) => {
      const path = relativePath(directory)
      if (path === null) return []
      return [path === '' ? name : `${path}/${name}`]
    })

export class Names {
  readonly #inodes: Inodes
  readonly #unsynced: UnsyncedDirectories<Inode>
  #nextGrave = 1

  constructor(inodes: Inodes, unsynced: UnsyncedDirectories<Inode>) {
    this.#inodes = inodes
    this.#unsynced = unsynced
  }

  /** Holds the inodes until the function that it returns is called. */
  #hold(...inodes: readonly Inode[]): () => void {
    for (const each of inodes) this.#inodes.hold(each)
    return () => {
      for (const each of inodes) this.#inodes.release(each)
    }
  }

  /** `name` was created in `directory`. */
  made(directory: Inode, name: string, inode: Inode, isDirectory: boolean): void {
    const letGo = this.#hold(directory, inode)
    this.#unsynced.add({
      directories: [directory],
      paths: pathsBelow([directory, name]),
      ...(isDirectory ? { made: inode } : {}),
      undo: () => {
        fs.rmSync(pathOf(directory, name), { recursive: true, force: true })
        this.#inodes.removePlace(inode, directory, name)
        letGo()
      },
      settle: letGo,
    })
  }

  /** Returns what had the name. */
  remove(directory: Inode, name: string, isDirectory: boolean): Inode {
    const file = pathOf(directory, name)
    const stat = fs.lstatSync(file)
    if (stat.isDirectory() !== isDirectory) throw new Errno(isDirectory ? 'ENOTDIR' : 'EISDIR')
    if (isDirectory && fs.readdirSync(file).length > 0) throw new Errno('ENOTEMPTY')
    const grave = this.#bury(directory, name)
    this.#inodes.hold(directory)
    this.#unsynced.add({
      directories: [directory],
      paths: pathsBelow([directory, name]),
      undo: () => {
        this.#raise(grave, directory, name)
        this.#inodes.release(directory)
      },
      settle: () => {
        this.#leave(grave)
        this.#inodes.release(directory)
      },
    })
    return grave.inode
  }

  /** Returns what it replaced, if anything. */
  rename(from: Inode, oldName: string, to: Inode, newName: string, mayReplace: boolean): Inode | null {
    const [source, target] = [pathOf(from, oldName), pathOf(to, newName)]
    const moved = fs.lstatSync(source)
    const replaced = fs.lstatSync(target, { throwIfNoEntry: false })
    if (replaced !== undefined && !mayReplace) throw new Errno('EEXIST')
    // By POSIX, a rename between two names of the same inode does nothing.
    if (replaced !== undefined && replaced.ino === moved.ino) return null
    const grave = replaced === undefined ? null : this.#replace(moved, replaced, to, newName)
    try {
      this.#inodes.release(this.#inodes.move(from, oldName, to, newName))
    } catch (error) {
      if (grave !== null) this.#raise(grave, to, newName)
      throw error
    }
    const letGo = this.#hold(from, to)
    this.#unsynced.add({
      directories: from === to ? [from] : [from, to],
      paths: pathsBelow([from, oldName], [to, newName]),
      undo: () => {
        if (exists(pathOf(to, newName)) && !exists(pathOf(from, oldName)))
          this.#inodes.release(this.#inodes.move(to, newName, from, oldName))
        if (grave !== null) this.#raise(grave, to, newName)
        letGo()
      },
      settle: () => {
        if (grave !== null) this.#leave(grave)
        letGo()
      },
    })
    return grave?.inode ?? null
  }

  /** Both names go on to exist, each for what the other one was. */
  exchange(from: Inode, oldName: string, to: Inode, newName: string): void {
    const swap = (): void => this.#inodes.exchange(from, oldName, to, newName)
    swap()
    const letGo = this.#hold(from, to)
    this.#unsynced.add({
      directories: from === to ? [from] : [from, to],
      paths: pathsBelow([from, oldName], [to, newName]),
      undo: () => {
        swap()
        letGo()
      },
      settle: letGo,
    })
  }

  /** A rename can only replace an entry of the same type, and a directory only if it is empty. */
  #replace(moved: fs.Stats, replaced: fs.Stats, to: Inode, name: string): Grave {
    if (replaced.isDirectory() && !moved.isDirectory()) throw new Errno('EISDIR')
    if (!replaced.isDirectory() && moved.isDirectory()) throw new Errno('ENOTDIR')
    if (replaced.isDirectory() && fs.readdirSync(pathOf(to, name)).length > 0) throw new Errno('ENOTEMPTY')
    return this.#bury(to, name)
  }

  #bury(directory: Inode, oldName: string): Grave {
    const name = String(this.#nextGrave++)
    const inode = this.#inodes.move(directory, oldName, this.#inodes.graveyard, name)
    inode.buried++
    return { name, inode }
  }

  #raise(grave: Grave, directory: Inode, name: string): void {
    if (exists(pathOf(directory, name))) return this.#leave(grave)
    const { inode } = grave
    inode.buried--
    this.#inodes.release(this.#inodes.move(this.#inodes.graveyard, grave.name, directory, name))
    this.#inodes.release(inode)
  }

  #leave({ name, inode }: Grave): void {
    const { graveyard } = this.#inodes
    // Only directories that were empty are there.
    const remove = statOf(inode).isDirectory() ? fs.rmdirSync : fs.unlinkSync
    this.#inodes.beforeRemoval(inode, graveyard, name)
    remove(pathOf(graveyard, name))
    inode.buried--
    this.#inodes.release(inode)
  }
}
