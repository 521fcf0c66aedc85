/** What the server and its launcher agree on. */
import type { NodeId } from '../protocol/commands.ts'
import type { Bug } from './bugs/bugs.ts'

export interface ServerConfig {
  readonly id: NodeId
  readonly dataDir: string
  readonly members: readonly NodeId[]
  readonly addresses: Readonly<Record<NodeId, string>>
  /** Sizes of the quorums. */
  readonly phase1: number
  readonly phase2: number
  readonly tickMs: number
  /** Phase 1 starts after one to two of these without a leader. */
  readonly electionMs: number
  readonly maxEntriesPerMessage: number
  readonly compactEvery: number
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
  readonly logsMessages: boolean
  readonly bug: Bug | null
}
