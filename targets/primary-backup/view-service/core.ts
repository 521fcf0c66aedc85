/**
 * The view service: one process that says which view is in force. As the master of Chain Replication (van Renesse and Schneider
 * 2004, section 2) it detects who is silent, and as the configuration manager of PacificA (Lin et al. 2008, section 3.2) it
 * changes a view only from the one that is in force.
 *
 * Views are numbered, and it does not replace the primary of a view before that primary has acknowledged it: then all members
 * have everything that was acknowledged to clients, and any of them may follow. Until then it only removes members.
 */
import type { NodeId } from '../../protocol/commands.ts'
import type { Ping, Position, View } from '../core/types.ts'
import { isAtLeast } from '../core/views.ts'
import type { ServiceDeviations } from './deviations.ts'

export interface ServiceConfig {
  /** A node that was silent for so long is taken for dead. Longer than a lease. */
  readonly failoverTicks: number
  /** In ticks; never goes back. */
  readonly now: () => number
  readonly deviations: ServiceDeviations
}

/** What its disk holds, before anybody is told of it. */
export interface ServiceState {
  /** Null: no node has called yet. */
  readonly view: View | null
  /** The latest view that its primary has acknowledged. */
  readonly acknowledged: number
}

export const newService: ServiceState = { view: null, acknowledged: 0 }

export class ViewServiceCore {
  readonly #config: ServiceConfig
  readonly #startedAt: number
  readonly #heardAt = new Map<NodeId, number>()
  readonly #positions = new Map<NodeId, Position>()
  #state: ServiceState

  constructor(config: ServiceConfig, state: ServiceState) {
    this.#config = config
    this.#state = state
    // It does not know whom it has answered before: each node may have a lease.
    this.#startedAt = config.now()
  }

  get state(): ServiceState {
    return this.#state
  }

  /** @returns the view to answer, once `state` is on the disk */
  onPing(from: NodeId, ping: Ping): View {
    const { view } = this.#state
    this.#heardAt.set(from, this.#config.now())
    this.#positions.set(from, ping.last)
    if (view === null)
      return this.#install({ number: 1, primary: ping.nodes[0] as NodeId, members: ping.nodes })
    if (from === view.primary && ping.view === view.number) return this.#hearPrimary(view, ping)
    return this.#isSilent(view.primary) ? this.#replacePrimary(view, ping.nodes) : view
  }

  /** It has entered its view: it may acknowledge it, and says which backups there are. */
  #hearPrimary(view: View, { acknowledges, inSync }: Ping): View {
    if (acknowledges && this.#state.acknowledged < view.number)
      this.#state = { ...this.#state, acknowledged: view.number }
    const wanted = [view.primary, ...inSync]
    // A new member has to be brought up to date first, which the acknowledgement tells.
    const members = this.#isAcknowledged(view) ? wanted : wanted.filter((id) => view.members.includes(id))
    const isSame = members.length === view.members.length && members.every((id) => view.members.includes(id))
    return isSame ? view : this.#install({ ...view, number: view.number + 1, members })
  }

  #replacePrimary(view: View, nodes: readonly NodeId[]): View {
    const { takesAnyNode } = this.#config.deviations
    if (!this.#isAcknowledged(view)) return view
    const able = (takesAnyNode ? nodes : view.members).filter(
      (id) => id !== view.primary && !this.#isSilent(id) && this.#positions.has(id),
    )
    const [first, ...others] = takesAnyNode ? able.toReversed() : able
    if (first === undefined) return view
    const primary = takesAnyNode ? first : others.reduce((best, id) => this.#furthest(best, id), first)
    return this.#install({ number: view.number + 1, primary, members: able })
  }

  #isAcknowledged({ number }: View): boolean {
    return this.#state.acknowledged === number || this.#config.deviations.skipsAcknowledgement
  }

  #furthest(a: NodeId, b: NodeId): NodeId {
    return isAtLeast(this.#positions.get(a) as Position, this.#positions.get(b) as Position) ? a : b
  }

  #isSilent(id: NodeId): boolean {
    const { now, failoverTicks } = this.#config
    return now() - (this.#heardAt.get(id) ?? this.#startedAt) >= failoverTicks
  }

  #install(view: View): View {
    this.#state = { ...this.#state, view }
    return view
  }
}
