/**
 * A resource manager (Gray and Lampson, section 3): it votes, and stays in doubt from its vote for yes until it learns the
 * decision. Cooperative termination after Bernstein, Hadzilacos and Goodman 1987, section 7.4: in doubt it asks the coordinator
 * and the other participants. One that has not voted promises never to do so, and then all may abort. If all are in doubt and
 * the coordinator is away, all wait: two-phase commit blocks.
 */
import type { NodeId } from '../../protocol/commands.ts'
import type { DecisionLog } from './decision-log.ts'
import type { Decided } from './decision-table.ts'
import type { CoreDeviations } from './deviations.ts'
import type { Out } from './out.ts'
import { Shard } from './shard.ts'
import {
  type CommitConfig,
  coordinatorOf,
  type Durable,
  type Message,
  type Outcome,
  type Prepared,
  placeOf,
  type Reason,
  type TransactionId,
} from './types.ts'

type Prepare = Message & { readonly type: 'prepare' }

export class Participant {
  readonly #config: CommitConfig
  readonly #deviations: CoreDeviations
  readonly #out: Out
  readonly #log: DecisionLog | null
  readonly shard: Shard
  /** Of transactions that may still be asked about. */
  readonly #outcomes: Map<TransactionId, Outcome>
  /** Coordinator -> all of its transactions before this place are over for every participant. */
  readonly #floors: Map<NodeId, number>
  #now = 0

  /** @param log of decisions; null: each coordinator decides alone */
  constructor(
    config: CommitConfig,
    durable: Durable,
    deviations: CoreDeviations,
    out: Out,
    log: DecisionLog | null,
  ) {
    this.#log = log
    this.#config = config
    this.#deviations = deviations
    this.#out = out
    this.shard = new Shard(durable.values, deviations.unlocksAfter ?? Number.POSITIVE_INFINITY)
    for (const prepared of durable.prepared) this.shard.hold(prepared, 0)
    this.#outcomes = new Map(durable.outcomes)
    this.#floors = new Map(durable.floors)
  }

