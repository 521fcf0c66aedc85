/**
 * The PBFT core: ticks, messages and requests in; `Ready` out. It does no I/O and reads no clock, so the same code runs in a
 * server, under the simulator and in golden transcripts. Signatures are made and checked by the `Keys` that it is given.
 */
import type { Decision } from '../../../harness/api/target.ts'
import type { NodeId } from '../../protocol/commands.ts'
import { onBatch, onProposal, onVote, propose, takeCommitted } from './agreement.ts'
import { onStatus, relayWaiting, sendStatus } from './catch-up.ts'
import { onCheckpoint, onState, takeCheckpoint } from './checkpoints.ts'
import { type CoreDeviations, healthyCore } from './deviations.ts'
import { digestOfRequest, isGenuine, isGenuineRequest, isPrimary, type Node, primaryOf } from './node.ts'
import { durableOf, restoredNode } from './restore.ts'
import type {
  Body,
  Durable,
  Keys,
  Message,
  PbftConfig,
  PrePrepare,
  Ready,
  Request,
  Sequence,
  Signed,
  Stable,
  State,
  View,
} from './types.ts'
import { checkTimer, onNewView, onViewChange, repeatViewChange } from './view-changes.ts'

/** More than this many requests wait for nobody: clients send again. */
const MOST_WAITING = 1000

export class PbftCore {
  readonly #node: Node

  constructor(config: PbftConfig, durable: Durable, keys: Keys, deviations: CoreDeviations = healthyCore) {
    this.#node = restoredNode(config, durable, keys, deviations)
  }

  get view(): View {
    return this.#node.view
  }
  /** Whether its view has begun. */
  get isActive(): boolean {
    return this.#node.isActive
  }
  get isPrimary(): boolean {
    return this.#node.isActive && isPrimary(this.#node)
  }
  /** Of its view, once that has begun. */
  get primary(): NodeId | null {
    return this.#node.isActive ? primaryOf(this.#node, this.#node.view) : null
  }
  get executed(): Sequence {
    return this.#node.executed
  }
  get stable(): Stable {
    return this.#node.stable
  }
  /** All that the disk must hold. */
  get durable(): Durable {
    return durableOf(this.#node)
  }
  /** The sequence numbers of which it keeps anything. */
  get kept(): readonly Sequence[] {
    return [...this.#node.slots.keys()]
  }

  /** Who had sent commits for what it executed lately. */
  get decisions(): readonly Decision[] {
    return this.#node.decisions
  }

  /** Whether a quorum has lately told that it takes part in one view, and this replica has what they have at least. */
  get isServing(): boolean {
    const { heard, ticks, config, quorum, view, isActive, executed } = this.#node
    const recent = [...heard.values()].filter(({ atTick }) => ticks - atTick <= 4 * config.statusTicks)
    const views = recent.flatMap(({ status }) => (status.isActive ? [status.view] : []))
    if (isActive) views.push(view)
    const isAgreed = views.some((one) => views.filter((other) => other === one).length >= quorum)
    const ahead = recent.filter(({ status }) => status.stable > executed).length
    return isAgreed && recent.length - ahead >= ahead
  }

  tick(): void {
    const node = this.#node
    node.ticks++
    checkTimer(node)
    if (node.ticks % node.config.statusTicks !== 0) return
    sendStatus(node)
    relayWaiting(node)
    repeatViewChange(node)
  }

  /** Who sent it does not matter: its signatures tell who said it. */
  step(message: Message): void {
    const node = this.#node
    switch (message.type) {
      case 'signed':
        if (isGenuine(node, message.signed)) this.#hear(message.signed)
        return
      case 'proposal':
        if (isGenuine(node, message.prePrepare)) onProposal(node, message.prePrepare, message.batch)
        return
      case 'request':
        return this.request(message.request)
      case 'batch':
        return onBatch(node, message.batch)
      case 'state':
        return onState(node, message.certificate, message.data)
    }
  }

  #hear(signed: Signed<Exclude<Body, PrePrepare>>): void {
    const node = this.#node
    const { body, signature } = signed
    switch (body.type) {
      case 'prepare':
      case 'commit':
        return onVote(node, { body, signature })
      case 'checkpoint':
        return onCheckpoint(node, { body, signature })
      case 'view-change':
        return onViewChange(node, { body, signature })
      case 'new-view':
        return onNewView(node, { body, signature })
      case 'status':
        return onStatus(node, { body, signature })
    }
  }

  /** A client asks for it (4.1, 4.2). The driver has looked whether it is executed already. */
  request(request: Request): void {
    const node = this.#node
    const digest = digestOfRequest(request)
    if (node.waiting.has(digest) || node.waiting.size >= MOST_WAITING) return
    if (!isGenuineRequest(node, request)) return
    node.waiting.set(digest, request)
    if (node.isActive) node.timerSince ??= node.ticks
  }

  /** Requests that a state shows as executed, or as over, no longer wait. */
  forgetRequests(isOver: (request: Request) => boolean): void {
    const { waiting, proposed } = this.#node
    for (const [digest, request] of waiting) {
      if (!isOver(request)) continue
      waiting.delete(digest)
      proposed.delete(digest)
    }
    if (waiting.size === 0 && this.#node.isActive) this.#node.timerSince = null
  }

  /** The state after a multiple of `checkpointEvery`. */
  checkpoint(state: State): void {
    takeCheckpoint(this.#node, state)
  }

  /** Null if there is nothing to do. */
  ready(): Ready | null {
    const node = this.#node
    const executed = takeCommitted(node)
    propose(node)
    const { replaces, records, out: messages, installed } = node
    node.replaces = false
    node.records = []
    node.out = []
    node.installed = null
    const isIdle = !replaces && [records, messages, executed].every((list) => list.length === 0)
    return isIdle ? null : { replaces, records, messages, installed, executed }
  }
}

export const emptyDisk: Durable = { stable: { seq: 0, certificate: [], data: null }, records: [] }
