/**
 * Reads of registers that were certainly stale: some write was acknowledged before the read began, and that write had begun
 * after the write of the read value was acknowledged. Only reads of values that were written once are judged.
 */
import type { Pair } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { KeyedNumbering } from '../keyed-numbering.ts'
import { firstPlace } from '../lower-bound.ts'
import { Numbering } from '../numbering.ts'

interface Write {
  readonly key: Scalar
  readonly value: Scalar
}

/** What a call certainly wrote; null: nothing, or unknown. */
const writtenBy = ({ invocation, completion }: Pair): Write | null => {
  if (completion?.type !== 'ok') return null
  if (invocation.f === 'write') return invocation.value as Write
  if (invocation.f !== 'cas' || (completion.value as { applied?: boolean }).applied !== true) return null
  const { key, next } = invocation.value as { key: Scalar; next: Scalar }
  return { key, value: next }
}

/** The writes of each key, in the order in which they were acknowledged. */
interface WritesByKey {
  /** By number of the key, where its writes begin, and at last where all end. */
  readonly first: Int32Array
  readonly endNs: Float64Array
  /** When that one of them and of those before it began that began last. */
  readonly latestStartNs: Float64Array
}

/** The places of the writes of each key, one key after another. */
const groupedBy = (keyOf: Int32Array, keys: number): { first: Int32Array; places: Int32Array } => {
  const first = new Int32Array(keys + 1)
  for (const key of keyOf) first[key + 1]!++
  for (let key = 0; key < keys; key++) first[key + 1]! += first[key] as number
  const next = first.slice(0, keys)
  const places = new Int32Array(keyOf.length)
  for (const [place, key] of keyOf.entries()) places[next[key]!++] = place
  return { first, places }
}

/** Takes the pairs of a history in their order: some 40 bytes for each write. Then tells of any of them whether it is stale. */
export class StaleReads {
  readonly #keys = new Numbering()
  readonly #values = new KeyedNumbering()
  /** By value of a key: when its write was acknowledged; infinite if it was written twice, as a read may have seen the later write. */
  readonly #acknowledgedNs = new Growing(Float64Array)
  readonly #keyOf = new Growing(Int32Array)
  readonly #startNs = new Growing(Float64Array)
  readonly #endNs = new Growing(Float64Array)
  #byKey: WritesByKey | null = null

  take(pair: Pair): void {
    const written = writtenBy(pair)
    if (written === null) return
    const { key, value } = written
    const endNs = pair.completion?.timeNs as number
    const known = this.#values.count
    const number = this.#values.numberOf(key, value)
    if (number === known) this.#acknowledgedNs.push(endNs)
    else this.#acknowledgedNs.set(number, Number.POSITIVE_INFINITY)
    this.#keyOf.push(this.#keys.find(key) ?? this.#keys.add(key))
    this.#startNs.push(pair.invocation.timeNs)
    this.#endNs.push(endNs)
  }

  #sorted(): WritesByKey {
    const { first, places } = groupedBy(this.#keyOf.all(), this.#keys.count)
    const endNs = new Float64Array(places.length)
    const latestStartNs = new Float64Array(places.length)
    for (let key = 0; key < this.#keys.count; key++) {
      const [from, to] = [first[key] as number, first[key + 1] as number]
      places.subarray(from, to).sort((a, b) => this.#endNs.at(a) - this.#endNs.at(b))
      let latest = Number.NEGATIVE_INFINITY
      for (let at = from; at < to; at++) {
        const place = places[at] as number
        latest = Math.max(latest, this.#startNs.at(place))
        endNs[at] = this.#endNs.at(place)
        latestStartNs[at] = latest
      }
    }
    return { first, endNs, latestStartNs }
  }

  /** The latest start of the writes of a key that were over before a time; null: there is none. */
  #newestStartNs(key: Scalar, beforeNs: number): number | null {
    const number = this.#keys.find(key)
    if (number === undefined) return null
    this.#byKey ??= this.#sorted()
    const { first, endNs, latestStartNs } = this.#byKey
    const [from, to] = [first[number] as number, first[number + 1] as number]
    const over = firstPlace(from, to, (place) => (endNs[place] as number) < beforeNs)
    return over === from ? null : (latestStartNs[over - 1] as number)
  }

  /** Since when the value was certainly in the register. A value that was not certainly written proves nothing. */
  #sinceNs(key: Scalar, value: Scalar | null): number {
    // The initial value is older than all writes.
    if (value === null) return Number.NEGATIVE_INFINITY
    const number = this.#values.find(key, value)
    return number === undefined ? Number.POSITIVE_INFINITY : this.#acknowledgedNs.at(number)
  }

  /** Whether it is a read that was certainly stale. All pairs have been taken. */
  isStale({ invocation, completion }: Pair): boolean {
    if (invocation.f !== 'read' || completion?.type !== 'ok') return false
    const { key, value } = completion.value as { key?: Scalar; value?: Scalar | null }
    if (key === undefined || value === undefined) return false
    const newestNs = this.#newestStartNs(key, invocation.timeNs)
    return newestNs !== null && newestNs > this.#sinceNs(key, value)
  }
}
