/**
 * The transaction manager (Gray and Lampson, section 3), on one node: the one that the client asked. Presumed abort (Bernstein,
 * Hadzilacos and Goodman 1987, section 7.4): only a commit is written, before it is sent; whatever the coordinator does not know
 * was aborted. A commit is forgotten when all participants have it on disk.
 */
import type { NodeId } from '../../protocol/commands.ts'
import type { DecisionLog } from './decision-log.ts'
import type { Decided } from './decision-table.ts'
import type { CoreDeviations } from './deviations.ts'
import type { Out } from './out.ts'
import { Sessions } from './sessions.ts'
import { ownerOf, type Step } from './steps.ts'
import {
  type Answer,
  type Answered,
  type CommitConfig,
  type Committed,
  type Durable,
  type Entry,
  type Message,
  type Outcome,
  placeOf,
  type Reason,
  type Request,
  type SessionState,
  type TransactionId,
} from './types.ts'

/** A request on its way, and all who wait for its answer: the client may ask again. */
interface Asked {
  readonly request: Request
  readonly waiting: number[]
  readonly giveUpAt: number
  /** Null: a transaction runs for it. */
  startsAt: number | null
}

interface Proposed {
  readonly outcome: Outcome
  readonly request: Answered | null
  readonly results: readonly unknown[]
}

interface Running {
  readonly tx: TransactionId
  readonly asked: Asked
  readonly participants: readonly NodeId[]
  readonly isLoneRead: boolean
  readonly since: number
  /** Results of those that voted yes. */
  readonly votes: Map<NodeId, readonly unknown[]>
  yes: number
  /** The log's position when it began. */
  readonly sinceSlot: number
  /** What was proposed to the log: from then on, only the log says what becomes of it. */
  proposed: Proposed | null
}

interface Deciding extends Committed {
  readonly missing: Set<NodeId>
  readonly since: number
}

/** Null: a read, which may be asked again. */
const answeredBy = ({ request: { session } }: Asked, results: Answered['results']): Answered | null =>
  session === null ? null : { session: session.id, seq: session.seq, results }

const sameAnswer = ({ results }: SessionState): Answer =>
  results === null ? { type: 'condition' } : { type: 'done', results }

type VoteMessage = Message & { readonly type: 'vote' }

export class Coordinator {
  readonly #config: CommitConfig
  readonly #deviations: CoreDeviations
  readonly #out: Out
  readonly #start: number
  readonly #ownSessions: Sessions
  readonly #log: DecisionLog | null
  readonly #asked = new Set<Asked>()
  readonly #running = new Map<TransactionId, Running>()
  readonly #committed = new Map<TransactionId, Deciding>()
  #late: { readonly entry: Entry; readonly at: number }[] = []
  #number = 0
  #session = 0
  #now = 0

  /**
   * @param start how often this node has started, this time included
   * @param log of decisions; null: it decides alone
   */
  constructor(
    config: CommitConfig,
    durable: Durable,
    start: number,
    deviations: CoreDeviations,
    out: Out,
    log: DecisionLog | null,
  ) {
    this.#log = log
    this.#config = config
    this.#deviations = deviations
    this.#out = out
    this.#start = start
    this.#ownSessions = new Sessions(durable)
    for (const committed of durable.committed) this.#await(committed)
  }

