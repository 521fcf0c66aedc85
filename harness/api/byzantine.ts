/**
 * A node that lies (Lamport, Shostak and Pease 1982): what the harness must know of a protocol to lie in its words.
 *
 * The node itself stays honest. A relay in its network namespace carries all its TCP connections, and while a lie is in
 * force changes what the node says, or what it hears. So to its peers and clients the node is a traitor, whatever program it
 * runs. Without a codec, the relay can only be silent, late, or repeat what it has carried.
 */
import type { Rng } from './random.ts'

/**
 * What is wrong with a lie.
 * - `equivocation`: different words to different peers;
 * - `forged-sender`: words in the name of another node;
 * - `double-vote`: votes, promises or acknowledgements for several who exclude each other;
 * - `replay`: old words again;
 * - `silence`: no words to some;
 * - `delay`: late words to some;
 * - `false-answer`: wrong answers to clients;
 * - `corruption`: other values than it was told, well formed;
 * - `collusion`: lies that need what another traitor knows.
 */
export type LieKind =
  | 'equivocation'
  | 'forged-sender'
  | 'double-vote'
  | 'replay'
  | 'silence'
  | 'delay'
  | 'false-answer'
  | 'corruption'
  | 'collusion'

/** A lie that the protocol has words for. */
export interface LieSpec {
  readonly kind: LieKind
  /** One sentence for readers of the report: what is told instead of what. */
  readonly description: string
}

/** The default export of a codec's module. */
export interface ByzantineCodec<M = unknown> {
  /** Called once in each relay. What the codec remembers, it keeps in the liar that it returns. */
  create(traitor: Traitor): Liar<M>
}

/** The node for which a codec lies. */
export interface Traitor {
  readonly node: string
  /** All nodes of the cluster: name -> address. */
  readonly nodes: Readonly<Record<string, string>>
  /** As the target gave them. Null: it gave none. */
  readonly secrets: unknown
  /** The other traitors that lie now and collude with it: name -> secrets. Empty: none does. */
  readonly accomplices: Readonly<Record<string, unknown>>
  /** Seeded; the same for all traitors of a fault, so that accomplices can draw the same. */
  readonly rng: Rng
  /** Tells all accomplices something (JSON); each gets it by its liar's `learn`. */
  share(knowledge: unknown): void
}

/** One direction of one TCP connection of the traitor. */
export interface Stream {
  /** The number of the connection in this relay; both directions have the same. */
  readonly connection: number
  /** `said`: from the traitor to the other end. `heard`: from the other end to the traitor. */
  readonly direction: 'said' | 'heard'
  /** The node at the other end; null: a client (or whoever is not a node). */
  readonly peer: string | null
  /** The port that the connection was opened to, at whichever end listens. */
  readonly port: number
  /** Whether the traitor opened the connection. */
  readonly isOpenedByTraitor: boolean
}

/** A piece of a stream. The bytes of all frames of a stream, in order, are its bytes. */
export interface Frame<M> {
  readonly bytes: Buffer
  /** Null: the codec does not understand it, so it passes unchanged. */
  readonly message: M | null
}

/** Cuts one stream into frames. */
export interface Decoder<M> {
  /** The frames that are complete with this chunk, in order. What is not complete is kept. */
  push(chunk: Buffer): readonly Frame<M>[]
  /** What is kept: the beginning of a frame. */
  readonly rest: Buffer
}

/** What is told instead of a message. */
export interface Told<M> {
  /** In its place, in order, on the same stream. Empty: silence. The message itself may be among them. */
  readonly instead: readonly M[]
  /**
   * Besides, to peers, as if the traitor had said it: on its own latest connection to the peer's first peer port, or on a new
   * one. What cannot be sent is dropped.
   */
  readonly also?: readonly { readonly to: string; readonly message: M }[]
  /** What was told instead of what, for the report: at most some 100 characters. */
  readonly what: string
}

/**
 * How a protocol decides: in epochs (terms, ballots, views), of which each has one proposer, and a later one rules out whatever
 * the earlier ones have not decided. By this the nemesis `adversary` knows which message would decide next.
 */
export interface Epochs<M = unknown> {
  /** The epoch in which the message proposes something that is decided once enough nodes have heard it. Null: nothing. */
  proposedIn(message: M): number | null
  /** The epoch of whoever says this, who agrees to nothing of an earlier one. Null: the message does not show it. */
  sayerIn(message: M): number | null
}

/** Tells lies in the words of a protocol, in one relay. */
export interface Liar<M = unknown> {
  /** Null: the codec understands nothing on this stream, so it passes unchanged. */
  decoder(stream: Stream): Decoder<M> | null
  /** The bytes of a message that was changed or made up. */
  encode(message: M, stream: Stream): Buffer
  /** Sees every message, before any lie, whether one is in force or not: here the codec learns what it needs. */
  observe?(message: M, stream: Stream): void
  /**
   * Name, as in the target's `lies` -> what is told instead of a message on this stream while the lie is in force. Null:
   * the truth. It is asked only for streams with those who are to be lied to; the others hear the truth.
   */
  readonly lies: Readonly<Record<string, (message: M, stream: Stream) => Told<M> | null>>
  /** Absent: the protocol has none, or the codec does not know them. */
  readonly epochs?: Epochs<M>
  /** What an accomplice shared. */
  learn?(from: string, knowledge: unknown): void
}
