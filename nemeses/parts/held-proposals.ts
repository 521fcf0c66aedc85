/**
 * Holds each proposal until its epoch is over, by a relay at every node that knows the protocol's messages
 * (`harness/faults/relay/suspense.ts`). Between nodes all else passes at once, unless it follows a held proposal on the same
 * connection.
 */

import type { Effect, NemesisContext } from '../../harness/api/nemesis.ts'
import type { ByzantineProtocol } from '../../harness/api/target.ts'
import type { SuspenseCounts } from '../../harness/faults/relay/suspense.ts'
import { Decisions } from './decisions.ts'
import { Relays, routesTo } from './relays.ts'

export class HeldProposals implements AsyncDisposable {
  readonly #relays: Relays
  readonly #decisions: Decisions
  readonly #epoch: string

  private constructor(relays: Relays, decisions: Decisions, epoch: string) {
    this.#relays = relays
    this.#decisions = decisions
    this.#epoch = epoch
  }

  /** Resolves when no node hears a proposal any more. */
  static async hold(
    context: NemesisContext,
    { peerPorts, epoch = 'epoch' }: ByzantineProtocol,
    id: string,
  ): Promise<HeldProposals> {
    const decisions = await Decisions.watch(context)
    const routes = routesTo(context, peerPorts)
    // Nothing is drawn, and nobody lies.
    const parts = { id, routes, colludes: false, seed: 0 }
    const relays = await Relays.open(context, context.cluster.nodes, parts)
    try {
      relays.order({ type: 'suspend', isOn: true })
      // The reports come after the order was obeyed.
      await relays.reports()
      await decisions.begin()
      return new HeldProposals(relays, decisions, epoch)
    } catch (error) {
      await relays[Symbol.asyncDispose]()
      throw error
    }
  }

  async measure(): Promise<Effect> {
    const [reports, progress] = await Promise.all([this.#relays.reports(), this.#decisions.measure()])
    const all = reports.flatMap(({ suspended }) => suspended ?? [])
    const sum = (part: 'proposals' | 'messages'): number => all.reduce((total, each) => total + each[part], 0)
    const longestMs = Math.round(Math.max(0, ...all.map((each: SuspenseCounts) => each.longestMs)))
    const epochs = new Set(all.flatMap((each) => each.epochs)).size
    return {
      effective: sum('proposals') > 0,
      summary: `${sum('proposals')} proposals of ${epochs} ${this.#epoch}s late, and ${sum('messages') - sum('proposals')} messages behind them, the longest by ${longestMs} ms; ${progress.text}`,
      measurements: {
        proposals: sum('proposals'),
        messages: sum('messages'),
        epochs,
        longestMs,
        ...progress.measurements,
      },
    }
  }

  /** Lets everything go. The nodes' connections are closed with the relays, and nodes open new ones. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#relays.order({ type: 'suspend', isOn: false })
      await this.#relays.reports()
    } finally {
      await this.#relays[Symbol.asyncDispose]()
    }
  }
}
