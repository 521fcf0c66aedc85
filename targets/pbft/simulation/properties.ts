/**
 * What must hold among the replicas that do not lie (section 3), checked after every step of a simulation: all execute the same
 * at each sequence number and have the same state after it; only what a client asked for is executed; none keeps anything
 * outside of its window (4.3); and none goes back to an earlier view.
 */
import type { NodeId } from '../../protocol/commands.ts'
import { digestOf, requestText } from '../core/texts.ts'
import type { Batch, Request, Sequence, View } from '../core/types.ts'
import type { Replica } from '../replica.ts'

interface Seen {
  readonly by: NodeId
  readonly what: string
}

export class Properties {
  readonly #windowSize: number
  readonly #asked = new Set<string>()
  readonly #ordered = new Map<Sequence, Seen>()
  readonly #states = new Map<Sequence, Seen>()
  readonly #views = new Map<NodeId, View>()
  /** The last stable checkpoint that each has had. */
  readonly #checkpoints = new Map<NodeId, Sequence>()

  constructor(windowSize: number) {
    this.#windowSize = windowSize
  }

  onAsked(request: Request): void {
    this.#asked.add(requestText(request))
  }

  onExecuted(id: NodeId, seq: Sequence, batch: Batch, state: string): string | null {
    const invented = batch.find((request) => !this.#asked.has(requestText(request)))
    if (invented !== undefined)
      return `validity: at ${seq}, ${id} executed ${requestText(invented)}, for which no client asked`
    const order = this.#compare(this.#ordered, seq, {
      by: id,
      what: `${batch.length} requests, ${digestOf(batch)}`,
    })
    return order === null ? this.onState(id, seq, state) : `agreement: at ${seq}, ${order}`
  }

  /** @param state a digest of it */
  onState(id: NodeId, seq: Sequence, state: string): string | null {
    const states = this.#compare(this.#states, seq, { by: id, what: state })
    return states === null ? null : `states: after ${seq}, ${states}`
  }

  #compare(all: Map<Sequence, Seen>, seq: Sequence, seen: Seen): string | null {
    const before = all.get(seq)
    if (before === undefined) all.set(seq, seen)
    if (before === undefined || before.what === seen.what) return null
    return `${before.by} has ${before.what}, and ${seen.by} has ${seen.what}`
  }

  onStep(id: NodeId, { core }: Replica): string | null {
    const view = this.#views.get(id) ?? 0
    if (core.view < view) return `views: ${id} was in view ${view}, and then in ${core.view}`
    this.#views.set(id, core.view)
    const { seq } = core.stable
    // One that crashed before it had the state of its last checkpoint is back at the one before, and keeps its word beyond.
    const last = Math.max(this.#checkpoints.get(id) ?? 0, seq)
    this.#checkpoints.set(id, last)
    const most = last + this.#windowSize
    const outside = core.kept.find((kept) => kept <= seq || kept > most)
    return outside === undefined
      ? null
      : `windows: ${id} keeps messages for ${outside}, outside of ${seq + 1} to ${most}`
  }
}
