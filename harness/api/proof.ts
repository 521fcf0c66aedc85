/**
 * Proofs of answers (`meta.proof` of an operation, as JSON): that a quorum has signed a state in which one object holds what
 * was read. Whoever knows the members' public keys can check one alone, at any time.
 */

/** What a member has signed. */
export interface Statement {
  readonly node: string
  /** JSON: an object with at least the `root` of a Merkle tree and the place `seq` of its state in the order of all changes. */
  readonly text: string
  /** Ed25519 over the text; base64. */
  readonly signature: string
}

export type Entry = readonly [key: string | number, value: string | number]

export interface AnswerProof {
  /** All that the bucket of the object holds (`harness/support/merkle.ts`): the object too, if it has a value. */
  readonly entries: readonly Entry[]
  /** Digests from the bucket's sibling up to that below the root; base64. */
  readonly path: readonly string[]
  readonly statements: readonly Statement[]
}
