/** What a server, its launcher and its clients agree on. */
import type { NodeId } from './commands.ts'

export const CLIENT_PORT = 8000
export const PEER_PORT = 9000

/**
 * Of the files and of the transport. Nodes of both versions work together in one cluster, and each version reads what the
 * other wrote. Version 2 chains the records of its log (`server/record-log.ts`) and adds checksums to its messages to peers
 * of version 2 (`server/peers.ts`).
 */
export type Version = 1 | 2

/** Body of a successful call. */
export interface CallReply {
  readonly value: unknown
  readonly term?: number
  readonly index?: number
  /** The node says that its state may be an old one. */
  readonly stale?: true
  /** The nodes of which it is known that they had it on disk. */
  readonly acceptedBy?: readonly NodeId[]
}

export interface ErrorReply {
  readonly error: string
  readonly leader?: NodeId | null
}
