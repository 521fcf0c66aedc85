/**
 * The core of a primary or backup: ticks, messages and proposals in; `Ready` out. It does no I/O and reads no clock but the one
 * that it is given, so the same code runs in a server, under the simulator and in golden transcripts. See `Ready` for the
 * driver's duties.
 */
import type { Command, NodeId } from '../../protocol/commands.ts'
import { hasContact, isPromoted, mayRead, mayWrite } from './contact.ts'
import { appendEntry, createNode, type Node } from './node.ts'
import { advanceCommit, broadcast, inSync, onAppend, onAppended, onState } from './replication.ts'
import type { CoreConfig, Durable, Entry, MayRead, Message, Ready, Snapshot, ViewNumber } from './types.ts'
import { onFenced, onPropose, onView, onVote, ping, watchPrimary } from './views.ts'

export class PrimaryBackupCore {
  readonly #node: Node
  #savedView: ViewNumber
  #broadcastDue = false

  constructor(config: CoreConfig, durable: Durable) {
    this.#node = createNode(config, durable)
    this.#savedView = durable.view
  }

  get role(): 'primary' | 'backup' {
    return this.#node.role
  }
  get view(): ViewNumber {
    return this.#node.view
  }
  get primary(): NodeId | null {
    return this.#node.primary
  }
  get commit(): number {
    return this.#node.commit
  }
  get applied(): number {
    return this.#node.applied
  }
  get snapshot(): Snapshot {
    return this.#node.log.snapshot
  }
  /** The backups that answer a primary. */
  get inSync(): readonly NodeId[] {
    return inSync(this.#node)
  }
  /** What the disk must hold. */
  get durable(): Durable {
    const { log, view, config } = this.#node
    return {
      view: config.deviations.forgetsView ? 0 : view,
      snapshot: log.snapshot,
      entries: log.slice(log.snapshot.index + 1),
    }
  }

  /** Whether it takes part: as a primary that may serve, or as a backup that hears one. */
  get isReady(): boolean {
    const { role, primary, heardAt, config } = this.#node
    if (role === 'primary') return hasContact(this.#node) && isPromoted(this.#node)
    return primary !== null && config.now() - heardAt < config.failoverTicks
  }

  mayRead(): MayRead {
    return mayRead(this.#node)
  }

  entryAt(index: number): Entry | undefined {
    return this.#node.log.at(index)
  }

  tick(): void {
    const node = this.#node
    const { heartbeatTicks, failover } = node.config
    node.ticks++
    const isTimeToSend = node.ticks % heartbeatTicks === 0
    if (isTimeToSend && failover === 'view-service') ping(node)
    if (node.role === 'backup') return watchPrimary(node)
    if (!isTimeToSend) return
    broadcast(node)
    // Of those that no longer answer, nothing is needed.
    advanceCommit(node)
  }

  step(from: NodeId, message: Message): void {
    const node = this.#node
    switch (message.type) {
      case 'append':
        return onAppend(node, from, message)
      case 'state':
        return onState(node, from, message)
      case 'appended':
        return onAppended(node, from, message)
      case 'fenced':
        return onFenced(node, message.view)
      case 'propose':
        return onPropose(node, from, message)
      case 'vote':
        return onVote(node, from, message.view)
      case 'view':
        return onView(node, message)
      case 'ping':
        // For the view service only.
        return
    }
  }

  /** Null if this node may not take it. */
  propose(command: Command): Entry | null {
    const node = this.#node
    if (!mayWrite(node)) return null
    const entry: Entry = { index: node.log.last.index + 1, view: node.view, command }
    appendEntry(node, entry)
    this.#broadcastDue = true
    return entry
  }

  /** The state machine was saved after all entries up to `applied`. */
  compact(data: string): void {
    const { log, applied } = this.#node
    if (applied > log.snapshot.index)
      log.compact({ index: applied, view: log.viewAt(applied) as number, data })
  }

  /** Null if there is nothing to do. Call `advance` once it has been done. */
  ready(): Ready | null {
    const node = this.#node
    if (this.#broadcastDue && node.role === 'primary') broadcast(node)
    this.#broadcastDue = false
    const ready: Ready = {
      isReplaced: node.isReplaced,
      isRebuilt: node.isRebuilt,
      view: this.#takeView(),
      entries: node.unsavedFrom === null ? [] : node.log.slice(node.unsavedFrom),
      sync: !node.config.deviations.skipsFsync,
      messages: node.out,
      committed: node.log.slice(node.applied + 1, node.commit - node.applied),
    }
    node.applied += ready.committed.length
    node.unsavedFrom = null
    node.isReplaced = false
    node.isRebuilt = false
    node.out = []
    const lists = [ready.entries, ready.messages, ready.committed]
    const isIdle = !ready.isReplaced && !ready.isRebuilt && ready.view === null
    return isIdle && lists.every((list) => list.length === 0) ? null : ready
  }

  /** All of the last `Ready` is done: its entries are on this node's disk. */
  advance({ entries }: Ready): void {
    const node = this.#node
    const last = entries.at(-1)
    if (last !== undefined && node.log.viewAt(last.index) === last.view)
      node.persisted = Math.max(node.persisted, last.index)
    advanceCommit(node)
  }

  #takeView(): ViewNumber | null {
    const { view, config } = this.#node
    const isNew = view !== this.#savedView
    this.#savedView = view
    return isNew && !config.deviations.forgetsView ? view : null
  }
}
