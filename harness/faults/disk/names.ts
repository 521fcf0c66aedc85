/**
 * The operations that change names in directories, each with a function that undoes it. A removed file is moved to the
 * graveyard and deleted only once its removal is durable.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { UnsyncedDirectories } from './durability.ts'
import { type Inode, type Inodes, pathOf } from './inodes.ts'
import { Errno } from './protocol.ts'
import { exchange } from './system-calls.ts'

const exists = (file: Buffer): boolean => fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined

/** A removed file in the graveyard, kept for as long as it may have to be restored. */
interface Grave {
  readonly file: string
  readonly inode: Inode
}

export class Names {
  readonly #inodes: Inodes
  readonly #graveyard: string
  readonly #unsynced: UnsyncedDirectories<Inode>
  #nextGrave = 1

  constructor(inodes: Inodes, graveyard: string, unsynced: UnsyncedDirectories<Inode>) {
    this.#inodes = inodes
    this.#graveyard = graveyard
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
      ...(isDirectory ? { made: inode } : {}),
      undo: () => {
        const file = pathOf(directory, name)
        if (exists(file)) fs.rmSync(file, { recursive: true })
        letGo()
      },
      settle: letGo,
    })
  }

  remove(directory: Inode, name: string, isDirectory: boolean): void {
    const file = pathOf(directory, name)
    const stat = fs.lstatSync(file)
    if (stat.isDirectory() !== isDirectory) throw new Errno(isDirectory ? 'ENOTDIR' : 'EISDIR')
    if (isDirectory && fs.readdirSync(file).length > 0) throw new Errno('ENOTEMPTY')
    const grave = this.#bury(directory, name)
    this.#inodes.hold(directory)
    this.#unsynced.add({
      directories: [directory],
      undo: () => {
        this.#raise(grave, directory, name)
        this.#inodes.release(directory)
      },
      settle: () => {
        this.#leave(grave)
        this.#inodes.release(directory)
      },
    })
  }

  rename(from: Inode, oldName: string, to: Inode, newName: string, mayReplace: boolean): void {
    const [source, target] = [pathOf(from, oldName), pathOf(to, newName)]
    const moved = fs.lstatSync(source)
    const replaced = fs.lstatSync(target, { throwIfNoEntry: false })
    if (replaced !== undefined && !mayReplace) throw new Errno('EEXIST')
    // By POSIX, a rename between two names of the same inode does nothing.
    if (replaced !== undefined && replaced.ino === moved.ino) return
    const grave = replaced === undefined ? null : this.#replace(moved, replaced, to, newName)
    try {
      fs.renameSync(source, target)
    } catch (error) {
      if (grave !== null) this.#raise(grave, to, newName)
      throw error
    }
    const letGo = this.#hold(from, to)
    this.#unsynced.add({
      directories: from === to ? [from] : [from, to],
      undo: () => {
        if (exists(target) && !exists(source)) fs.renameSync(target, source)
        if (grave !== null) this.#raise(grave, to, newName)
        letGo()
      },
      settle: () => {
        if (grave !== null) this.#leave(grave)
        letGo()
      },
    })
  }

  /** Both names go on to exist, each for what the other one was. */
  exchange(from: Inode, oldName: string, to: Inode, newName: string): void {
    const swap = (): void => exchange(pathOf(from, oldName), pathOf(to, newName))
    swap()
    const letGo = this.#hold(from, to)
    this.#unsynced.add({
      directories: from === to ? [from] : [from, to],
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

  #bury(directory: Inode, name: string): Grave {
    const source = pathOf(directory, name)
    const inode = this.#inodes.peek(directory, name)
    this.#inodes.hold(inode)
    const file = path.join(this.#graveyard, String(this.#nextGrave++))
    fs.renameSync(source, file)
    inode.buried++
    return { file, inode }
  }

  #raise({ file, inode }: Grave, directory: Inode, name: string): void {
    const target = pathOf(directory, name)
    if (exists(target)) fs.rmSync(file, { recursive: true, force: true })
    else fs.renameSync(file, target)
    inode.buried--
    this.#inodes.release(inode)
  }

  #leave({ file, inode }: Grave): void {
    fs.rmSync(file, { recursive: true, force: true })
    inode.buried--
    this.#inodes.release(inode)
  }
}
