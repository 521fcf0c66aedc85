/**
 * The safety of consensus (section 2.1), checked after every step of a simulation by somebody who sees every acceptor:
 * only a proposed value may be chosen; only a single value is chosen; a node learns only what is chosen. Besides, what the
 * algorithm builds on: an acceptor's promise never goes back (P1a), a ballot has one value for a slot, and every proposal that
 * is accepted in a higher ballot than a chosen one has its value (P2b).
 */
import type { NodeId } from '../../protocol/commands.ts'
import type { Accepted, Ballot, Entry, Slot } from '../core/types.ts'

interface Votes {
  readonly entry: Entry
  readonly by: Set<NodeId>
}

const show = ({ proposed, command }: Entry): string => `${JSON.stringify(command)} of ballot ${proposed}`

// The simulator passes the same objects around, so identity decides nearly every comparison.
const isSame = (a: Entry, b: Entry): boolean =>
  a === b ||
  (a.proposed === b.proposed &&
    (a.command === b.command || JSON.stringify(a.command) === JSON.stringify(b.command)))

export class Properties {
  readonly #phase2: number
  readonly #promised = new Map<NodeId, Ballot>()
  readonly #votes = new Map<Slot, Map<Ballot, Votes>>()
  /** In the lowest ballot in which it was. */
  readonly #chosen = new Map<Slot, { readonly entry: Entry; readonly ballot: Ballot }>()
  readonly #learned = new Map<Slot, { readonly entry: Entry; readonly by: NodeId }>()
  readonly #submitted = new Set<string>([JSON.stringify({ kind: 'noop' })])

  /** @param phase2 acceptors that choose a value */
  constructor(phase2: number) {
    this.#phase2 = phase2
  }

  /** A client proposes it. */
  onSubmit(command: Entry['command']): void {
    this.#submitted.add(JSON.stringify(command))
  }

  onPromised(id: NodeId, promised: Ballot): string | null {
    const before = this.#promised.get(id) ?? 0
    this.#promised.set(id, Math.max(before, promised))
    return promised < before ? `promises: ${id} promised ballot ${before}, and then only ${promised}` : null
  }

  /** The acceptor has accepted it and may tell. */
  onAccepted(id: NodeId, { ballot, entry }: Accepted): string | null {
    const ballots = this.#votes.get(entry.slot) ?? new Map<Ballot, Votes>()
    this.#votes.set(entry.slot, ballots)
    const votes = ballots.get(ballot) ?? { entry, by: new Set() }
    ballots.set(ballot, votes)
    if (!isSame(votes.entry, entry))
      return `one value for a ballot: in ballot ${ballot} of slot ${entry.slot}, ${[...votes.by].join('+')} accepted ${show(votes.entry)}, ${id} ${show(entry)}`
    votes.by.add(id)
    if (votes.by.size >= this.#phase2) this.#choose(entry, ballot)
    return this.#stability(entry.slot)
  }

  #choose(entry: Entry, ballot: Ballot): void {
    const known = this.#chosen.get(entry.slot)
    if (known === undefined || ballot < known.ballot) this.#chosen.set(entry.slot, { entry, ballot })
  }

  /** P2b. */
  #stability(slot: Slot): string | null {
    const chosen = this.#chosen.get(slot)
    if (chosen === undefined) return null
    for (const [ballot, { entry, by }] of this.#votes.get(slot) ?? []) {
      if (ballot > chosen.ballot && !isSame(entry, chosen.entry))
        return `a chosen value is stable: in slot ${slot}, ${show(chosen.entry)} is chosen in ballot ${chosen.ballot}, and ${[...by].join('+')} accepted ${show(entry)} in ballot ${ballot}`
    }
    return null
  }

  onLearned(id: NodeId, entry: Entry): string | null {
    const { slot } = entry
    const before = this.#learned.get(slot)
    if (before !== undefined && !isSame(before.entry, entry))
      return `agreement: of slot ${slot}, ${before.by} learned ${show(before.entry)}, ${id} ${show(entry)}`
    if (before !== undefined) return null
    this.#learned.set(slot, { entry, by: id })
    if (!this.#submitted.has(JSON.stringify(entry.command)))
      return `validity: in slot ${slot}, ${id} learned ${show(entry)}, which nobody proposed`
    const chosen = this.#chosen.get(slot)
    if (chosen === undefined || !isSame(chosen.entry, entry))
      return `only a chosen value is learned: ${id} learned ${show(entry)} in slot ${slot}, ${chosen === undefined ? 'where nothing is chosen' : `where ${show(chosen.entry)} is chosen`}`
    return null
  }
}
