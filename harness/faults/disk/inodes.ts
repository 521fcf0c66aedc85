/**
 * The inodes of the backing directory that the kernel knows. Each is held by a descriptor (O_PATH), so no paths need to
 * be tracked through renames, unlinks and hard links.
 */
import fs from 'node:fs'
import { Errno } from './protocol.ts'

const O_PATH = 0o10000000
const ROOT_ID = 1

export interface Inode {
  readonly id: number
  readonly fd: number
  readonly key: string
  /** How often the kernel has looked it up without forgetting it. */
  lookups: number
  /** How many others need it: open handles, and records of operations that are not durable. */
  holds: number
  /** How many of its names were removed but can still be restored. The link count shown to the kernel excludes them. */
  buried: number
}

/**
 * A path to the inode, or to a name in it, as bytes.
 *
 * @param name a character for each byte
 */
export const pathOf = (inode: Inode, name?: string): Buffer =>
  Buffer.from(
    name === undefined ? `/proc/self/fd/${inode.fd}` : `/proc/self/fd/${inode.fd}/${name}`,
    'latin1',
  )

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

  /** The inode of a name. The kernel knows it from now on. */
  lookUp(directory: Inode, name: string): Inode {
    const inode = this.#open(pathOf(directory, name))
    inode.lookups++
    return inode
  }

  /** The inode of a name, without counting it as known to the kernel. */
  peek(directory: Inode, name: string): Inode {
    return this.#open(pathOf(directory, name))
  }

  #open(file: string | Buffer): Inode {
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

  /** Closes the inode once neither the kernel nor anyone else refers to it. `peek` alone adds no reference. */
  #drop(inode: Inode): void {
    if (inode.lookups > 0 || inode.holds > 0) return
    this.#byId.delete(inode.id)
    this.#byKey.delete(inode.key)
    fs.closeSync(inode.fd)
  }
}