  get durable(): Pick<Durable, 'committed' | 'sessions' | 'expired'> {
    const committed = [...this.#committed.values()].map(({ tx, participants, request }) => ({
      tx,
      participants,
      request,
    }))
    return { committed, ...this.#ownSessions.durable }
  }

  /** With a log, they are the same on all nodes. */
  get #sessions(): Sessions {
    return this.#log?.table.sessions ?? this.#ownSessions
  }

  /** Transactions without an outcome, or with one that not all participants have. */
  get unfinished(): number {
    return this.#running.size + this.#committed.size
  }

  /** Its number modulo the number of nodes tells its node. */
  openSession(): number {
    const { id, members } = this.#config
    const count = this.#start * 2 ** 24 + ++this.#session
    return count * members.length + members.indexOf(id)
  }

  begin(request: Request): void {
    const { session } = request
    if (session !== null && !this.#deviations.repeatsRequests) {
      const known = this.#sessions.look(session)
      if (known === 'expired' || known === 'stale') return this.#out.answer([request.id], { type: known })
      if (known !== null) return this.#out.answer([request.id], sameAnswer(known))
      const same = [...this.#asked].find(
        ({ request: other }) => other.session?.id === session.id && other.session.seq === session.seq,
      )
      if (same !== undefined) {
        same.waiting.push(request.id)
        return
      }
    }
    const giveUpAt = this.#now + this.#config.patienceTicks
    const asked: Asked = { request, waiting: [request.id], giveUpAt, startsAt: null }
    this.#asked.add(asked)
    this.#prepare(asked)
  }

  tick(): void {
    this.#now++
    const { voteTicks, askTicks } = this.#config
    for (const running of this.#running.values())
      if (running.proposed !== null) this.#repeat(running)
      else if (this.#now - running.since >= voteTicks) this.#abort(running, 'timeout')
    for (const { tx, missing, since } of this.#committed.values())
      if ((this.#now - since) % askTicks === 0) this.#sendCommit(tx, missing)
    for (const asked of this.#asked)
      if (asked.startsAt !== null && asked.startsAt <= this.#now) this.#prepare(asked)
    for (const { entry } of this.#late.filter(({ at }) => at <= this.#now)) this.#out.write(entry, true)
    this.#late = this.#late.filter(({ at }) => at > this.#now)
  }

  #prepare(asked: Asked): void {
    asked.startsAt = null
    const { members } = this.#config
    const { steps } = asked.request
    const tx = `${this.#config.id}.${this.#start}.${++this.#number}`
    const bySteps = Map.groupBy(steps, ({ key }) => ownerOf(key, members))
    const participants = [...bySteps.keys()]
    const isLoneRead = participants.length <= 1 && steps.every(({ f }) => f === 'read')
    const since = this.#now
    const fresh = { votes: new Map(), yes: 0, sinceSlot: this.#log?.appliedTo ?? 0, proposed: null }
    this.#running.set(tx, { tx, asked, participants, isLoneRead, since, ...fresh })
    const floor = this.#floor()
    for (const [to, own] of bySteps)
      this.#out.send(to, { type: 'prepare', tx, participants, steps: own, floor, isLoneRead })
  }

  #floor(): number {
    return Math.min(...[...this.#running.keys(), ...this.#committed.keys()].map(placeOf))
  }

  onVote(from: NodeId, vote: VoteMessage): void {
    const running = this.#running.get(vote.tx)
    // A participant in doubt asks by itself.
    if (running === undefined || running.proposed !== null) return
    if (vote.vote === 'no') return this.#abort(running, vote.why)
    running.votes.set(from, vote.results)
    running.yes++
    const votes = this.#deviations.countsMessages ? running.yes : running.votes.size
    if (votes >= running.participants.length) this.#commit(running)
  }

  /** All participants have voted yes. */
  #commit(running: Running): void {
    const { tx, asked, participants, isLoneRead } = running
    const results = this.#resultsOf(running)
    const request = answeredBy(asked, results)
    const committed: Committed = { tx, participants, request }
    if (isLoneRead) this.#finish(running, results)
    else if (this.#log !== null) this.#propose(this.#log, running, { outcome: 'commit', request, results })
    else {
      this.#write({ type: 'committed', committed })
      if (request !== null) this.#sessions.answered(request)
      if (!this.#deviations.forgetsAtOnce) this.#await(committed)
      this.#tellCommit(running)
      this.#sendCommit(tx, participants)
      this.#finish(running, results)
    }
  }

  /** To the log of decisions. Some other node may have aborted it there by now. */
  #propose(log: DecisionLog, running: Running, proposed: Proposed): void {
    const { tx, participants } = running
    running.proposed = proposed
    this.#send(log, running, proposed)
    if (proposed.outcome === 'abort' || !this.#deviations.decidesBeforeChosen) return
    this.#tellCommit(running)
    this.#sendCommit(tx, participants)
    this.#finish(running, proposed.results)
  }

  #send(log: DecisionLog, { tx, sinceSlot: since }: Running, { outcome, request }: Proposed): void {
    if (outcome === 'commit') log.commit({ tx, since, request })
    else log.abort(tx, 'condition', request)
  }

  /** The proposal, or the leader that had it, may be lost. */
  #repeat(running: Running): void {
    const { since, proposed } = running
    const isDue = (this.#now - since) % this.#config.askTicks === 0
    if (isDue && proposed !== null && this.#log !== null) this.#send(this.#log, running, proposed)
  }

  /** The log of decisions says so. The participants hear it from their own. */
  onDecided(tx: TransactionId, { outcome, why }: Decided): void {
    const running = this.#running.get(tx)
    if (running === undefined) return
    const { asked, participants, proposed } = running
    if (outcome === 'commit') {
      this.#tellCommit(running)
      return this.#finish(running, proposed?.results ?? [])
    }
    this.#running.delete(tx)
    if (proposed?.outcome !== 'abort')
      this.#out.tell({ did: 'decided', as: 'coordinator', tx, participants, outcome, why })
    this.#close(asked, this.#answerTo(asked, why))
  }

  /** Of an abort in the log. */
  #answerTo({ request: { session } }: Asked, why: Reason | null): Answer {
    if (why === 'condition') return { type: 'condition' }
    const known = why !== 'repeated' || session === null ? null : this.#sessions.look(session)
    if (known === null) return { type: 'aborted' }
    return typeof known === 'string' ? { type: known } : sameAnswer(known)
  }

  #tellCommit({ tx, participants }: Running): void {
    this.#out.tell({ did: 'decided', as: 'coordinator', tx, participants, outcome: 'commit', why: null })
  }

  #finish({ tx, asked }: Running, results: readonly unknown[]): void {
    this.#running.delete(tx)
    this.#close(asked, { type: 'done', results })
  }

  /** The decision: once it is on the disk it is never reversed. */
  #write(entry: Entry): void {
    const { writesDecisionAfter, skipsDecisionSync } = this.#deviations
    if (writesDecisionAfter > 0) this.#late.push({ entry, at: this.#now + writesDecisionAfter })
    else this.#out.write(entry, !skipsDecisionSync)
  }

  /** Those of all participants, in the order of the request. */
  #resultsOf({ asked, votes }: Running): readonly unknown[] {
    const rest = new Map([...votes].map(([id, results]) => [id, [...results]]))
    const next = ({ key }: Step): unknown => rest.get(ownerOf(key, this.#config.members))?.shift() ?? null
    return asked.request.steps.map(next)
  }

  /** Nothing is written of it: it is enough not to know. */
  #abort(running: Running, why: Reason): void {
    const { tx, asked, participants, isLoneRead } = running
    this.#running.delete(tx)
    if (!isLoneRead) {
      this.#out.tell({ did: 'decided', as: 'coordinator', tx, participants, outcome: 'abort', why })
      for (const to of participants) this.#out.send(to, { type: 'decision', tx, outcome: 'abort', why })
    }
    const { random } = this.#config
    const restTicks = 1 + Math.floor(random() * 8)
    if (why === 'condition') this.#refuse(running)
    else if (why === 'locked' && this.#now + restTicks < asked.giveUpAt)
      asked.startsAt = this.#now + restTicks
    else this.#close(asked, { type: 'aborted' })
  }

  /** That is an answer like any other: whoever asks again must not get another one. */
  #refuse(running: Running): void {
    const { tx, asked } = running
    const request = answeredBy(asked, null)
    if (request !== null && this.#log !== null) {
      this.#running.set(tx, running)
      return this.#propose(this.#log, running, { outcome: 'abort', request, results: [] })
    }
    if (request !== null) {
      this.#sessions.answered(request)
      this.#out.write({ type: 'refused', request }, true)
    }
    this.#close(asked, { type: 'condition' })
  }

  #close(asked: Asked, answer: Answer): void {
    this.#asked.delete(asked)
    this.#out.answer(asked.waiting, answer)
  }

  #await(committed: Committed): void {
    this.#committed.set(committed.tx, {
      ...committed,
      missing: new Set(committed.participants),
      since: this.#now,
    })
  }

  #sendCommit(tx: TransactionId, to: Iterable<NodeId>): void {
    for (const id of to) this.#out.send(id, { type: 'decision', tx, outcome: 'commit', why: null })
  }

  onAck(from: NodeId, tx: TransactionId): void {
    const deciding = this.#committed.get(tx)
    if (deciding === undefined) return
    deciding.missing.delete(from)
    if (deciding.missing.size > 0) return
    this.#committed.delete(tx)
    this.#out.write({ type: 'ended', tx }, false)
  }

  /** A participant is in doubt. Nothing is said while votes are still coming. */
  onAsk(from: NodeId, tx: TransactionId): void {
    if (this.#running.has(tx)) return
    const outcome = this.#committed.has(tx) ? 'commit' : 'abort'
    this.#out.send(from, { type: 'decision', tx, outcome, why: outcome === 'abort' ? 'unknown' : null })
  }
}
