/**
 * A history that is judged while it is read: its sequences read on when they are asked for what is not there yet. Whether its
 * pairs fit the vocabulary is found out as they are first taken, since their values are then made anyway. What is wrong with the
 * history ends it there, for whoever takes its operations, and is thrown at the end: it wins over all that was judged.
 */
import type { Pair, Sequence } from '../api/history.ts'
import type { Spill } from '../api/spill.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { type History, HistoryBuilder, historyOf } from './columns.ts'
import { LazySequence } from './sequence.ts'
import { type Misfit, misfitIn } from './validate.ts'

/** Where the chunks of a history come from. */
export interface ChunkSource {
  /** Operations, or more. */
  readonly atMost: number
  /**
   * Adds the next chunk. False: there was none.
   *
   * @throws UserError naming the line that is not understood, or the operation that breaks a rule of histories, after what is
   *   before it has been added
   */
  next(to: HistoryBuilder): boolean
  /** In which the chunks are. */
  readonly written: Spill
  /** What the reader should be told, once there is no chunk any more. */
  readonly notes: readonly string[]
}

interface Along {
  /** Of the file, for messages. */
  readonly name: string
  readonly vocabulary: Vocabulary
  /** Absent: all stays in memory. */
  readonly makeSpill?: (() => Spill) | undefined
}

export class HistoryAlong implements History {
  readonly #source: ChunkSource
  readonly #along: Along
  readonly #columns: HistoryBuilder
  readonly #pairs: Sequence<Pair>
  readonly history: History['history']
  readonly pairs: Sequence<Pair>
  #isOver = false
  /** Why it could not be read on. */
  #error: unknown = null
  /** Pairs that have been checked: the first ones. */
  #checked = 0
  #misfit: Misfit | null = null

  constructor(source: ChunkSource, along: Along) {
    const { atMost, written } = source
    this.#source = source
    this.#along = along
    this.#columns = new HistoryBuilder({ makeSpill: along.makeSpill, written })
    const { history, pairs } = historyOf(this.#columns, { more: () => this.#more(), atMost })
    this.history = history
    this.#pairs = pairs
    this.pairs = new LazySequence(
      {
        reaches: (place) => this.#reaches(place),
        length: () => (this.#misfit === null ? pairs.length : this.#checked),
        atMost,
      },
      (place) => this.#checkedAt(place),
    )
  }

  #more(): boolean {
    if (this.#isOver) return false
    try {
      this.#isOver = !this.#source.next(this.#columns)
    } catch (error) {
      this.#error = error
      this.#isOver = true
    }
    return !this.#isOver
  }

  #reaches(place: number): boolean {
    return this.#misfit === null
      ? this.#columns.invocations.length > place || this.#pairs.at(place) !== undefined
      : place < this.#checked
  }

  #checkedAt(place: number): Pair {
    const pair = this.#pairs.at(place) as Pair
    if (place === this.#checked && this.#misfit === null) this.#check(pair)
    return pair
  }

  #check(pair: Pair): void {
    this.#checked++
    const { name, vocabulary } = this.#along
    const misfit = misfitIn(vocabulary, pair, ({ index }) => `${name}, operation ${index}`)
    if (misfit === null || misfit.index > (this.#misfit?.index ?? Number.POSITIVE_INFINITY)) return
    this.#misfit = misfit
    // Of what comes later, nothing matters any more.
    this.#isOver = true
  }

  /**
   * Reads what nobody asked for, and returns what the reader should be told.
   *
   * @throws UserError what is wrong with the history: what stands first in it
   */
  finish(): readonly string[] {
    const isBefore = ({ invocation }: Pair): boolean =>
      this.#misfit === null || invocation.index < this.#misfit.index
    for (;;) {
      const pair = this.#pairs.at(this.#checked)
      if (pair === undefined || !isBefore(pair)) break
      this.#check(pair)
    }
    if (this.#misfit !== null) throw this.#misfit.error
    // Behind the last pair, there may be faults.
    while (this.#more()) {}
    if (this.#error !== null) throw this.#error
    return this.#source.notes
  }
}
