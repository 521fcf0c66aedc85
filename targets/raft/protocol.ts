/** What the server and its launcher agree on. */
import type { NodeId } from '../protocol/commands.ts'
import type { Version } from '../protocol/wire.ts'
import type { Bug } from './bugs/bugs.ts'

export const AUTHORITY_PORT = 8500

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
