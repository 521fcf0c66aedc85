/** A few cores without I/O, a clock that a test sets, and a transcript of what they say. */
import type { Command, NodeId } from '../../protocol/commands.ts'
import { type Bug, deviationsOf } from '../bugs/bugs.ts'
import { PrimaryBackupCore } from '../core/core.ts'
import {
  type Choices,
  type Durable,
  type Entry,
  type Envelope,
  emptyDisk,
  type Message,
  NOTHING,
  type Position,
} from '../core/types.ts'

export const FAILOVER_TICKS = 10

const named = ({ index, view, command }: Entry): string =>
  `${index}=${command.kind === 'op' ? command.seq : command.kind}@${view}`

const at = ({ index, view }: Position): string => `${index}@${view}`

const inWords = (message: Message): string => {
  switch (message.type) {
    case 'append':
      return `append ${message.view} after ${at(message.previous)} [${message.entries.map(named)}] commit ${message.commit}`
    case 'state':
      return `state ${message.view} to ${at(message.snapshot)}`
    case 'appended':
      return `appended ${message.view} ${message.matches ? 'to' : 'not, try'} ${message.index}`
    case 'fenced':
      return `fenced by ${message.view}`
    case 'propose':
      return `propose ${message.view}, log to ${at(message.last)}`
    case 'vote':
      return `vote ${message.view}`
    case 'ping':
      return `ping in ${message.view}${message.acknowledges ? ' acknowledged' : ''}, in sync [${message.inSync}]`
    case 'view':
      return `view ${message.view.number}: ${message.view.primary} with [${message.view.members}]`
  }
}

const op = (value: number): Command => ({
  kind: 'op',
  session: 1,
  seq: value,
  vocabulary: 'register',
  call: { f: 'write', value: { key: 1, value } },
})

/** A disk with these entries: the view of each. */
export const disk = (view: number, ...views: readonly number[]): Durable => ({
  view,
  snapshot: NOTHING,
  entries: views.map((each, i) => ({ index: i + 1, view: each, command: op((i + 1) * 10 + each) })),
})

export const SAFE: Choices = { replication: 'sync', failover: 'majority', fencing: true, minority: 'refuse' }

/** Nodes that a test can cut off; the transcript lists what was sent, in order. */
export class Bench {
  readonly cores = new Map<NodeId, PrimaryBackupCore>()
  readonly cut = new Set<NodeId>()
  /** What each node has applied. */
  readonly applied = new Map<NodeId, string[]>()
  readonly rebuilt: NodeId[] = []
  now = 0
  readonly #choices: Choices
  readonly #bug: Bug | null
  #transcript: string[] = []
  #queue: Envelope[] = []

  constructor(
    disks: Readonly<Record<NodeId, Durable>> = { n1: emptyDisk, n2: emptyDisk, n3: emptyDisk },
    choices: Partial<Choices> = {},
    bug: Bug | null = null,
  ) {
    this.#choices = { ...SAFE, ...choices }
    this.#bug = bug
    const nodes = Object.keys(disks)
    for (const [id, durable] of Object.entries(disks)) this.boot(id, durable, nodes)
  }

  /** The node starts with what is on its disk. */
  boot(id: NodeId, durable: Durable, nodes: readonly NodeId[] = [...this.cores.keys()]): void {
    const config = {
      ...this.#choices,
      id,
      nodes,
      failoverTicks: FAILOVER_TICKS,
      heartbeatTicks: 1,
      maxEntriesPerMessage: 8,
      random: () => 0,
      now: () => this.now,
      deviations: deviationsOf(this.#bug).core,
    }
    this.cores.set(id, new PrimaryBackupCore(config, durable))
    this.applied.set(id, [])
  }

  core(id: NodeId): PrimaryBackupCore {
    return this.cores.get(id) as PrimaryBackupCore
  }

  /** Time passes, and only then this node notices it. */
  tick(id: NodeId, ticks = 0): void {
    this.now += ticks
    this.core(id).tick()
    this.#drain(id)
  }

  propose(id: NodeId, ...values: readonly number[]): boolean {
    const taken = values.map((value) => this.core(id).propose(op(value)) !== null)
    this.#drain(id)
    return taken.every(Boolean)
  }

  /** Hands one message over, whoever is cut off. */
  send(from: NodeId, to: NodeId, message: Message): string[] {
    this.core(to).step(from, message)
    this.#drain(to)
    return this.deliver()
  }

  /** Delivers messages until none is left. @returns what was sent since the last time */
  deliver(): string[] {
    for (let envelope = this.#queue.shift(); envelope !== undefined; envelope = this.#queue.shift()) {
      const { from, to, message } = envelope
      const isLost = this.cut.has(from) || this.cut.has(to)
      this.#transcript.push(`${from}>${to} ${inWords(message)}${isLost ? ' LOST' : ''}`)
      if (isLost || !this.cores.has(to)) continue
      this.core(to).step(from, message)
      this.#drain(to)
    }
    const said = this.#transcript
    this.#transcript = []
    return said
  }

  /** The node hears nothing for long enough, and becomes the primary. */
  elect(id: NodeId): string[] {
    this.tick(id, FAILOVER_TICKS)
    return this.deliver()
  }

  #drain(id: NodeId): void {
    const core = this.core(id)
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      if (ready.isRebuilt) {
        this.rebuilt.push(id)
        this.applied.set(id, [])
      }
      this.#queue.push(...ready.messages)
      this.applied.get(id)?.push(...ready.committed.map(named))
      core.advance(ready)
    }
  }
}
