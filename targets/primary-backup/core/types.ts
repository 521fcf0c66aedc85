/**
 * The terms of the core. A primary and its backups: Alsberg and Day, "A Principle for Resilient Sharing of Distributed Resources"
 * (ICSE 1976); Budhiraja, Marzullo, Schneider and Toueg, "The Primary-Backup Approach" (in Mullender, 1993). Views: Liskov and
 * Cowling, "Viewstamped Replication Revisited" (2012).
 */
import type { Command, Envelope as EnvelopeOf, NodeId } from '../../protocol/commands.ts'
import type { CoreDeviations } from './deviations.ts'

/** Views are numbered, and each has one primary (VR, section 3). 0: none yet. */
export type ViewNumber = number

export interface Entry {
  readonly index: number
  /** In which it was proposed: with the index, a viewstamp (VR 1988; section 2 of the paper of 2012). */
  readonly view: ViewNumber
  readonly command: Command
}

/** Where a log ends, or how far it is compared. */
export interface Position {
  readonly index: number
  readonly view: ViewNumber
}

/** The state machine at `index`. */
export interface Snapshot extends Position {
  /** The state machine's own encoding. Null: nothing was applied. */
  readonly data: string | null
}

/** What the view service decides. */
export interface View {
  readonly number: ViewNumber
  readonly primary: NodeId
  /** The primary and the backups whose acknowledgement it needs. */
  readonly members: readonly NodeId[]
}

/** The name under which nodes reach the view service. It is no node. */
export const VIEW_SERVICE: NodeId = 'view-service'

/** What a node tells the view service, again and again. */
export interface Ping {
  readonly type: 'ping'
  /** The view that it is in. */
  readonly view: ViewNumber
  /** As the primary of `view`: all its members have everything that was acknowledged before. */
  readonly acknowledges: boolean
  readonly last: Position
  /** As the primary of `view`: the backups that answer it. Those that are no members have all that is committed. */
  readonly inSync: readonly NodeId[]
  /** All nodes. */
  readonly nodes: readonly NodeId[]
  /** By the sender's clock. */
  readonly sentAt: number
}

export type Message =
  | {
      readonly type: 'append'
      readonly view: ViewNumber
      readonly previous: Position
      readonly entries: readonly Entry[]
      readonly commit: number
      /** Where the primary's log ends. */
      readonly lastIndex: number
      readonly sentAt: number
    }
  | {
      readonly type: 'state'
      readonly view: ViewNumber
      readonly snapshot: Snapshot
      readonly sentAt: number
    }
  | {
      readonly type: 'appended'
      /** Of the message that it answers, as `sentAt`. */
      readonly view: ViewNumber
      readonly matches: boolean
      /** The last one that is known to match; if it does not match, where it may still do so. */
      readonly index: number
      readonly sentAt: number
    }
  /** The sender is in a later view. */
  | { readonly type: 'fenced'; readonly view: ViewNumber }
  /** Asks for a vote: the sender wants to be the primary of this view. */
  | { readonly type: 'propose'; readonly view: ViewNumber; readonly last: Position }
  | { readonly type: 'vote'; readonly view: ViewNumber }
  | Ping
  /** The answer to a ping. */
  | { readonly type: 'view'; readonly view: View; readonly sentAt: number }

export type Envelope = EnvelopeOf<Message>

/** Which backups have a write on their disks when it is acknowledged: all of the view, at least one, or none. */
export type Replication = 'sync' | 'semi-sync' | 'async'
/** Who decides that there is a new primary: nobody, each backup for itself, a service, or a majority of the nodes. */
export type Failover = 'none' | 'timeout' | 'view-service' | 'majority'
/** What a primary does that has lost contact. */
export type InMinority = 'refuse' | 'read-only' | 'serve-all' | 'serve-stale-and-say-so'

export interface Choices {
  readonly replication: Replication
  readonly failover: Failover
  readonly fencing: boolean
  readonly minority: InMinority
}

export interface CoreConfig extends Choices {
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  /** A backup is patient for so long, or up to twice as long. */
  readonly failoverTicks: number
  readonly heartbeatTicks: number
  readonly maxEntriesPerMessage: number
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** A clock that never goes back and runs through pauses, in ticks. */
  readonly now: () => number
  readonly deviations: CoreDeviations
}

/** What the disk holds. */
export interface Durable {
  readonly view: ViewNumber
  readonly snapshot: Snapshot
  /** After the snapshot, without gaps. */
  readonly entries: readonly Entry[]
}

export const NOTHING: Snapshot = { index: 0, view: 0, data: null }

export const emptyDisk: Durable = { view: 0, snapshot: NOTHING, entries: [] }

/** What the driver must do, in this order: write (fsync if `sync`), send, apply; then call `advance`. */
export interface Ready {
  /** Snapshot and log are others than before: all of `durable` is to be written. */
  readonly isReplaced: boolean
  /** The state machine is to be made again from the snapshot: what it has applied was taken back. */
  readonly isRebuilt: boolean
  readonly view: ViewNumber | null
  /** To write from `entries[0].index` on, after the log was cut there. */
  readonly entries: readonly Entry[]
  readonly sync: boolean
  readonly messages: readonly Envelope[]
  readonly committed: readonly Entry[]
}

/** Whether a node answers reads by its own state. */
export type MayRead = 'yes' | 'stale' | 'no'
