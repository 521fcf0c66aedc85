/** What a replicated log holds, and who sends what to whom: the words that all bundled protocols share. */
import type { Call } from '../../harness/api/history.ts'

export type NodeId = string

/** What an entry of the log holds. A protocol treats it as opaque; the state machine applies it. */
export type Command =
  | { readonly kind: 'noop' }
  | { readonly kind: 'session' }
  /** A node's own command, without a session: it must have the same effect once and twice. */
  | { readonly kind: 'internal'; readonly vocabulary: string; readonly call: Call }
  | {
      readonly kind: 'op'
      readonly session: number
      readonly seq: number
      /** The vocabulary of the call. */
      readonly vocabulary: string
      readonly call: Call
    }

/** A message of a protocol on its way. */
export interface Envelope<M> {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: M
}
