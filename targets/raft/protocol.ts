/** What the server, its launcher and its client agree on. */
import type { Bug } from './bugs/bugs.ts'
import type { NodeId } from './core/types.ts'

export const CLIENT_PORT = 8000
export const PEER_PORT = 9000
export const AUTHORITY_PORT = 8500

/**
 * Two versions that live together in one cluster, each reading what the other wrote. The second chains the records of its log
 * (storage.ts) and checksums its messages to peers that can check them (peers.ts).
 */
export type Version = 1 | 2

export interface ServerConfig {
  readonly version: Version
  /** Where each write must first be allowed; null: nowhere. */
  readonly authority: string | null
  /** Where effects happen; null: nowhere. */
  readonly sink: string | null
  readonly id: NodeId
  readonly dataDir: string
  readonly members: readonly NodeId[]
  readonly addresses: Readonly<Record<NodeId, string>>
  readonly tickMs: number
  /** An election is due after one to two of these without a leader. */
  readonly electionMs: number
  readonly maxEntriesPerAppend: number
  readonly compactEvery: number
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
