/**
 * The terms of the PBFT core (Castro and Liskov, "Practical Byzantine Fault Tolerance", OSDI 1999). Section numbers are of that
 * paper.
 */
import type { Call } from '../../../harness/api/history.ts'
import type { Envelope as EnvelopeOf, NodeId } from '../../protocol/commands.ts'

/** The number of a configuration of primary and backups, from 0 (4). Its primary is the member at `view mod n`. */
export type View = number

/** A place in the order of all requests, from 1. */
export type Sequence = number

/** SHA-256, as base64. */
export type Digest = string

/** The public key of a client, which is its name. */
export type ClientId = string

export interface Operation {
  readonly vocabulary: string
  readonly call: Call
}

/** What a client asks for (4.1). */
export interface Request {
  readonly client: ClientId
  /** Greater than those of all earlier requests of the client. */
  readonly timestamp: number
  readonly operation: Operation
  /** Of the client, over `requestText`. */
  readonly signature: string
}

/** The requests of one sequence number, in their order. An empty one is the null request (4.4). */
export type Batch = readonly Request[]

interface OfReplica {
  readonly replica: NodeId
}

/** @template B what the replica `body.replica` says */
export interface Signed<B extends OfReplica> {
  readonly body: B
  readonly signature: string
}

export interface PrePrepare extends OfReplica {
  readonly type: 'pre-prepare'
  readonly view: View
  readonly seq: Sequence
  /** Of the batch. */
  readonly digest: Digest
}

export interface Vote extends OfReplica {
  readonly type: 'prepare' | 'commit'
  readonly view: View
  readonly seq: Sequence
  readonly digest: Digest
}

export interface Checkpoint extends OfReplica {
  readonly type: 'checkpoint'
  readonly seq: Sequence
  /** Of the state after all requests up to `seq`. */
  readonly digest: Digest
  /** Of the Merkle tree over the state's keys and values. */
  readonly root: Digest
}

/** Checkpoint messages of a quorum that say the same (4.3). */
export type CheckpointCertificate = readonly Signed<Checkpoint>[]

/** Proof that a batch prepared (4.2). */
export interface PreparedCertificate {
  readonly prePrepare: Signed<PrePrepare>
  readonly prepares: readonly Signed<Vote>[]
}

export interface ViewChange extends OfReplica {
  readonly type: 'view-change'
  /** The view that it asks for. */
  readonly view: View
  /** The sequence number of its last stable checkpoint, 0 at the beginning, and the proof: C of the paper. */
  readonly stable: Sequence
  readonly checkpoint: CheckpointCertificate
  /** What prepared above, one for each sequence number: P of the paper. */
  readonly prepared: readonly PreparedCertificate[]
}

export interface NewView extends OfReplica {
  readonly type: 'new-view'
  readonly view: View
  /** V of the paper. */
  readonly viewChanges: readonly Signed<ViewChange>[]
  /** O of the paper. */
  readonly prePrepares: readonly Signed<PrePrepare>[]
}

/** Where a replica stands, so that others send again what it lacks (Castro's thesis, 2001, section 5.2). */
export interface Status extends OfReplica {
  readonly type: 'status'
  readonly view: View
  /** Whether it takes part in its view; otherwise it waits for the view to begin. */
  readonly isActive: boolean
  readonly executed: Sequence
  readonly stable: Sequence
  /** Batches that it knows by their digests only. */
  readonly missing: readonly Digest[]
  /** The replica that is asked for what is large. It changes from one time to the next. */
  readonly asked: NodeId
}

export type Body = PrePrepare | Vote | Checkpoint | ViewChange | NewView | Status

export type Message =
  | { readonly type: 'signed'; readonly signed: Signed<Exclude<Body, PrePrepare>> }
  | { readonly type: 'proposal'; readonly prePrepare: Signed<PrePrepare>; readonly batch: Batch }
  /** A backup passes on what a client sent to it (4.1). */
  | { readonly type: 'request'; readonly request: Request }
  /** Its digest says which it is. */
  | { readonly type: 'batch'; readonly batch: Batch }
  /** The certificate says what the state is. */
  | { readonly type: 'state'; readonly certificate: CheckpointCertificate; readonly data: string }

export type Envelope = EnvelopeOf<Message>

export interface PbftConfig {
  readonly id: NodeId
  /** The same on all replicas, in the same order. */
  readonly members: readonly NodeId[]
  /** A checkpoint is taken after each such number of batches: K of the paper. */
  readonly checkpointEvery: number
  /** How far sequence numbers may run ahead of the last stable checkpoint: L of the paper. */
  readonly windowSize: number
  /** Requests in one batch, and batches that are not executed yet. */
  readonly maxBatch: number
  readonly maxInFlight: number
  /** How long a backup waits for a request to be executed. The time doubles with each view that fails. */
  readonly viewChangeTicks: number
  readonly statusTicks: number
}

/** Signatures. A replica signs as itself only. */
export interface Keys {
  sign(text: string): string
  isOfReplica(replica: NodeId, text: string, signature: string): boolean
  isOfClient(client: ClientId, text: string, signature: string): boolean
}

/** The last stable checkpoint. */
export interface Stable {
  readonly seq: Sequence
  /** Empty at the beginning. */
  readonly certificate: CheckpointCertificate
  /** The service's own encoding of the state. Null: this replica has not got it yet. */
  readonly data: string | null
}

/** What a replica has said or relies on, and must remember. Later ones of one kind replace earlier ones. */
export type DurableRecord =
  | {
      readonly type: 'accepted'
      readonly prePrepare: Signed<PrePrepare>
    }
  | { readonly type: 'requests'; readonly requests: Batch }
  | { readonly type: 'prepared'; readonly certificate: PreparedCertificate }
  | {
      readonly type: 'view'
      readonly view: View
      readonly isActive: boolean
      readonly newView: Signed<NewView> | null
    }

export interface Durable {
  readonly stable: Stable
  /** Since then, oldest first. */
  readonly records: readonly DurableRecord[]
}

/** The state after all requests up to `seq`. */
export interface State {
  readonly seq: Sequence
  readonly data: string
  readonly root: Digest
}

/**
 * What the driver must do, in this order: make durable (`replaces`: all of `PbftCore.durable`; otherwise the records), send,
 * replace the service's state, execute; then call `ready` again. What is sent rests on what is durable.
 */
export interface Ready {
  readonly replaces: boolean
  readonly records: readonly DurableRecord[]
  readonly messages: readonly Envelope[]
  readonly installed: { readonly seq: Sequence; readonly data: string } | null
  /** After a multiple of `checkpointEvery`, the driver hands the state over: `PbftCore.checkpoint`. */
  readonly executed: readonly { readonly seq: Sequence; readonly batch: Batch }[]
}
