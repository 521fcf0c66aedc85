/** What the server and its launcher agree on. */
import type { NodeId } from '../protocol/commands.ts'
import type { Bug } from './bugs/bugs.ts'

export interface ServerConfig {
  readonly id: NodeId
  readonly dataDir: string
  readonly members: readonly NodeId[]
  readonly addresses: Readonly<Record<NodeId, string>>
  readonly coordinator: 'single' | 'replicated'
  readonly tickMs: number
  /** The log of decisions elects a leader after one to two of these without one. */
  readonly electionMs: number
  /** A coordinator waits this long for votes. */
  readonly voteMs: number
  /** A participant in doubt asks, and a coordinator repeats its decision, every so often. */
  readonly askMs: number
  /** A request that keeps meeting locks is given up after this time. */
  readonly patienceMs: number
  /** Entries of the log between snapshots. */
  readonly compactEvery: number
  readonly logsMessages: boolean
  readonly bug: Bug | null
}
