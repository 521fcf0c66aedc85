/**
 * Ends leases, and gives back jobs that were taken and not acknowledged. The leader counts by its monotonic clock from
 * when it first saw a lease, and proposes its end. A new leader starts to count again, so a lease may last longer than
 * its time, and never less.
 */
import type { StateMachine } from '../../state-machine.ts'
import type { Duty } from './duty.ts'

interface Expiring {
  /** Unique among the leases of all time. */
  readonly token: number
}

export interface LeaseKeeperOptions<K, L extends Expiring> {
  readonly held: (machine: StateMachine) => readonly (readonly [K, L])[]
  readonly isOver: (lease: L, heldMs: number) => boolean
  readonly expire: (key: K, token: number) => void
}

export class LeaseKeeper<K, L extends Expiring> implements Duty {
  readonly #options: LeaseKeeperOptions<K, L>
  /** Token -> when this node, leading without a break, first saw it. */
  #seenMs = new Map<number, number>()

  constructor(options: LeaseKeeperOptions<K, L>) {
    this.#options = options
  }

  perform(machine: StateMachine): void {
    const { held, isOver, expire } = this.#options
    const seenMs = new Map<number, number>()
    const nowMs = performance.now()
    for (const [key, lease] of held(machine)) {
      const since = this.#seenMs.get(lease.token) ?? nowMs
      seenMs.set(lease.token, since)
      if (!isOver(lease, nowMs - since)) continue
      expire(key, lease.token)
      // If the proposal is lost it is made again, but not at every tick.
      seenMs.set(lease.token, nowMs)
    }
    this.#seenMs = seenMs
  }

  stop(): void {
    this.#seenMs.clear()
  }
}
