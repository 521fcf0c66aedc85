/** Runs one core: write, send, answer, in that order. The server and the simulator give it a disk and peers. */
import type { Call } from '../../harness/api/history.ts'
import type { Command, NodeId } from '../protocol/commands.ts'
import type { Answer as Replied, Reply } from '../protocol/server/client-api.ts'
import { planOf } from './calls.ts'
import { CommitCore } from './core/commit.ts'
import type { CoreDeviations } from './core/deviations.ts'
import type { Answer, CommitConfig, Durable, Entry, Envelope, Event, Message } from './core/types.ts'

export interface Disk {
  readonly restored: Durable
  /** Adds to the log. @param isSynced whether it is on the disk when this returns */
  append(entries: readonly Entry[], isSynced: boolean): void
  /** Replaces everything. */
  replace(durable: Durable): void
}

export interface RunnerOptions {
  readonly config: CommitConfig
  readonly disk: Disk
  readonly send: (envelope: Envelope) => void
  /** Entries in the log before it is replaced by what they amount to. */
  readonly compactEvery: number
  readonly deviations: CoreDeviations
  readonly watch: (event: Event) => void
}

interface Waiting {
  readonly done: (results: readonly unknown[]) => unknown
  readonly refused: unknown
  readonly reply: Reply
}

const replied = (answer: Answer, { done, refused }: Waiting): Replied => {
  switch (answer.type) {
    case 'done':
      return { type: 'value', value: done(answer.results) }
    case 'condition':
      return { type: 'value', value: refused }
    case 'aborted':
      return { type: 'refused', error: 'aborted' }
    case 'expired':
      return { type: 'refused', error: 'session-expired' }
    case 'stale':
      return { type: 'refused', error: 'stale-sequence' }
  }
}

export class Runner {
  readonly #options: RunnerOptions
  readonly core: CommitCore
  readonly #waiting = new Map<number, Waiting>()
  #request = 0
  #entries = 0

  constructor(options: RunnerOptions) {
    this.#options = options
    this.core = new CommitCore(options.config, options.disk.restored, options.deviations, options.watch)
  }

  tick(): void {
    this.core.tick()
  }

  receive(from: NodeId, message: Message): void {
    this.core.step(from, message)
  }

  submit(command: Command, reply: Reply): void {
    if (command.kind === 'session')
      return reply({ type: 'value', value: this.core.coordinator.openSession() })
    if (command.kind !== 'op') return reply({ type: 'refused', error: 'no-such-vocabulary' })
    const { members, id } = this.#options.config
    const { session, seq, vocabulary, call } = command
    // The node that opened the session remembers what became of its requests.
    const home = members[session % members.length] as NodeId
    if (home !== id) return reply({ type: 'not-leader', leader: home })
    this.#begin({ id: session, seq }, vocabulary, call, reply)
  }

  read(vocabulary: string, call: Call, reply: Reply): void {
    this.#begin(null, vocabulary, call, reply)
  }

  #begin(
    session: { readonly id: number; readonly seq: number } | null,
    vocabulary: string,
    call: Call,
    reply: Reply,
  ): void {
    const plan = planOf(vocabulary, call)
    if (plan === null) return reply({ type: 'refused', error: 'no-such-vocabulary' })
    const { steps, done, refused = null } = plan
    const id = this.#request++
    this.#waiting.set(id, { done, refused, reply })
    this.core.begin({ id, session, steps })
  }

  /** Does what the core asks for, until it asks for nothing more. */
  drive(): void {
    const { disk, send, compactEvery } = this.#options
    const { core } = this
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      disk.append(ready.entries, ready.sync)
      this.#entries += ready.entries.length
      for (const envelope of ready.messages) send(envelope)
      for (const [request, answer] of ready.answers) this.#answer(request, answer)
      core.advance()
    }
    if (this.#entries < compactEvery) return
    this.#entries = 0
    core.compact()
    disk.replace(core.durable)
  }

  #answer(request: number, answer: Answer): void {
    const waiting = this.#waiting.get(request)
    this.#waiting.delete(request)
    waiting?.reply(replied(answer, waiting))
  }
}
