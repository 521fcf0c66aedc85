/** What the controller and a relay say to each other, as lines of JSON. */
import type { LieKind } from '../../api/byzantine.ts'
import type { LieTold } from '../../api/nemesis.ts'
import type { SuspenseCounts } from './suspense.ts'

/** A port of a node, and the port of the relay to which connections to it are redirected. */
export interface Route {
  /** Whose port it is: a peer's, or the traitor's own. */
  readonly node: string
  readonly port: number
}

/** A route that is open. */
export interface OpenRoute extends Route {
  readonly relayPort: number
}

/** The relay's first line. */
export interface RelaySettings {
  /** The traitor. */
  readonly node: string
  /** All nodes: name -> address. */
  readonly nodes: Readonly<Record<string, string>>
  /** Groups of clients: name -> address. */
  readonly clients: Readonly<Record<string, string>>
  readonly routes: readonly Route[]
  /** Path of the codec's module. Null: it is not known what the bytes mean. */
  readonly codec: string | null
  /** Where peers listen for each other. Null: it is not known. */
  readonly peerPort: number | null
  readonly secrets: unknown
  readonly accomplices: Readonly<Record<string, unknown>>
  readonly seed: number
}

export interface OrderedLie {
  readonly lie: string
  readonly kind: LieKind
  /** Nodes and groups of clients: the others hear the truth. */
  readonly audience: readonly string[]
}

export interface LieOrder {
  readonly type: 'lie'
  /** The first that has something to say about a message is told; which is asked first is drawn for each message. */
  readonly lies: readonly OrderedLie[]
  /** For how long words are held back. */
  readonly delayMs: number
}

/** Whether proposals have to wait until their epoch is over (`suspense.ts`). */
export interface SuspendOrder {
  readonly type: 'suspend'
  readonly isOn: boolean
}

export type Order =
  | LieOrder
  | SuspendOrder
  | { readonly type: 'learn'; readonly from: string; readonly knowledge: unknown }
  | { readonly type: 'report' }

/** What a relay says. */
export type Reply =
  | { readonly type: 'ready'; readonly routes: readonly OpenRoute[] }
  | { readonly type: 'share'; readonly knowledge: unknown }
  | ({ readonly type: 'report' } & RelayReport)

export interface RelayReport {
  /** In the order in which they were first told. */
  readonly told: readonly LieTold[]
  /** Carried so far, in both directions. */
  readonly connections: number
  readonly bytes: number
  /** Streams that the codec could not cut into messages, so that they passed unchanged. */
  readonly misread: number
  /** Null: the codec knows no epochs. */
  readonly suspended: SuspenseCounts | null
}
