/** Digests of a replica at recent positions of its log. Each replica keeps those of the same positions, so they compare. */
import type { StateMachine } from '../state-machine.ts'

/** In entries. */
const DIGEST_EVERY = 16
const DIGESTS_KEPT = 32

export class RecentDigests {
  readonly #digests = new Map<number, string>()

  /** @param machine after the entry at `index` */
  applied(index: number, machine: StateMachine): void {
    if (index % DIGEST_EVERY !== 0) return
    this.#digests.set(index, machine.digest)
    const [oldest] = this.#digests.keys()
    if (oldest !== undefined && this.#digests.size > DIGESTS_KEPT) this.#digests.delete(oldest)
  }

  /** What was applied is taken back. */
  forget(): void {
    this.#digests.clear()
  }

  /** Position -> digest. */
  get byPosition(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#digests)
  }
}
