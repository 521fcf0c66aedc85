/**
 * Atomic commitment (Bernstein, Hadzilacos and Goodman 1987, section 7.3), checked by somebody who sees every node: all who
 * decide decide the same (AC1); no decision is reversed (AC2); commit only if all voted yes (AC3); abort only for a reason
 * (AC4). And what strict two-phase locking needs: no two transactions in doubt hold one key, unless both only read it.
 */
import type { NodeId } from '../../protocol/commands.ts'
import type { Key } from '../core/steps.ts'
import type { Event, Outcome, Prepared, Reason, TransactionId } from '../core/types.ts'

interface Seen {
  readonly votes: Map<NodeId, 'yes' | 'no'>
  readonly decisions: Map<NodeId, Outcome>
}

/** Reasons to abort although nobody voted no. */
const WITHOUT_A_NO: ReadonlySet<Reason> = new Set(['timeout', 'unknown', 'not-voted', 'repeated'])

export class Properties {
  readonly #seen = new Map<TransactionId, Seen>()

  on(id: NodeId, event: Event): string | null {
    const seen = this.#seen.get(event.tx) ?? { votes: new Map(), decisions: new Map() }
    this.#seen.set(event.tx, seen)
    return event.did === 'voted' ? this.#voted(seen, id, event) : this.#decided(seen, id, event)
  }

  #voted({ votes }: Seen, id: NodeId, { tx, vote }: Event & { readonly did: 'voted' }): string | null {
    const before = votes.get(id)
    votes.set(id, vote)
    if (before === undefined || before === vote) return null
    return `one vote: ${id} voted ${before} on ${tx}, and then ${vote}`
  }

  #decided(seen: Seen, id: NodeId, event: Event & { readonly did: 'decided' }): string | null {
    const { tx, outcome, participants, why } = event
    const { votes, decisions } = seen
    const before = decisions.get(id)
    const others = [...decisions].filter(([, other]) => other !== outcome)
    const isTold = why === 'told' && decisions.size > 0
    decisions.set(id, outcome)
    if (before !== undefined && before !== outcome)
      return `no decision is reversed (AC2): ${id} decided ${before} on ${tx}, and then ${outcome}`
    if (others.length > 0)
      return `all decide the same (AC1): on ${tx}, ${others.map(([node]) => node).join('+')} decided ${others[0]?.[1]}, ${id} ${outcome}`
    const missing = participants.filter((node) => votes.get(node) !== 'yes')
    if (outcome === 'commit' && missing.length > 0)
      return `commit only if all voted yes (AC3): ${id} decided commit on ${tx}, and ${missing.join('+')} had not voted yes`
    const isNo = [...votes.values()].includes('no')
    if (outcome === 'abort' && !isNo && !isTold && (why === null || !WITHOUT_A_NO.has(why)))
      return `abort only for a reason (AC4): ${id} decided abort on ${tx} because of ${why ?? 'nothing'}, and nobody had voted no`
    return null
  }

  /** @param held votes for yes of one node without a decision */
  locks(id: NodeId, held: readonly Prepared[]): string | null {
    const writer = new Map<Key, TransactionId>()
    for (const { tx, writes } of held)
      for (const [key] of writes) {
        const other = writer.get(key)
        if (other !== undefined)
          return `locks are held while in doubt: on ${id}, ${other} and ${tx} both write ${key}`
        writer.set(key, tx)
      }
    for (const { tx, reads } of held)
      for (const key of reads) {
        const other = writer.get(key)
        if (other !== undefined)
          return `locks are held while in doubt: on ${id}, ${tx} reads ${key}, which ${other} writes`
      }
    return null
  }
}