  get durable(): Pick<Durable, 'values' | 'prepared' | 'outcomes' | 'floors'> {
    return {
      values: this.shard.values,
      prepared: [...this.shard.inDoubt.values()].map(({ prepared }) => prepared),
      outcomes: [...this.#outcomes],
      floors: [...this.#floors],
    }
  }

  /** Transactions in doubt, and for how many ticks, of which this start knows. */
  get doubts(): readonly { readonly prepared: Prepared; readonly ticks: number }[] {
    return [...this.shard.inDoubt.values()].map(({ prepared, since }) => ({
      prepared,
      ticks: this.#now - since,
    }))
  }

  tick(): void {
    this.#now++
    const { askTicks, voteTicks } = this.#config
    // Before that, the coordinator may still be counting votes.
    const patienceTicks = this.#log === null ? 0 : voteTicks
    const { decidesAloneAfter } = this.#deviations
    for (const { prepared, ticks } of this.doubts) {
      if (decidesAloneAfter !== null && ticks >= decidesAloneAfter) this.#settle(prepared, 'abort', 'alone')
      else if (ticks > patienceTicks && ticks % askTicks === 0) this.#ask(prepared)
    }
  }

  onPrepare(prepare: Prepare): void {
    const { tx, steps, floor, isLoneRead, participants } = prepare
    const coordinator = coordinatorOf(tx)
    this.#raiseFloor(coordinator, floor)
    if (placeOf(tx) < (this.#floors.get(coordinator) ?? 0)) return
    const outcome = this.#outcomes.get(tx)
    // A prepare that comes again: what was said before holds.
    if (outcome === 'abort') return this.#sayNo(tx, 'not-voted')
    const held = this.shard.inDoubt.get(tx)
    if (held !== undefined) return this.#sayYes(tx, held.prepared.results)
    if (outcome === 'commit') return
    const tried = this.shard.try(steps, this.#now)
    if ('refused' in tried) {
      if (!isLoneRead) this.#refuse(tx, participants, tried.refused)
      return this.#sayNo(tx, tried.refused)
    }
    if (!isLoneRead) this.#prepare({ tx, participants, ...tried })
    this.#sayYes(tx, tried.results)
  }

  /** The vote is a promise: it must be on the disk before anybody hears of it. */
  #prepare(prepared: Prepared): void {
    const { tx, participants } = prepared
    this.shard.hold(prepared, this.#now)
    this.#out.write({ type: 'prepared', prepared }, !this.#deviations.skipsVoteSync)
    this.#out.tell({ did: 'voted', tx, participants, vote: 'yes', why: null })
  }

  /** Whoever votes no has decided; a prepare may come again, so the vote must be remembered. */
  #refuse(tx: TransactionId, participants: readonly NodeId[], why: Reason): void {
    this.#remember(tx, 'abort', true)
    this.#out.tell({ did: 'voted', tx, participants, vote: 'no', why })
    this.#out.tell({ did: 'decided', as: 'participant', tx, participants, outcome: 'abort', why })
  }

  onDecision({ tx, outcome, why }: Message & { readonly type: 'decision' }): void {
    const held = this.shard.inDoubt.get(tx)
    if (held !== undefined) this.#settle(held.prepared, outcome, why)
    // It was settled before, and is acknowledged again.
    if (outcome === 'commit') this.#out.send(coordinatorOf(tx), { type: 'ack', tx })
  }

  /** The log of decisions says so. */
  onDecided(tx: TransactionId, { outcome, why }: Decided): void {
    const held = this.shard.inDoubt.get(tx)
    if (held !== undefined) this.#settle(held.prepared, outcome, why)
  }

  /** Another participant is in doubt. Nothing is said if this one is, too. */
  onAsk(from: NodeId, { tx, participants }: Message & { readonly type: 'ask' }): void {
    if (this.shard.inDoubt.has(tx)) return
    const outcome = this.#outcomes.get(tx)
    const why = outcome === 'abort' ? 'told' : null
    if (outcome !== undefined) return this.#out.send(from, { type: 'decision', tx, outcome, why })
    const isOver = placeOf(tx) < (this.#floors.get(coordinatorOf(tx)) ?? 0)
    if (!isOver && !this.#deviations.forgetsRefusal) this.#refuse(tx, participants, 'not-voted')
    // One that is over for all and still in doubt for one was not committed: commits are acknowledged.
    this.#out.send(from, { type: 'decision', tx, outcome: 'abort', why: 'not-voted' })
  }

  #settle({ tx, participants }: Prepared, outcome: Outcome, why: Reason | null): void {
    this.shard.settle(tx, outcome)
    this.#remember(tx, outcome, outcome === 'commit')
    this.#out.tell({ did: 'decided', as: 'participant', tx, participants, outcome, why })
  }

  /** An abort need not be on the disk: without it the participant is in doubt again, asks, and hears the same. */
  #remember(tx: TransactionId, outcome: Outcome, isSynced: boolean): void {
    this.#outcomes.set(tx, outcome)
    this.#out.write({ type: 'outcome', tx, outcome }, isSynced)
  }

  /** With a log of decisions it need not wait for anybody: the first decision counts, and this may be the first. */
  #ask({ tx, participants }: Prepared): void {
    if (this.#log !== null) return this.#log.abort(tx, 'timeout')
    const others = participants.filter((id) => id !== this.#config.id)
    for (const to of new Set([coordinatorOf(tx), ...others]))
      this.#out.send(to, { type: 'ask', tx, participants })
  }

  #raiseFloor(coordinator: NodeId, floor: number): void {
    if (floor <= (this.#floors.get(coordinator) ?? 0)) return
    this.#floors.set(coordinator, floor)
    for (const tx of this.#outcomes.keys())
      if (coordinatorOf(tx) === coordinator && placeOf(tx) < floor) this.#outcomes.delete(tx)
  }

  #sayYes(tx: TransactionId, results: readonly unknown[]): void {
    this.#out.send(coordinatorOf(tx), { type: 'vote', tx, vote: 'yes', results })
  }

  #sayNo(tx: TransactionId, why: Reason): void {
    this.#out.send(coordinatorOf(tx), { type: 'vote', tx, vote: 'no', why })
  }
}
