/**
 * The inodes of the backing directory that the kernel knows, each held by a descriptor (O_PATH), so that neither
 * renames nor unlinks nor hard links ask for any bookkeeping of paths.
 */
import fs from 'node:fs'
import { Errno } from './protocol.ts'

const O_PATH = 0o10000000
const ROOT_ID = 1

export interface Inode {
  readonly id: number
  readonly fd: number
  readonly key: string
  /** How often the kernel has looked it up. */
  lookups: number
  /** Others that need it: open handles, records of what is not durable. */
  holds: number
  /** Names that were taken away and can still be brought back: the kernel must not count them. */
  buried: number
}

export const pathOf = (inode: Inode, name?: string): string =>
  name === undefined ? `/proc/self/fd/${inode.fd}` : `/proc/self/fd/${inode.fd}/${name}`

export const statOf = (inode: Inode): fs.BigIntStats => {
  const stat = fs.fstatSync(inode.fd, { bigint: true })
  stat.nlink -= BigInt(inode.buried)
  return stat
}

export class Inodes {
  readonly #byId = new Map<number, Inode>()
  readonly #byKey = new Map<string, Inode>()
  #nextId = ROOT_ID

  constructor(root: string) {
    const inode = this.#open(root)
    inode.lookups = 1
    inode.holds = 1
  }

  get root(): Inode {
    return this.get(ROOT_ID)
  }

  get(id: number): Inode {
    const inode = this.#byId.get(id)
    if (inode === undefined) throw new Errno('ESTALE')
    return inode
  }

  /** The inode of a name, known to the kernel from now on. */
  lookUp(directory: Inode, name: string): Inode {
    const inode = this.#open(pathOf(directory, name))
    inode.lookups++
    return inode
  }

  /** The inode of a name, without the kernel's knowing. */
  peek(directory: Inode, name: string): Inode {
    return this.#open(pathOf(directory, name))
  }

  #open(file: string): Inode {
    const fd = fs.openSync(file, O_PATH | fs.constants.O_NOFOLLOW)
    const { dev, ino } = fs.fstatSync(fd, { bigint: true })
    const key = `${dev}:${ino}`
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      fs.closeSync(fd)
      return known
    }
    const inode: Inode = { id: this.#nextId++, fd, key, lookups: 0, holds: 0, buried: 0 }
    this.#byId.set(inode.id, inode)
    this.#byKey.set(key, inode)
    return inode
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

  /** Closed once nobody knows it; `peek` alone makes nobody know. */
  #drop(inode: Inode): void {
    if (inode.lookups > 0 || inode.holds > 0) return
    this.#byId.delete(inode.id)
    this.#byKey.delete(inode.key)
    fs.closeSync(inode.fd)
  }
}
