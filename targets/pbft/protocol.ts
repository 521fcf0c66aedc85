/** What the server and its launcher agree on. */
import type { NodeId } from '../protocol/commands.ts'
import type { Bug } from './bugs/bugs.ts'

export interface ServerConfig {
  readonly id: NodeId
  readonly dataDir: string
  readonly members: readonly NodeId[]
  readonly addresses: Readonly<Record<NodeId, string>>
  /** Its own; base64 of 32 bytes, as the public ones. */
  readonly privateKey: string
  readonly publicKeys: Readonly<Record<NodeId, string>>
  readonly tickMs: number
  readonly viewChangeMs: number
  readonly statusMs: number
  readonly checkpointEvery: number
  readonly maxBatch: number
  readonly logsMessages: boolean
  readonly bug: Bug | null
}
