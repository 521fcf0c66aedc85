/** What a replica and its clients agree on. */
import type { AnswerProof, Entry } from '../../harness/api/proof.ts'
import type { NodeId } from '../protocol/commands.ts'
import type { Applied } from '../protocol/state-machine.ts'
import type { ClientId, Signed, View } from './core/types.ts'

/** `POST /request` takes a `Request`, and answers with a signed `Reply` once it is executed (4.1). */
export const REQUEST_PATH = '/request'

export interface Reply {
  readonly type: 'reply'
  readonly view: View
  readonly client: ClientId
  readonly timestamp: number
  readonly result: Applied
  readonly replica: NodeId
}

/** `POST /proof` asks one replica for what a register held at its last stable checkpoint. */
export const PROOF_PATH = '/proof'

export interface ProofRequest {
  readonly key: Entry[0]
}

export interface ProofReply {
  /** Null: no checkpoint is stable yet. */
  readonly proof: AnswerProof | null
}

export type SignedReply = Signed<Reply>
