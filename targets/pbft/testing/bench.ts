/** A few cores without I/O, and a transcript of what they say. */
import type { NodeId } from '../../protocol/commands.ts'
import { type Bug, deviationsOf } from '../bugs/bugs.ts'
import { emptyDisk, PbftCore } from '../core/pbft.ts'
import { NULL_DIGEST, requestText } from '../core/texts.ts'
import type { Batch, Body, Durable, Envelope, Message, Request, Signed } from '../core/types.ts'
import { SimulatedKeys } from '../simulation/keys.ts'

export const VIEW_TICKS = 20
export const STATUS_TICKS = 10
const CHECKPOINT_EVERY = 4

export const keys = new SimulatedKeys()

/** Of a client that has its own timestamps: the value is one. */
export const request = (value: number, client = 'c1'): Request => {
  const call = { f: 'write', value: { key: 1, value } }
  const unsigned = { client, timestamp: value, operation: { vocabulary: 'register', call } }
  return { ...unsigned, signature: keys.signAs(client, requestText(unsigned)) }
}

/** What the replica that it names says. */
export const said = <B extends Body>(body: B): Signed<B> => ({
  body,
  signature: keys.of(body.replica).sign(JSON.stringify(body)),
})

const named = (batch: Batch): string => `[${batch.map(({ timestamp }) => timestamp)}]`

const describeBody = (body: Exclude<Body, { type: 'pre-prepare' }>): string => {
  switch (body.type) {
    case 'prepare':
    case 'commit':
      return `${body.type} ${body.view}:${body.seq}`
    case 'checkpoint':
      return `checkpoint ${body.seq}`
    case 'view-change':
      return `view-change ${body.view} stable ${body.stable} [${body.prepared.map(({ prePrepare: { body: of } }) => `${of.view}:${of.seq}`)}]`
    case 'new-view':
      return `new-view ${body.view} by ${body.viewChanges.map((each) => each.body.replica).join('+')} [${body.prePrepares.map(({ body: of }) => (of.digest === NULL_DIGEST ? `${of.seq}=null` : of.seq))}]`
    case 'status':
      return `status ${body.view}${body.isActive ? '' : '?'} executed ${body.executed} stable ${body.stable}`
  }
}

const describeMessage = (message: Message): string => {
  switch (message.type) {
    case 'signed':
      return describeBody(message.signed.body)
    case 'proposal':
      return `pre-prepare ${message.prePrepare.body.view}:${message.prePrepare.body.seq} ${named(message.batch)}`
    case 'request':
      return `request ${message.request.timestamp}`
    case 'batch':
      return `batch ${named(message.batch)}`
    case 'state':
      return `state ${message.certificate[0]?.body.seq ?? 0}`
  }
}

/** Four replicas, and links that a test can cut; the transcript lists what was sent, in order. */
export class Bench {
  readonly members = ['n1', 'n2', 'n3', 'n4']
  readonly cores = new Map<NodeId, PbftCore>()
  readonly transcript: string[] = []
  /** Nodes that neither send nor receive. */
  readonly cut = new Set<NodeId>()
  /** What is lost on its way: words of the transcript. */
  loses: (line: string) => boolean = () => false
  readonly executed = new Map<NodeId, string[]>()
  readonly persisted: string[] = []
  readonly #bug: Bug | null
  #queue: Envelope[] = []

  constructor(bug: Bug | null = null) {
    this.#bug = bug
    for (const id of this.members) this.start(id, emptyDisk)
  }

  start(id: NodeId, durable: Durable): void {
    const config = {
      id,
      members: this.members,
      checkpointEvery: CHECKPOINT_EVERY,
      windowSize: 2 * CHECKPOINT_EVERY,
      maxBatch: 2,
      maxInFlight: 2,
      viewChangeTicks: VIEW_TICKS,
      statusTicks: STATUS_TICKS,
    }
    this.cores.set(id, new PbftCore(config, durable, keys.of(id), deviationsOf(this.#bug).core))
  }

  core(id: NodeId): PbftCore {
    return this.cores.get(id) as PbftCore
  }

  tick(id: NodeId, count: number): void {
    for (let i = 0; i < count; i++) {
      this.core(id).tick()
      this.drain(id)
    }
  }

  /** All that are not cut off. */
  tickAll(count: number): void {
    for (const id of this.members) if (!this.cut.has(id)) this.tick(id, count)
  }

  drain(id: NodeId): void {
    const core = this.core(id)
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      for (const record of ready.records) this.persisted.push(`${id} ${record.type}`)
      this.#queue.push(...ready.messages)
      const before = ready.installed === null ? (this.executed.get(id) ?? []) : [ready.installed.data]
      this.executed.set(id, [...before, ...ready.executed.map(({ batch }) => named(batch))])
      for (const { seq } of ready.executed)
        if (seq % CHECKPOINT_EVERY === 0) core.checkpoint({ seq, data: `state ${seq}`, root: 'root' })
    }
  }

  /** Delivers messages until none is left. Statuses are delivered and not told of, unless one is asked for. */
  deliver(isTold: (line: string) => boolean = (line) => !/ status /.test(line)): readonly string[] {
    const from = this.transcript.length
    for (let envelope = this.#queue.shift(); envelope !== undefined; envelope = this.#queue.shift()) {
      const { from: sender, to, message } = envelope
      const line = `${sender}>${to} ${describeMessage(message)}`
      const isLost = this.cut.has(sender) || this.cut.has(to) || this.loses(line)
      if (!isLost && isTold(line)) this.transcript.push(line)
      if (!isLost) this.receive(to, message)
    }
    return this.transcript.slice(from)
  }

  receive(to: NodeId, message: Message): void {
    this.core(to).step(message)
    this.drain(to)
  }

  /** A client sends to all. */
  ask(...requests: readonly Request[]): void {
    for (const id of this.members) {
      if (this.cut.has(id)) continue
      for (const each of requests) this.core(id).request(each)
      this.drain(id)
    }
  }

  executedBy(id: NodeId): string {
    return (this.executed.get(id) ?? []).join(' ')
  }
}
