import { describe, expect, it } from 'vitest'
import type { Entry } from '../api/proof.ts'
import { MerkleTree, rootOf } from './merkle.ts'

const entries: readonly Entry[] = Array.from({ length: 100 }, (_, i) => [i, 10 * i])
const tree = new MerkleTree(entries)

describe('a Merkle tree', () => {
  it('proves what a key holds, and that it holds nothing', () => {
    for (const key of [0, 7, 99, 100, 1000, 'x']) {
      const proved = tree.pathOf(key)
      expect(rootOf(key, proved)).toBe(tree.root)
      expect(proved.entries.find(([known]) => known === key)).toEqual(
        entries.find(([known]) => known === key),
      )
    }
  })

  it('proves nothing else: any other value, key or digest gives another root', () => {
    const { entries: held, path } = tree.pathOf(7)
    const changed = held.map(([key, value]): Entry => [key, key === 7 ? 71 : value])
    expect(rootOf(7, { entries: changed, path })).not.toBe(tree.root)
    expect(rootOf(7, { entries: held.filter(([key]) => key !== 7), path })).not.toBe(tree.root)
    expect(rootOf(7, { entries: held, path: path.toReversed() })).not.toBe(tree.root)
    const elsewhere = Array.from({ length: 20 }, (_, key) => key).find(
      (key) => tree.pathOf(key).path[0] !== path[0],
    )
    expect(rootOf(elsewhere as number, { entries: held, path })).not.toBe(tree.root)
  })

  it('does not depend on the order of its entries', () => {
    expect(new MerkleTree(entries.toReversed()).root).toBe(tree.root)
    expect(new MerkleTree([]).root).not.toBe(tree.root)
  })
})
