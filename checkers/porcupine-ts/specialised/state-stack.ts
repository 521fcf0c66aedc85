/** The stack of the search in depth of `sums.ts`. The oldest states are dropped if there are many. */
import { float64, int32 } from '../history/allocate.ts'

const CAPACITY = 2 ** 16
const FIRST_CAPACITY = 256

const grown = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
  to.set(from)
  return to
}

export class StateStack {
  size = 0
  /** False: some were dropped. */
  isComplete = true
  gap: Int32Array = int32(FIRST_CAPACITY)
  first: Int32Array = int32(FIRST_CAPACITY)
  taken: Int32Array = int32(FIRST_CAPACITY)
  open: Float64Array = float64(FIRST_CAPACITY)
  place: Int32Array = int32(FIRST_CAPACITY)
  sum: Float64Array = float64(FIRST_CAPACITY)

  push(gap: number, first: number, taken: number, open: number, place: number, sum: number): void {
    if (this.size === this.gap.length) this.#makeRoom()
    const at = this.size++
    this.gap[at] = gap
    this.first[at] = first
    this.taken[at] = taken
    this.open[at] = open
    this.place[at] = place
    this.sum[at] = sum
  }

  /** Where the state is, until the next one is pushed. */
  pop(): number {
    return --this.size
  }

  #makeRoom(): void {
    if (this.size === CAPACITY) {
      this.isComplete = false
      const half = CAPACITY / 2
      for (const column of [this.gap, this.first, this.taken, this.open, this.place, this.sum])
        column.copyWithin(0, half)
      this.size = half
      return
    }
    const capacity = 2 * this.size
    this.gap = grown(this.gap, int32(capacity))
    this.first = grown(this.first, int32(capacity))
    this.taken = grown(this.taken, int32(capacity))
    this.open = grown(this.open, float64(capacity))
    this.place = grown(this.place, int32(capacity))
    this.sum = grown(this.sum, float64(capacity))
  }
}
