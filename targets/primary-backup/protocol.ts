/** What the servers and their launcher agree on. */
import type { NodeId } from '../protocol/commands.ts'
import type { Bug } from './bugs/bugs.ts'
import type { Choices } from './core/types.ts'

export const VIEW_SERVICE_PORT = 8600

interface Times {
  readonly tickMs: number
  readonly failoverMs: number
}

export interface ServerConfig extends Choices, Times {
  readonly id: NodeId
  readonly dataDir: string
  readonly nodes: readonly NodeId[]
  readonly addresses: Readonly<Record<NodeId, string>>
  /** Where the view service is asked; null: there is none. */
  readonly viewService: string | null
  readonly maxEntriesPerMessage: number
  readonly compactEvery: number
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
  readonly logsMessages: boolean
  readonly bug: Bug | null
}

export interface ViewServiceConfig extends Times {
  readonly address: string
  readonly dataDir: string
  readonly bug: Bug | null
}
