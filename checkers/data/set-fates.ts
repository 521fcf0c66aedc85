/** What became of each element that was added to a set. */
import { Growing } from '../../harness/support/growing.ts'
import { type quantiles, quantilesBehindZeros } from '../../harness/support/quantiles.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'
import type { SetHistory } from './set-reads.ts'

const FATES = ['there', 'lost', 'missing', 'stale', 'never read'] as const
export type Fate = (typeof FATES)[number]

/** No read. */
const NONE = -1

/** What the promise makes of an element that later reads lack. */
export type JudgeMissing = (add: number) => 'lost' | 'missing'

/** For each add, the last read that lacked it although it was known. Goes backwards, so that each add is settled once. */
const lackingReads = (history: SetHistory): Int32Array => {
  const lackedBy = new Int32Array(history.adds).fill(NONE)
  const untold = new Int32Array(history.adds)
  for (let add = 0; add < untold.length; add++) untold[add] = add
  let left = untold.length
  for (let read = history.reads - 1; read >= 0; read--) {
    const isIn = history.containing(read)
    let kept = 0
    for (let i = 0; i < left; i++) {
      const add = untold[i] as number
      if (isIn(add)) untold[kept++] = add
      else if (history.readNs(read) > history.knownNs(add)) lackedBy[add] = read
    }
    left = kept
  }
  return lackedBy
}

export class Fates {
  readonly #history: SetHistory
  readonly #fate: Uint8Array
  readonly #lackedBy: Int32Array
  /** How many were visible at once, and of the others the times from when they were known to the last reads that lacked them. */
  #visible = 0
  readonly #hiddenMs = new Growing(Float64Array)

  constructor(history: SetHistory, judgeMissing: JudgeMissing) {
    this.#history = history
    this.#lackedBy = lackingReads(history)
    this.#fate = new Uint8Array(history.adds)
    for (let add = 0; add < history.adds; add++)
      this.#fate[add] = FATES.indexOf(this.#fateOf(add, judgeMissing))
  }

  #fateOf(add: number, judgeMissing: JudgeMissing): Fate {
    const history = this.#history
    const knownNs = history.knownNs(add)
    const lastReadNs = history.lastReadNs(add)
    const lackedBy = this.lackedBy(add)
    if (lackedBy === null) {
      const isAsked = !Number.isNaN(lastReadNs) || history.readNs(history.reads - 1) > knownNs
      if (isAsked) this.#visible++
      return isAsked ? 'there' : 'never read'
    }
    const lackedNs = history.readNs(lackedBy)
    if (!(lastReadNs > lackedNs)) return judgeMissing(add)
    this.#hiddenMs.push(Math.round((lackedNs - knownNs) / NS_PER_MS))
    return 'stale'
  }

  /** How long it took until every later read contained them: 0 for those that were visible at once. */
  visibleAfterMs(): ReturnType<typeof quantiles> {
    return quantilesBehindZeros(this.#visible, this.#hiddenMs.all())
  }

  /** The last read that lacked it although it was known; null: there is none. */
  lackedBy(add: number): number | null {
    const read = this.#lackedBy[add] as number
    return read === NONE ? null : read
  }

  of(fate: Fate): readonly number[] {
    const code = FATES.indexOf(fate)
    const adds: number[] = []
    for (let add = 0; add < this.#fate.length; add++) if (this.#fate[add] === code) adds.push(add)
    return adds
  }

  count(fate: Fate): number {
    const code = FATES.indexOf(fate)
    return this.#fate.reduce((count, each) => (each === code ? count + 1 : count), 0)
  }

  /** Of those that were acknowledged. */
  countAcknowledged(fate: Fate): number {
    const code = FATES.indexOf(fate)
    return this.#fate.reduce(
      (count, each, add) => (each === code && this.#history.isAcknowledged(add) ? count + 1 : count),
      0,
    )
  }
}
