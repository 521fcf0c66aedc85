/** What a protocol brings into the simulator: how a node of it starts and acts, and what must always hold. */
import type { Call } from '../../../harness/api/history.ts'
import type { Command, Envelope, NodeId } from '../commands.ts'
import type { Applied } from '../state-machine.ts'

/** Answers one request of a client, at most once. */
export type SimulatedReply = (answer: Applied | { readonly type: 'not-leader' | 'lost' }) => void

/** The core of a node with its state machine. Its disk stays when it crashes; the rest starts anew. @template M a message */
export interface SimulatedNode<M> {
  readonly id: NodeId
  readonly isLeader: boolean
  /** Of two leaders, the one with the higher term is the present one. */
  readonly term: number
  tick(): void
  step(from: NodeId, message: M): void
  submit(command: Command, reply: SimulatedReply): void
  /** Reads a register. */
  read(call: Call, reply: SimulatedReply): void
  /** Does what the core asks for, until it asks for nothing more: writes, sends, applies and answers. */
  drive(): void
}

/** What a node starts with. @template D its disk */
export interface Boot<M, D> {
  readonly id: NodeId
  readonly members: readonly NodeId[]
  readonly disk: D
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** A clock that runs on while the node is paused, in ticks. */
  readonly now: () => number
  readonly send: (envelope: Envelope<M>) => void
}

export interface SimulatedProtocol<M, D extends { losePower(): void }, N extends SimulatedNode<M>> {
  newDisk(): D
  boot(boot: Boot<M, D>): N
  /** The node has started again. */
  onRestart(id: NodeId): void
  /** The first property that was broken, over all that was seen so far: its name, a colon, and what happened. Null: none. */
  check(up: readonly N[]): string | null
}
