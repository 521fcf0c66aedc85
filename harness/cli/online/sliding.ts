/**
 * Judges a run that is going on by windows, for one checker. What is held is judged anew each time it has grown by a fifth. When it
 * is full, the calls of its first half are given up, so that whatever takes no longer than half a window is in one as a whole.
 */
import { provedAlready } from '../../../checkers/beginning.ts'
import { runCheckers } from '../../../checkers/run-checkers.ts'
import type { Operation, Pair } from '../../api/history.ts'
import type { RunRecord } from '../../api/record.ts'
import type { Checker, SlidingWindow } from '../../api/verdict.ts'
import { pairOperations } from '../../history/pairing.ts'
import type { WindowCounts } from '../../store/online-file.ts'
import { numbered } from './objects.ts'

/** Invocations and completions, and what they contain: numbers, texts and the like. */
export interface WindowSize {
  readonly operations: number
  readonly values: number
}

/** Most runs of a minute fit, and are judged as a whole. */
const WINDOW: WindowSize = { operations: 20_000, values: 1_000_000 }

const GROWTH = 1.2
const FIRST_JUDGED_AT = 20
/** After so many broken windows, no more are judged: each costs its evidence, and the verdict has everything. */
const MOST_BROKEN = 5

/** How much memory it takes, roughly. */
const valuesIn = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, each) => sum + valuesIn(each), 1)
}

/** The operations of the calls that are wanted, of the run so far. */
export type Recall = (isWanted: (call: Pair) => boolean) => Iterable<Operation>

export class Sliding {
  readonly #checker: Checker
  readonly #window: SlidingWindow
  /** The run besides its operations. */
  readonly #base: RunRecord
  readonly #recall: Recall
  readonly #size: WindowSize
  #held: readonly Operation[] = []
  /** Those that came since. */
  #taken: Operation[] = []
  #values = 0
  #judgedAt = 0
  #lastIndex = -1
  #operations = 0
  #leftOut = 0
  #broken = 0

  constructor(
    checker: Checker,
    window: SlidingWindow,
    base: RunRecord,
    recall: Recall,
    size: WindowSize = WINDOW,
  ) {
    this.#checker = checker
    this.#window = window
    this.#base = { ...base, isUnderWay: true }
    this.#recall = recall
    this.#size = size
  }

  get counts(): WindowCounts {
    return {
      checker: this.#checker.name,
      most: this.#size.operations,
      held: this.#length,
      operations: this.#operations,
      leftOut: this.#leftOut,
      broken: this.#broken,
      isEnough: this.#isEnough,
    }
  }

  get #isEnough(): boolean {
    return this.#broken >= MOST_BROKEN
  }

  get #length(): number {
    return this.#held.length + this.#taken.length
  }

  /** Nothing more is to be taken before the next look. */
  get isFull(): boolean {
    return this.#length >= this.#size.operations || this.#values >= this.#size.values
  }

  take(operation: Operation): void {
    if (operation.process === 'nemesis' || this.#isEnough) return
    const held = this.#window.take(operation)
    this.#lastIndex = operation.index
    this.#operations++
    if (held === null) this.#leftOut++
    else {
      this.#taken.push(held)
      this.#values += valuesIn(held.value)
    }
  }

  /** Judges the window if it has grown. Returns the record of its operations if it is broken, whatever follows. */
  async look(): Promise<RunRecord | null> {
    if (this.#isEnough) return null
    const isRecalled = this.#recallCalls()
    const isGrown = this.#length >= Math.max(FIRST_JUDGED_AT, GROWTH * this.#judgedAt)
    if (!isRecalled && !isGrown && !this.isFull) return null
    const held = this.#all()
    const history = numbered(held)
    const record = { ...this.#base, history, pairs: pairOperations(history) }
    const isBroken = await this.#isBroken(record)
    if (isBroken) {
      this.#broken++
      // What is broken is told once.
      this.#giveUp(this.#isEnough ? [] : this.#window.giveUp(held, this.#lastIndex + 1))
    } else if (this.isFull) {
      // What stands for others stays in any case.
      const real = held.filter(({ index }) => index >= 0)
      const half = real[Math.ceil(real.length / 2)]?.index ?? this.#lastIndex + 1
      this.#giveUp(this.#window.giveUp(held, half))
    }
    this.#judgedAt = this.#length
    return isBroken ? record : null
  }

  #all(): readonly Operation[] {
    if (this.#taken.length > 0) this.#held = [...this.#held, ...this.#taken]
    this.#taken = []
    return this.#held
  }

  #giveUp(left: readonly Operation[]): void {
    this.#held = left
    this.#values = left.reduce((sum, { value }) => sum + valuesIn(value), 0)
  }

  async #isBroken(record: RunRecord): Promise<boolean> {
    if (this.#checker.applies?.(record) === false) return false
    const { verdicts } = await runCheckers([this.#checker], record, new AbortController().signal)
    return verdicts.some((verdict) => provedAlready(verdict).status === 'invalid')
  }

  /** Whether there are calls that must be looked up. */
  #recallCalls(): boolean {
    const isWanted = this.#window.recalls?.() ?? null
    if (isWanted === null) return false
    const held = this.#all()
    const known = new Set(held.map(({ index }) => index))
    const recalled = [...this.#recall(isWanted)].filter(
      ({ index }) => index <= this.#lastIndex && !known.has(index),
    )
    this.#held = [...held, ...recalled].sort((a, b) => a.index - b.index)
    return true
  }
}
