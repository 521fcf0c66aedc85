/**
 * What must hold after every step, over everything seen so far. `Pb1` is of Budhiraja et al. (section 8.2): at any time at most
 * one server is the primary, here: would serve. The rest is what makes the servers one object for their clients.
 */
import type { NodeId } from '../../protocol/commands.ts'
import { isAgreed } from '../choices.ts'
import type { Choices, Entry, ViewNumber } from '../core/types.ts'
import type { Replica } from '../replica.ts'

interface Observed {
  readonly id: NodeId
  /** Null: of the view service. */
  readonly replica: Replica | null
}

const show = (entry: Entry | undefined): string =>
  entry === undefined ? 'nothing' : `view ${entry.view} ${JSON.stringify(entry.command)}`

/** Index and view name an entry; where they do not, its text does. */
const isSame = (a: Entry, b: Entry): boolean =>
  a === b ||
  (a.view === b.view && (a.command === b.command || JSON.stringify(a.command) === JSON.stringify(b.command)))

/** So many of the latest entries are looked at. */
const RECENT = 30

export class Properties {
  readonly #choices: Choices
  readonly #primaries = new Map<ViewNumber, NodeId>()
  readonly #views = new Map<NodeId, ViewNumber>()
  readonly #applied = new Map<number, { entry: Entry; by: NodeId; inView: ViewNumber }>()
  #last = 0

  constructor(choices: Choices) {
    this.#choices = choices
  }

  /** @param inView of the node, when it applied the entry */
  onApplied(id: NodeId, entry: Entry, inView: ViewNumber): string | null {
    if (!isAgreed(this.#choices)) return null
    const before = this.#applied.get(entry.index)
    if (before === undefined) {
      this.#applied.set(entry.index, { entry, by: id, inView })
      this.#last = Math.max(this.#last, entry.index)
      return null
    }
    if (isSame(before.entry, entry)) return null
    return `one log: at index ${entry.index} ${before.by} applied ${show(before.entry)}, ${id} applied ${show(entry)}`
  }

  check(nodes: readonly Observed[]): string | null {
    let serving: NodeId | null = null
    for (const { id, replica } of nodes) {
      if (replica === null) continue
      const broken = this.#checkViews(id, replica) ?? this.#nothingLost(id, replica)
      if (broken !== null) return broken
      if (!isAgreed(this.#choices) || !this.#isServing(replica)) continue
      if (serving !== null) return `Pb1: ${serving} and ${id} both serve`
      serving = id
    }
    return null
  }

  #isServing({ core }: Replica): boolean {
    const { minority } = this.#choices
    return minority === 'refuse' && core.role === 'primary' && core.mayRead() === 'yes'
  }

  /** A view has one primary, and a node never goes back to an earlier view. */
  #checkViews(id: NodeId, { core }: Replica): string | null {
    const before = this.#views.get(id) ?? 0
    if (core.view < before) return `views grow: ${id} went from view ${before} to ${core.view}`
    this.#views.set(id, core.view)
    if (core.role !== 'primary') return null
    const other = this.#primaries.get(core.view)
    if (other !== undefined && other !== id)
      return `one primary: ${other} and ${id} both are the primary of view ${core.view}`
    this.#primaries.set(core.view, id)
    return null
  }

  /** A primary has everything that was committed in views before its own. */
  #nothingLost(id: NodeId, { core }: Replica): string | null {
    if (core.role !== 'primary' || !isAgreed(this.#choices)) return null
    for (let index = this.#last; index > Math.max(core.snapshot.index, this.#last - RECENT); index--) {
      const known = this.#applied.get(index)
      if (known === undefined || known.inView >= core.view) continue
      const held = core.entryAt(index)
      if (held === undefined || !isSame(held, known.entry))
        return `nothing is lost: ${id} is the primary of view ${core.view} without index ${index}, which ${known.by} has applied (${show(known.entry)}, has ${show(held)})`
    }
    return null
  }
}
