/**
 * What the log of decisions amounts to (Gray and Lampson 2006, section 4.2: consensus on the coordinator's decision). It is the
 * same on every node that has applied the same slots. The first decision on a transaction counts; all later ones say the same.
 */
import type { Slot } from '../../paxos/core/types.ts'
import type { NodeId } from '../../protocol/commands.ts'
import type { CoreDeviations } from './deviations.ts'
import { Sessions } from './sessions.ts'
import type { Outcome, Proposal, Reason, SessionState, TransactionId } from './types.ts'

export interface Decided {
  readonly outcome: Outcome
  readonly why: Reason | null
}

interface Recorded extends Decided {
  readonly slot: Slot
}

interface Saved {
  readonly decided: readonly (readonly [TransactionId, Recorded])[]
  readonly appliedTo: readonly (readonly [NodeId, Slot])[]
  readonly forgottenTo: Slot
  readonly sessions: readonly (readonly [number, SessionState])[]
  readonly expired: number
}

interface TableOptions {
  readonly members: readonly NodeId[]
  /** A decision is kept for so many slots, and until all nodes have applied it. */
  readonly keptSlots: number
  readonly deviations: CoreDeviations
}

const EMPTY: Saved = { decided: [], appliedTo: [], forgottenTo: 0, sessions: [], expired: 0 }

export class DecisionTable {
  readonly #options: TableOptions
  readonly #decided: Map<TransactionId, Recorded>
  readonly #appliedTo: Map<NodeId, Slot>
  /** Decisions up to this slot are forgotten. */
  #forgottenTo: Slot
  readonly sessions: Sessions

  /** @param saved by another table; null: nothing was decided */
  constructor(options: TableOptions, saved: string | null) {
    const { decided, appliedTo, forgottenTo, ...sessions } =
      saved === null ? EMPTY : (JSON.parse(saved) as Saved)
    this.#options = options
    this.#decided = new Map(decided)
    this.#appliedTo = new Map(appliedTo)
    this.#forgottenTo = forgottenTo
    this.sessions = new Sessions(sessions)
  }

  save(): string {
    const saved: Saved = {
      decided: [...this.#decided],
      appliedTo: [...this.#appliedTo],
      forgottenTo: this.#forgottenTo,
      ...this.sessions.durable,
    }
    return JSON.stringify(saved)
  }

  get decided(): ReadonlyMap<TransactionId, Decided> {
    return this.#decided
  }

  /** @returns the decision on the transaction, which may be an earlier one */
  apply(slot: Slot, proposal: Proposal): Decided {
    const { tx, from, appliedTo } = proposal
    this.#appliedTo.set(from, Math.max(appliedTo, this.#appliedTo.get(from) ?? 0))
    const known = this.#decided.get(tx)
    if (known !== undefined && !this.#options.deviations.lastDecisionCounts) return known
    const decided = this.#decide(proposal)
    this.#decided.set(tx, { ...decided, slot })
    this.#forget(slot)
    return decided
  }

  #decide({ outcome, why, since, request }: Proposal): Decided {
    // Somebody may have aborted it in a slot that is forgotten.
    if (outcome === 'commit' && since < this.#forgottenTo) return { outcome: 'abort', why: 'timeout' }
    if (request === null) return { outcome, why }
    const { session: id, seq } = request
    // The coordinator was started again before it learned of the commit, and the client has asked again.
    const isRepeated = this.sessions.look({ id, seq }) !== null
    if (isRepeated && !this.#options.deviations.decidesRepeats) return { outcome: 'abort', why: 'repeated' }
    this.sessions.answered(request)
    return { outcome, why }
  }

  /**
   * A participant that is in doubt about a transaction has not applied its commit, so it has no use for a decision that all
   * nodes have applied. It may ask all the same, and an abort is then right: the transaction was not committed.
   */
  #forget(slot: Slot): void {
    const { members, keptSlots } = this.#options
    const byAll = Math.min(...members.map((id) => this.#appliedTo.get(id) ?? 0))
    const upTo = Math.min(byAll, slot - keptSlots)
    if (upTo <= this.#forgottenTo) return
    this.#forgottenTo = upTo
    for (const [tx, recorded] of this.#decided) if (recorded.slot <= upTo) this.#decided.delete(tx)
  }
}
