/**
 * What puts and watches tell of changes, as numbers: 50 bytes a change, and nothing for a watch that agrees with what others
 * reported.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { WatchCall, WatchEvent, Watched } from '../../harness/vocabularies/watch.ts'
import { KeyedNumbering } from '../keyed-numbering.ts'
import { Numbering } from '../numbering.ts'

/** Nobody told. */
const NONE = -1

type Places = Growing<Int32Array<ArrayBuffer>>
type Revisions = Growing<Float64Array<ArrayBuffer>>

/** In place of a value: values are numbers. */
const DELETION = 'deletion'

/** Each key with a value that was put into it, or reported. */
class Values {
  readonly #numbers = new KeyedNumbering()
  /** The number of its puts that may have taken effect. */
  readonly puts: Places = new Growing(Int32Array)
  /** The number of revisions under which it was reported first. */
  readonly reports: Places = new Growing(Int32Array)
  /** The first revision under which it was reported; NaN: it was not. */
  readonly reportedAs: Revisions = new Growing(Float64Array)

  codeOf({ key, value }: Pick<WatchEvent, 'key' | 'value'>): number {
    const code = this.#numbers.numberOf(key, value ?? DELETION)
    if (code < this.puts.length) return code
    for (const counts of [this.puts, this.reports]) counts.push(0)
    this.reportedAs.push(Number.NaN)
    return code
  }
}

/** Each revision that a put returned, or a watch reported. */
class Revised {
  readonly #numbers = new Numbering()
  /** The last put that returned it, and the value that it named. */
  readonly toldBy: Places = new Growing(Int32Array)
  readonly toldValue: Places = new Growing(Int32Array)
  /** The first watch that reported it, and the value that it reported. */
  readonly reportedBy: Places = new Growing(Int32Array)
  readonly reportedValue: Places = new Growing(Int32Array)

  revisionOf(code: number): number {
    return this.#numbers.valueOf(code) as number
  }

  codeOf(revision: number): number {
    const known = this.#numbers.find(revision)
    if (known !== undefined) return known
    const code = this.#numbers.add(revision)
    for (const column of [this.toldBy, this.toldValue, this.reportedBy, this.reportedValue]) column.push(NONE)
    return code
  }
}

const addOne = (counts: Places, code: number): void => counts.set(code, counts.at(code) + 1)

export class Changes {
  readonly #values = new Values()
  readonly #revised = new Revised()
  /** Revisions in the order in which they were first returned. */
  readonly #told: Places = new Growing(Int32Array)
  /** Watches that something is wrong with, whatever was put. */
  readonly #wrong: number[] = []
  readonly #watches: Places = new Growing(Int32Array)
  watches = 0
  /** The number of revisions that were reported. */
  reported = 0
  /** How far watches went. */
  reportedUpTo = 0

  /** @returns the place of an earlier put for which the same revision was returned; null: there is none */
  put({ invocation, completion }: Pair, place: number): number | null {
    const value = this.#values.codeOf(invocation.value as WatchEvent)
    if (completion?.type !== 'fail') addOne(this.#values.puts, value)
    if (completion?.type !== 'ok') return null
    const event = completion.value as WatchEvent
    const { toldBy, toldValue } = this.#revised
    const code = this.#revised.codeOf(event.revision)
    const other = toldBy.at(code)
    if (other === NONE) this.#told.push(code)
    toldBy.set(code, place)
    toldValue.set(code, this.#values.codeOf(event))
    return other === NONE ? null : other
  }

  watch({ invocation, completion }: Pair, place: number): void {
    const { after } = invocation.value as (WatchCall & { f: 'watch' })['value']
    const { events, upTo, from = after } = (completion as Operation).value as Watched
    this.watches++
    this.#watches.push(place)
    this.reportedUpTo = Math.max(this.reportedUpTo, upTo)
    let expected = from + 1
    let isWrong = false
    for (const event of events) {
      if (event.revision !== expected) isWrong = true
      expected = Math.max(expected, event.revision + 1)
      if (!this.#report(event, place)) isWrong = true
    }
    if (isWrong || expected <= upTo) this.#wrong.push(place)
  }

  /** Whether it agrees with earlier reports. */
  #report(event: WatchEvent, place: number): boolean {
    const { reportedAs } = this.#values
    const { reportedBy, reportedValue } = this.#revised
    const value = this.#values.codeOf(event)
    const code = this.#revised.codeOf(event.revision)
    if (Number.isNaN(reportedAs.at(value))) reportedAs.set(value, event.revision)
    if (reportedBy.at(code) === NONE) {
      this.reported++
      addOne(this.#values.reports, value)
      reportedBy.set(code, place)
      reportedValue.set(code, value)
    }
    return reportedValue.at(code) === value
  }

  /** The places of all watches with which something may be wrong, once all is known. */
  suspects(): Iterable<number> {
    return this.#isContradicted() ? this.#watches.all() : this.#wrong
  }

  /**
   * Whether something was reported that nobody asked for, or more often than it was put, or otherwise than the put was told. How
   * often it was put is known at the end only: a key may be deleted many times.
   */
  #isContradicted(): boolean {
    const { puts, reports } = this.#values
    const { toldValue, reportedValue } = this.#revised
    for (let value = 0; value < puts.length; value++) if (reports.at(value) > puts.at(value)) return true
    for (let code = 0; code < toldValue.length; code++) {
      const [told, reported] = [toldValue.at(code), reportedValue.at(code)]
      if (told !== NONE && reported !== NONE && told !== reported) return true
    }
    return false
  }

  /** How often the value may have been put. */
  puts(event: WatchEvent): number {
    return this.#values.puts.at(this.#values.codeOf(event))
  }

  /** How many changes to the value were reported. */
  reports(event: WatchEvent): number {
    return this.#values.reports.at(this.#values.codeOf(event))
  }

  /** The first revision under which the change was reported. */
  reportedAs(event: WatchEvent): number {
    return this.#values.reportedAs.at(this.#values.codeOf(event))
  }

  /** The place of the first watch that reported the revision; null: it reported the same change. */
  otherReport(event: WatchEvent): number | null {
    const code = this.#revised.codeOf(event.revision)
    const isSame = this.#revised.reportedValue.at(code) === this.#values.codeOf(event)
    return isSame ? null : this.#revised.reportedBy.at(code)
  }

  /** The place of the last put for which the revision was returned; null: there is none. */
  toldBy(revision: number): number | null {
    const place = this.#revised.toldBy.at(this.#revised.codeOf(revision))
    return place === NONE ? null : place
  }

  /** The revisions above this one that puts returned, with the places of the puts. */
  *toldAfter(revision: number): Iterable<readonly [revision: number, place: number]> {
    for (let i = 0; i < this.#told.length; i++) {
      const code = this.#told.at(i)
      const told = this.#revised.revisionOf(code)
      if (told > revision) yield [told, this.#revised.toldBy.at(code)]
    }
  }
}
