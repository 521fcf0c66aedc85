/** What a node tells of its latest transactions: its votes, its decisions, and those in doubt. */
import type { NodeStatus } from '../../../harness/api/target.ts'
import type { Participant } from '../core/participant.ts'
import { coordinatorOf, type Event, type TransactionId } from '../core/types.ts'

type Told = NonNullable<NodeStatus['transactions']>[number]

/** More than are decided between two questions of the harness. */
const KEPT = 24

export class Recent {
  readonly #told = new Map<TransactionId, Told>()

  on({ tx, participants, ...event }: Event): void {
    const known: Told = this.#told.get(tx) ?? { id: tx, coordinator: coordinatorOf(tx), participants }
    const why = event.why === null ? {} : { why: event.why }
    this.#told.delete(tx)
    this.#told.set(
      tx,
      event.did === 'voted'
        ? { ...known, vote: event.vote, ...why }
        : { ...known, ...why, decision: event.outcome },
    )
    const [oldest] = this.#told.keys()
    if (oldest !== undefined && this.#told.size > KEPT) this.#told.delete(oldest)
  }

  /** Those in doubt come last. */
  told({ doubts }: Participant, tickMs: number): readonly Told[] {
    const inDoubt = doubts.map(({ prepared: { tx, participants }, ticks }): Told => {
      const inDoubtMs = ticks * tickMs
      return { id: tx, coordinator: coordinatorOf(tx), participants, vote: 'yes', inDoubtMs }
    })
    const ids = new Set(inDoubt.map(({ id }) => id))
    return [...[...this.#told.values()].filter(({ id }) => !ids.has(id)), ...inDoubt]
  }
}
