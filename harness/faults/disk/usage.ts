/** Which blocks the files have, for the space of a full disk. */
import { type Inode, pathOf, statOf } from './inodes.ts'
import type { Allocation, Space } from './space.ts'
import { extentsOf } from './system-calls.ts'

const STAT_BLOCK_BYTES = 512

export class Usage {
  readonly #space: Space

  constructor(space: Space) {
    this.#space = space
  }

  allocationOf(inode: Inode): Allocation {
    const { size, blocks } = statOf(inode)
    const extents: Allocation['extents'] = (at, length) => {
      try {
        return extentsOf(pathOf(inode), at, length)
      } catch {
        return null
      }
    }
    return { size: Number(size), allocatedBytes: Number(blocks) * STAT_BLOCK_BYTES, extents }
  }

  /** Counts the blocks that the file gains or loses. */
  measured<T>(inode: Inode, act: () => T): T {
    if (!this.#space.isFull) return act()
    const before = statOf(inode).blocks
    try {
      return act()
    } finally {
      this.#space.took(Number(statOf(inode).blocks - before) * STAT_BLOCK_BYTES)
    }
  }

  /** A name of the file was removed, or it was closed: if nobody can reach it any more, its blocks are free. */
  freed(inode: Inode): void {
    if (!this.#space.isFull || inode.opens > 0) return
    const { nlink, blocks } = statOf(inode)
    if (nlink === 0n) this.#space.took(-Number(blocks) * STAT_BLOCK_BYTES)
  }
}
