/** Runs one core with a real disk and real peers: persist, send, apply, answer, in that order. */
import type { Call } from '../../../harness/api/history.ts'
import type { NodeId } from '../../protocol/commands.ts'
import type { Answer, Reply } from '../../protocol/server/client-api.ts'
import { dutiesOf } from '../../protocol/server/duties/duties.ts'
import type { Duty } from '../../protocol/server/duties/duty.ts'
import { RecentDigests } from '../../protocol/server/recent-digests.ts'
import { StateMachine } from '../../protocol/state-machine.ts'
import { RaftCore } from '../core/raft.ts'
import type { Command, Entry, Envelope, Message, RaftConfig, Ready, Snapshot } from '../core/types.ts'
import type { Deviations } from '../deviations.ts'
import type { ClientApi, ServerApi } from './client-api.ts'
import type { Storage } from './storage.ts'

export interface ReplicaOptions {
  readonly config: RaftConfig
  readonly storage: Storage
  readonly send: (envelope: Envelope) => void
  readonly log: (message: string) => void
  /** Entries above the snapshot before the log is compacted. */
  readonly compactEvery: number
  /** Reported in its status. */
  readonly version: number
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
  readonly deviations: Deviations
}

export class Replica implements ServerApi {
  readonly #options: ReplicaOptions
  readonly #core: RaftCore
  readonly #duties: readonly Duty[]
  #machine: StateMachine
  /** The last index that the machine applied. The core is ahead of it between receiving a snapshot and installing it. */
  #machineAt: number
  readonly #digests = new RecentDigests()
  readonly #proposals = new Map<number, { term: number; reply: Reply }>()
  readonly #reads = new Map<number, { vocabulary: string; call: Call; reply: Reply }>()
  #waiting: { id: number; index: number }[] = []
  #readId = 0
  #driving = false
  #due = false
  #said = ''

  constructor(options: ReplicaOptions) {
    this.#options = options
    this.#duties = dutiesOf({
      id: options.config.id,
      sink: options.sink,
      propose: (vocabulary, call) => this.propose(vocabulary, call),
      deviations: options.deviations.server,
    })
    const { restored } = options.storage
    this.#core = new RaftCore(options.config, restored, options.deviations.core)
    this.#machine = new StateMachine(restored.snapshot?.data ?? null, options.deviations.machine)
    this.#machineAt = restored.snapshot?.index ?? 0
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
    const proposal = this.#core.propose(command)
    if (proposal === null) return reply({ type: 'not-leader', leader: this.#core.leader })
    this.#proposals.set(proposal.index, { term: proposal.term, reply })
    this.#schedule()
  }

  propose(vocabulary: string, call: Call): void {
    this.submit({ kind: 'internal', vocabulary, call }, () => {})
  }

  localRead(vocabulary: string, call: Call): unknown {
    return this.#machine.read(vocabulary, call)
  }

  read(vocabulary: string, call: Call, reply: Reply): void {
    const id = this.#readId++
    this.#reads.set(id, { vocabulary, call, reply })
    if (!this.#core.read(id)) {
      this.#reads.delete(id)
      return reply({ type: 'not-leader', leader: this.#core.leader })
    }
    this.#schedule()
  }

  changeMembers(...[change, reply]: Parameters<ClientApi['changeMembers']>): void {
    const result = this.#core.changeMembers(change(this.#core.members))
    if ('refused' in result) return reply({ type: 'refused', error: result.refused })
    this.#proposals.set(result.index, { term: result.term, reply })
    this.#schedule()
  }

  status(): ReturnType<ClientApi['status']> {
    // A term that is told and then lost with the power would seem to go back.
    this.#drive()
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
      earlierDigests: this.#digests.byPosition,
      members: this.#core.committedMembers,
      ...(this.#core.role === 'leader' ? { decisions: this.#core.decisions } : {}),
      clockMs: Date.now(),
      version: String(this.#options.version),
      ready: this.#core.leader !== null,
    }
  }

  /** One pass handles everything that arrived in this turn of the event loop, which batches entries and reads. */
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
    this.#performDuties()
    this.#report()
    this.#driving = false
  }

  #performDuties(): void {
    for (const duty of this.#duties) {
      if (this.#core.role === 'leader') duty.perform(this.#machine, this.#core.term)
      else duty.stop?.()
    }
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
      this.#machine = new StateMachine(ready.snapshot.data, this.#options.deviations.machine)
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
        return { type: 'value', value, index, term: this.#core.term }
      })
      return false
    })
  }

  #applyEntry(entry: Entry): void {
    const result = this.#machine.apply(entry)
    this.#machineAt = entry.index
    this.#digests.applied(entry.index, this.#machine)
    const proposal = this.#proposals.get(entry.index)
    if (proposal === undefined) return
    this.#proposals.delete(entry.index)
    const mine = proposal.term === entry.term
    proposal.reply(mine ? { ...result, index: entry.index, term: entry.term } : { type: 'superseded' })
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
