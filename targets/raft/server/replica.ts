/** Drives one core with a real disk and real peers: persist, send, apply, answer, in that order. */
import type { Call } from '../../../harness/api/history.ts'
import type { NodeStatus } from '../../../harness/api/target.ts'
import { JOB_QUEUE } from '../../../harness/vocabularies/job-queue.ts'
import { LEASE } from '../../../harness/vocabularies/lease.ts'
import { LOCK } from '../../../harness/vocabularies/locks.ts'
import { SCHEDULE } from '../../../harness/vocabularies/schedule.ts'
import type { Bug } from '../bugs/bugs.ts'
import { RaftCore } from '../core/raft.ts'
import type { Command, Entry, Envelope, Message, NodeId, RaftConfig, Ready, Snapshot } from '../core/types.ts'
import { type Applied, StateMachine } from '../state-machine.ts'
import { EarlyMistakes } from './early.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { ReadCache } from './read-cache.ts'
import type { Storage } from './storage.ts'
import { Ticker } from './ticker.ts'
import { EffectWorker } from './worker.ts'

export type Answer =
  | (Applied & { readonly index?: number; readonly term?: number })
  /** It was never proposed here. */
  | { readonly type: 'not-leader'; readonly leader: NodeId | null }
  /** Another entry was committed in its place: it never happened. */
  | { readonly type: 'superseded' }
  /** A snapshot passed over it: nobody here can tell. */
  | { readonly type: 'unknown' }

/** Entries: each replica keeps the digests of the same positions, and so many of them. */
const DIGEST_EVERY = 16
const DIGESTS_KEPT = 32

type Reply = (answer: Answer) => void

export interface ReplicaOptions {
  readonly config: RaftConfig
  readonly storage: Storage
  readonly send: (envelope: Envelope) => void
  readonly log: (message: string) => void
  /** Entries above the snapshot before the log is compacted. */
  readonly compactEvery: number
  /** What it says of itself. */
  readonly version: number
  /** Where effects happen; null: nowhere. */
  readonly sink: string | null
}

export class Replica {
  readonly #options: ReplicaOptions
  readonly #core: RaftCore
  readonly #bug: Bug | null
  readonly #early: EarlyMistakes
  readonly #cache: ReadCache
  readonly #worker: EffectWorker
  readonly #leaseKeeper: LeaseKeeper<number>
  readonly #jobKeeper: LeaseKeeper<string>
  readonly #lockKeeper: LeaseKeeper<number>
  readonly #ticker: Ticker
  #machine: StateMachine
  /** What the machine has applied: the core is ahead of it while a snapshot is received and not installed yet. */
  #machineAt: number
  /** Of the last positions that all replicas keep digests of. */
  readonly #digests = new Map<number, string>()
  readonly #proposals = new Map<number, { term: number; reply: Reply }>()
  readonly #reads = new Map<number, { vocabulary: string; call: Call; reply: Reply }>()
  #waiting: { id: number; index: number }[] = []
  #readId = 0
  #driving = false
  #due = false
  #said = ''

