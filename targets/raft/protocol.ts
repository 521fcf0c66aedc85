/** What the server, its launcher and its client agree on. */
import type { Bug } from './bugs/bugs.ts'
import type { NodeId } from './core/types.ts'

export const CLIENT_PORT = 8000
export const PEER_PORT = 9000
export const AUTHORITY_PORT = 8500

/**
 * Nodes of both versions work together in one cluster, and each version reads what the other wrote. Version 2 chains
 * the records of its log (storage.ts) and adds checksums to its messages to peers of version 2 (peers.ts).
 */
export type Version = 1 | 2

export interface ServerConfig {
  readonly version: Version
  /** Address of the service that must allow each write; null: there is none. */
  readonly authority: string | null
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
  readonly id: NodeId
  readonly dataDir: string
  readonly members: readonly NodeId[]
  readonly addresses: Readonly<Record<NodeId, string>>
  readonly tickMs: number
  /** An election starts after one to two of these without a leader. */
  readonly electionMs: number
  readonly maxEntriesPerAppend: number
  readonly compactEvery: number
  readonly logsMessages: boolean
  readonly bug: Bug | null
}

/** Body of a successful call. */
export interface CallReply {
  readonly value: unknown
  readonly term?: number
  readonly index?: number
}

export interface ErrorReply {
  readonly error: string
  readonly leader?: NodeId | null
}
