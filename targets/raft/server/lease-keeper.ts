/**
 * Lets leases run out, and jobs that were taken go back: the leader counts LEASE_MS by its monotonic clock from when it first saw a lease, and proposes that it
 * has. A new leader counts anew, so that a lease may last longer than LEASE_MS, and never less.
 */
import { LEASE_MS } from '../../../harness/vocabularies/lease.ts'
import type { Bug } from '../bugs/bugs.ts'

interface Held {
  readonly token: number
  /** By the bug lease-by-wall-clock: when it runs out. */
  readonly untilMs?: number
}

export class LeaseKeeper<K> {
  readonly #bug: Bug | null
  readonly #expire: (key: K, token: number) => void
  /** Token -> when this node, leading without a break, first saw it. */
  #seenMs = new Map<number, number>()

  constructor(bug: Bug | null, expire: (key: K, token: number) => void) {
    this.#bug = bug
    this.#expire = expire
  }

  /** Called again and again while the node leads. */
  keep(leases: readonly (readonly [K, Held])[]): void {
    const seenMs = new Map<number, number>()
    const nowMs = performance.now()
    for (const [key, lease] of leases) {
      const since = this.#seenMs.get(lease.token) ?? nowMs
      seenMs.set(lease.token, since)
      const isOver =
        this.#bug === 'lease-by-wall-clock' && lease.untilMs !== undefined
          ? Date.now() > lease.untilMs
          : nowMs - since > LEASE_MS
      if (!isOver) continue
      this.#expire(key, lease.token)
      // Should that be lost, it is proposed again, but not at every tick.
      seenMs.set(lease.token, nowMs)
    }
    this.#seenMs = seenMs
  }

  /** The node does not lead any more: whatever it counted is void. */
  forget(): void {
    this.#seenMs.clear()
  }
}
