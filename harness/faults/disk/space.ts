/**
 * The space of a disk that is full: none at first, then what was freed since. It counts the blocks that files really have,
 * as a file system does: what is removed is free once nobody has it open any more.
 */
import { Errno } from './protocol.ts'

export const BLOCK_BYTES = 4096

/** A part of a file that has blocks, written or only reserved. */
export interface Extent {
  readonly at: number
  readonly length: number
}

/** What must be known of a file in order to tell what a write to it needs. */
export interface Allocation {
  readonly size: number
  readonly allocatedBytes: number
  /** The parts of a range that have blocks, in order; null: they cannot be told. */
  readonly extents: (at: number, length: number) => readonly Extent[] | null
}

const roundedUp = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES

/** The blocks of a range of a file that it does not have yet, in order: where each begins. */
function* missingBlocks({ size, allocatedBytes, extents }: Allocation, at: number, length: number) {
  const hasAll = allocatedBytes >= roundedUp(size) && at + length <= roundedUp(size)
  const known = (hasAll ? null : extents(at, length)) ?? [
    { at: 0, length: Math.min(allocatedBytes, roundedUp(size)) },
  ]
  let next = 0
  for (let block = Math.floor(at / BLOCK_BYTES) * BLOCK_BYTES; block < at + length; block += BLOCK_BYTES) {
    while (next < known.length && (known[next] as Extent).at + (known[next] as Extent).length <= block) next++
    const extent = known[next]
    if (extent === undefined || extent.at > block) yield block
  }
}

export class Space {
  /** Bytes; null: the disk is not full. Less than 0 if something took more than could be told before. */
  #free: number | null = null
  /** Whether the request under way is one that a full disk may refuse. */
  isRefusing = false
  #hasRefused = false

  /** Bytes that are free; null: as many as the disk below has. */
  get free(): number | null {
    return this.#free === null ? null : Math.max(0, this.#free)
  }

  get isFull(): boolean {
    return this.#free !== null
  }

  /** From now on nothing is free. What was freed since it filled is kept. */
  fill(): void {
    this.#free ??= 0
  }

  empty(): void {
    this.#free = null
  }

  /** Whether a request was refused or cut short since this was last asked. */
  takeRefused(): boolean {
    const hasRefused = this.#hasRefused
    this.#hasRefused = false
    return hasRefused
  }

  /** @param bytes less than 0 if they were freed */
  took(bytes: number): void {
    if (this.#free !== null) this.#free -= bytes
  }

  /** @throws ENOSPC if the request needs more than is free */
  require(bytes: number): void {
    if (!this.isRefusing || this.free === null || bytes <= this.free) return
    this.#hasRefused = true
    throw new Errno('ENOSPC')
  }

  /**
   * How many of the bytes from `at` on fit.
   *
   * @throws ENOSPC if none do
   */
  fitting(file: Allocation, at: number, length: number): number {
    if (!this.isRefusing || this.free === null) return length
    if (length + 2 * BLOCK_BYTES <= this.free) return length
    let { free } = this
    for (const block of missingBlocks(file, at, length)) {
      free -= BLOCK_BYTES
      if (free >= 0) continue
      this.#hasRefused = true
      if (block > at) return block - at
      throw new Errno('ENOSPC')
    }
    return length
  }

  /** Bytes of the range for which the file has no blocks yet. */
  missing(file: Allocation, at: number, length: number): number {
    if (!this.isRefusing || this.free === null) return 0
    let bytes = 0
    for (const _ of missingBlocks(file, at, length)) {
      bytes += BLOCK_BYTES
      if (bytes > this.free) break
    }
    return bytes
  }
}
