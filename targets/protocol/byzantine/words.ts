/** What a traitor among the bundled clusters says and hears: messages between nodes, requests of clients, and answers. */
import type { Call } from '../../../harness/api/history.ts'
import type { Envelope } from '../commands.ts'

export interface PeerWords<M> {
  readonly type: 'message'
  readonly envelope: Envelope<M>
}

export interface Request {
  readonly type: 'request'
  readonly path: string
  readonly body: unknown
}

export interface Answer {
  readonly type: 'answer'
  readonly status: number
  readonly body: unknown
  /** What it answers. */
  readonly request: Request
}

/** @typeParam M the messages of the protocol */
export type Words<M> = PeerWords<M> | Request | Answer

/** What clients send to `/call`. */
export interface CallBody {
  readonly vocabulary: string
  readonly call: Call
}