  constructor(options: ReplicaOptions) {
    this.#options = options
    this.#bug = options.config.bug
    this.#early = new EarlyMistakes(this.#bug)
    this.#cache = new ReadCache(this.#bug)
    this.#worker = new EffectWorker({
      sink: options.sink,
      id: options.config.id,
      bug: this.#bug,
      done: ({ vocabulary, request: { key } }) =>
        this.propose(vocabulary, { f: 'done', value: { key, worker: options.config.id } }),
    })
    this.#leaseKeeper = new LeaseKeeper(this.#bug, (key, token) =>
      this.propose(LEASE.name, { f: 'expire', value: { key, token } }),
    )
    this.#jobKeeper = new LeaseKeeper(null, (key, token) =>
      this.propose(JOB_QUEUE.name, { f: 'give-back', value: { key, token } }),
    )
    this.#lockKeeper = new LeaseKeeper(null, (key, owner) =>
      this.propose(LOCK.name, { f: 'free', value: { key, owner } }),
    )
    this.#ticker = new Ticker(this.#bug, (call) => this.propose(SCHEDULE.name, call))
    const { restored } = options.storage
    this.#core = new RaftCore(options.config, restored)
    this.#machine = new StateMachine(this.#bug, restored.snapshot?.data ?? null)
    this.#machineAt = restored.snapshot?.index ?? 0
  }

  get bug(): Bug | null {
    return this.#bug
  }

  tick(): void {
    this.#core.tick()
    this.#schedule()
  }

  receive(from: NodeId, message: Message): void {
    this.#core.step(from, message)
    this.#schedule()
  }

  submit(command: Command, reply: Reply): void {
    const proposal = this.#core.propose(this.#early.distort(command, this.#machine))
    if (proposal === null) return reply({ type: 'not-leader', leader: this.#core.leader })
    this.#proposals.set(proposal.index, { term: proposal.term, reply })
    this.#schedule()
  }

  /** An entry of the cluster's own, for no client. */
  propose(vocabulary: string, call: Call): void {
    this.submit({ kind: 'internal', vocabulary, call }, () => {})
  }

  /** Of a call that changes nothing. */
  read(vocabulary: string, call: Call, reply: Reply): void {
    const cached = this.#cache.get(vocabulary, call)
    if (cached !== undefined) return reply({ type: 'value', value: cached })
    const id = this.#readId++
    this.#reads.set(id, { vocabulary, call, reply })
    if (!this.#core.read(id)) {
      this.#reads.delete(id)
      return reply({ type: 'not-leader', leader: this.#core.leader })
    }
    this.#schedule()
  }

  changeMembers(
    change: (members: readonly NodeId[]) => readonly NodeId[],
    reply: (answer: Answer | { readonly type: 'refused-change'; readonly error: string }) => void,
  ): void {
    const result = this.#core.changeMembers(change(this.#core.members))
    if ('refused' in result) return reply({ type: 'refused-change', error: result.refused })
    this.#proposals.set(result.index, { term: result.term, reply })
    this.#schedule()
  }

  status(): NodeStatus & { readonly ready: boolean } {
    const role = this.#core.role === 'preCandidate' ? 'candidate' : this.#core.role
    return {
      role,
      term: this.#core.term,
      leader: this.#core.leader,
      appliedIndex: this.#machineAt,
      commitIndex: this.#core.commit,
      snapshotIndex: this.#core.snapshotIndex,
      digest: this.#machine.digest,
      digestAt: this.#machineAt,
      earlierDigests: Object.fromEntries(this.#digests),
      members: this.#core.committedMembers,
      clockMs: Date.now(),
      version: String(this.#options.version),
      ready: this.#core.leader !== null,
    }
  }

  /** One pass handles all that arrived in this turn of the event loop: so entries and reads are batched. */
  #schedule(): void {
    if (this.#due) return
    this.#due = true
    setImmediate(() => {
      this.#due = false
      this.#drive()
    })
  }

  #drive(): void {
    if (this.#driving) return
    this.#driving = true
    for (let ready = this.#core.ready(); ready !== null; ready = this.#core.ready()) {
      this.#options.storage.persist(ready)
      for (const envelope of ready.messages) this.#options.send(envelope)
      this.#apply(ready)
      this.#core.advance(ready)
    }
    if (this.#core.applied - this.#core.snapshotIndex >= this.#options.compactEvery) this.#compact()
    this.#lead()
    this.#report()
    this.#driving = false
  }

  /** What a leader does beside the log. */
  #lead(): void {
    if (this.#core.role !== 'leader') {
      for (const each of [this.#leaseKeeper, this.#jobKeeper, this.#lockKeeper, this.#ticker]) each.forget()
      return
    }
    this.#worker.work(this.#machine.requests, this.#core.term)
    this.#leaseKeeper.keep(this.#machine.leases)
    this.#jobKeeper.keep(this.#machine.lentJobs)
    this.#ticker.tick(this.#machine.schedules)
    if (this.#bug === 'lock-freed-by-time') this.#lockKeeper.keep(this.#machine.locks)
  }

  #compact(): void {
    const snapshot: Snapshot = { ...this.#core.compactionPoint(), data: this.#machine.save() }
    this.#core.compact(snapshot)
    const remaining: Entry[] = []
    for (let index = snapshot.index + 1; index <= this.#core.lastIndex; index++)
      remaining.push(this.#core.entryAt(index) as Entry)
    this.#options.storage.compact(snapshot, remaining)
    this.#options.log(`snapshot at index ${snapshot.index}`)
  }

  #apply(ready: Ready): void {
    if (ready.snapshot !== null) {
      this.#machine = new StateMachine(this.#bug, ready.snapshot.data)
      this.#machineAt = ready.snapshot.index
      for (const { reply } of this.#proposals.values()) reply({ type: 'unknown' })
      this.#proposals.clear()
      this.#options.log(`installed snapshot at index ${ready.snapshot.index}`)
    }
    for (const entry of ready.committed) this.#applyEntry(entry)
    for (const id of ready.lostReads)
      this.#answerRead(id, () => ({ type: 'not-leader', leader: this.#core.leader }))
    this.#waiting.push(...ready.reads)
    this.#waiting = this.#waiting.filter(({ id, index }) => {
      if (index > this.#core.applied) return true
      this.#answerRead(id, (vocabulary, call) => {
        const value = this.#machine.read(vocabulary, call)
        this.#cache.put(vocabulary, call, value)
        return { type: 'value', value, index, term: this.#core.term }
      })
      return false
    })
  }

  #applyEntry(entry: Entry): void {
    const result = this.#machine.apply(entry)
    this.#machineAt = entry.index
    if (entry.index % DIGEST_EVERY === 0) this.#keepDigest(entry.index)
    const proposal = this.#proposals.get(entry.index)
    if (proposal === undefined) return
    this.#proposals.delete(entry.index)
    const mine = proposal.term === entry.term
    proposal.reply(mine ? { ...result, index: entry.index, term: entry.term } : { type: 'superseded' })
  }

  #keepDigest(index: number): void {
    this.#digests.set(index, this.#machine.digest)
    const [oldest] = this.#digests.keys()
    if (oldest !== undefined && this.#digests.size > DIGESTS_KEPT) this.#digests.delete(oldest)
  }

  #answerRead(id: number, answer: (vocabulary: string, call: Call) => Answer): void {
    const read = this.#reads.get(id)
    this.#reads.delete(id)
    read?.reply(answer(read.vocabulary, read.call))
  }

  #report(): void {
    const line = `${this.#core.role} in term ${this.#core.term}, leader ${this.#core.leader ?? 'unknown'}`
    if (line !== this.#said) this.#options.log(line)
    this.#said = line
  }
}
