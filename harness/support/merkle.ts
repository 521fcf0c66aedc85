/**
 * A Merkle tree (Merkle 1987) over keys and values: keys fall into a fixed number of buckets by their digests, and the buckets
 * are the leaves. So one path proves that a key has a value, and also that it has none. Leaves and inner nodes are digested
 * with different prefixes, as in RFC 9162, section 2.1.1, so that none can be taken for the other.
 */
import { createHash } from 'node:crypto'
import type { Entry } from '../api/proof.ts'

/** Inner levels of the tree. */
const LEVELS = 6
const BUCKETS = 2 ** LEVELS

const digestOf = (prefix: string, text: string): string =>
  createHash('sha256').update(prefix).update(text).digest('base64')

const leafOf = (entries: readonly Entry[]): string => digestOf('leaf ', JSON.stringify(entries))

const innerOf = (left: string, right: string): string => digestOf('node ', `${left} ${right}`)

const nameOf = (key: Entry[0]): string => JSON.stringify(key)

const bucketOf = (key: Entry[0]): number =>
  createHash('sha256').update(nameOf(key)).digest().readUInt32BE(0) % BUCKETS

export interface MerklePath {
  readonly entries: readonly Entry[]
  readonly path: readonly string[]
}

export class MerkleTree {
  readonly #buckets: readonly (readonly Entry[])[]
  /** From the leaves up. */
  readonly #levels: readonly (readonly string[])[]

  /** @param entries each key once, in any order */
  constructor(entries: readonly Entry[]) {
    const buckets = Array.from({ length: BUCKETS }, (): Entry[] => [])
    for (const entry of entries) buckets[bucketOf(entry[0])]?.push(entry)
    this.#buckets = buckets.map((each) => each.sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1)))
    const levels = [this.#buckets.map(leafOf)]
    for (let level = 0; level < LEVELS; level++) {
      const below = levels[level] as readonly string[]
      const above = Array.from({ length: below.length / 2 }, (_, i) =>
        innerOf(below[2 * i] as string, below[2 * i + 1] as string),
      )
      levels.push(above)
    }
    this.#levels = levels
  }

  get root(): string {
    return this.#levels.at(-1)?.[0] as string
  }

  /** Proves what the key holds, or that it holds nothing. */
  pathOf(key: Entry[0]): MerklePath {
    const bucket = bucketOf(key)
    const path = this.#levels.slice(0, LEVELS).map((level, i) => level[(bucket >> i) ^ 1] as string)
    return { entries: this.#buckets[bucket] ?? [], path }
  }
}

/** The root of a tree in which the bucket of the key holds these entries. */
export const rootOf = (key: Entry[0], { entries, path }: MerklePath): string => {
  const bucket = bucketOf(key)
  return path.reduce(
    (below, sibling, i) => ((bucket >> i) % 2 === 0 ? innerOf(below, sibling) : innerOf(sibling, below)),
    leafOf(entries),
  )
}

export const PATH_LENGTH = LEVELS
