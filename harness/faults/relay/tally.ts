/** Counts which lies were told to whom. */
import type { LieKind } from '../../api/byzantine.ts'
import type { LieTold } from '../../api/nemesis.ts'

/** Of what was told, this much is shown. */
const SHOWN_CHARACTERS = 160

type Counted = { -readonly [Part in keyof LieTold]: LieTold[Part] }

export class Tally {
  readonly #by: string
  readonly #clock: () => number
  readonly #told = new Map<string, Counted>()

  /** @param clock milliseconds since the relay began */
  constructor(by: string, clock: () => number) {
    this.#by = by
    this.#clock = clock
  }

  /** @param what was told instead of what; of each lie to each the first is kept */
  count(lie: string, kind: LieKind, to: string, what: string): void {
    const key = JSON.stringify([lie, to])
    const atMs = Math.round(this.#clock())
    const known = this.#told.get(key)
    if (known === undefined) {
      const text = what.length > SHOWN_CHARACTERS ? `${what.slice(0, SHOWN_CHARACTERS - 1)}…` : what
      this.#told.set(key, { lie, kind, by: this.#by, to, count: 1, firstMs: atMs, lastMs: atMs, what: text })
      return
    }
    known.count++
    known.lastMs = atMs
  }

  get told(): readonly LieTold[] {
    return [...this.#told.values()]
  }
}
