/**
 * Reads that one replica answers alone, and proves: from its last stable checkpoint, whose Merkle root a quorum has signed. The
 * reader believes the signatures, not the replica. Such a read may be as old as the checkpoint.
 */
import type { AnswerProof, Entry } from '../../harness/api/proof.ts'
import type { MerkleTree } from '../../harness/support/merkle.ts'
import type { Sequence, Stable } from './core/types.ts'

/** The window has room for two checkpoints above the last stable one. */
const MOST_TREES = 4

export class ProvedReads {
  /** Of checkpoints, the last stable one and later ones. */
  readonly #trees = new Map<Sequence, MerkleTree>()
  readonly #told: (entry: Entry) => Entry

  /** @param told what it says of an entry */
  constructor(told: (entry: Entry) => Entry) {
    this.#told = told
  }

  keep(seq: Sequence, tree: MerkleTree): void {
    this.#trees.set(seq, tree)
    const [oldest] = this.#trees.keys()
    if (oldest !== undefined && this.#trees.size > MOST_TREES) this.#trees.delete(oldest)
  }

  prove(key: Entry[0], { seq, certificate }: Stable): AnswerProof | null {
    for (const at of this.#trees.keys()) if (at < seq) this.#trees.delete(at)
    const tree = this.#trees.get(seq)
    if (tree === undefined || certificate.length === 0) return null
    const { entries, path } = tree.pathOf(key)
    const statements = certificate.map(({ body, signature }) => ({
      node: body.replica,
      text: JSON.stringify(body),
      signature,
    }))
    return {
      entries: entries.map((entry) => (entry[0] === key ? this.#told(entry) : entry)),
      path,
      statements,
    }
  }
}
