/** The keys of one node: their values, and the locks that transactions in doubt hold (strict two-phase locking). */
import { type Key, perform, type Step } from './steps.ts'
import type { Outcome, Prepared, Reason, TransactionId } from './types.ts'

interface Held {
  readonly prepared: Prepared
  /** In ticks since the start. */
  readonly since: number
}

export type Tried = Pick<Prepared, 'reads' | 'writes' | 'results'> | { readonly refused: Reason }

export class Shard {
  readonly #values: Map<Key, unknown>
  readonly #inDoubt = new Map<TransactionId, Held>()
  readonly #unlocksAfter: number

  /** @param unlocksAfter locks no longer count after so many ticks */
  constructor(values: readonly (readonly [Key, unknown])[], unlocksAfter: number) {
    this.#values = new Map(values)
    this.#unlocksAfter = unlocksAfter
  }

  get values(): readonly (readonly [Key, unknown])[] {
    return [...this.#values]
  }

  get inDoubt(): ReadonlyMap<TransactionId, Held> {
    return this.#inDoubt
  }

  /** What the steps would do now. Nothing changes. */
  try(steps: readonly Step[], now: number): Tried {
    const effect = perform(steps, (key) => this.#values.get(key) ?? null)
    // Whether a condition holds is not known while another transaction may change it.
    const writes = new Set(steps.filter(({ f }) => f !== 'read').map(({ key }) => key))
    if (this.#isLocked(steps, writes, now)) return { refused: 'locked' }
    return effect ?? { refused: 'condition' }
  }

  hold(prepared: Prepared, since: number): void {
    this.#inDoubt.set(prepared.tx, { prepared, since })
  }

  settle(tx: TransactionId, outcome: Outcome): void {
    const held = this.#inDoubt.get(tx)
    this.#inDoubt.delete(tx)
    if (held === undefined || outcome === 'abort') return
    for (const [key, value] of held.prepared.writes) this.#values.set(key, value)
  }

  #isLocked(steps: readonly Step[], writes: ReadonlySet<Key>, now: number): boolean {
    return [...this.#inDoubt.values()].some(({ prepared, since }) => {
      if (now - since >= this.#unlocksAfter) return false
      const exclusive = new Set(prepared.writes.map(([key]) => key))
      const shared = new Set(prepared.reads)
      return steps.some(({ key }) => exclusive.has(key) || (shared.has(key) && writes.has(key)))
    })
  }
}
