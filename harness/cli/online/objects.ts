/** Judges a run that is going on, object by object. What it finds broken is broken, whatever follows. */
import { provedAlready } from '../../../checkers/beginning.ts'
import { runCheckers } from '../../../checkers/run-checkers.ts'
import type { Operation } from '../../api/history.ts'
import type { RunRecord } from '../../api/record.ts'
import type { Checker, Verdict } from '../../api/verdict.ts'
import type { Identity } from '../../api/vocabulary.ts'
import { pairOperations } from '../../history/pairing.ts'
import type { ObjectCounts } from '../../store/online-file.ts'
import { copiedOperation } from '../../support/copied-operation.ts'
import type { Due, Range, Windows } from './windows.ts'

/** An object with which something is wrong. */
export interface BrokenObject {
  readonly object: Identity
  /** The run as if there were no other object. Its operations are numbered anew. */
  readonly record: RunRecord
}

/** The same with indices from 0, as a history has them. */
export const numbered = (operations: readonly Operation[]): readonly Operation[] =>
  operations.map((operation, index) => ({ ...copiedOperation(operation), index }))

/**
 * When so many are broken, no more are judged: each costs seconds, since its evidence is made too, and what is broken is known.
 * The verdict at the end has them all.
 */
const MOST_BROKEN = 5

export class OnlineObjects {
  readonly #checkers: readonly Checker[]
  readonly #windows: Windows
  /** The run besides its operations. */
  readonly #base: RunRecord
  readonly #broken = new Set<Identity>()
  readonly #unproven = new Set<Identity>()

  /** @param checkers that judge objects */
  constructor(checkers: readonly Checker[], windows: Windows, base: RunRecord) {
    this.#checkers = checkers
    this.#windows = windows
    this.#base = base
  }

  get counts(): ObjectCounts {
    const { settled, underWay } = this.#windows
    const unproven = [...this.#unproven].filter((object) => this.#windows.isSettled(object)).length
    return { judged: settled, underWay, broken: this.#broken.size, unproven, isEnough: this.#isEnough }
  }

  get #isEnough(): boolean {
    return this.#broken.size >= MOST_BROKEN
  }

  take(operation: Operation, range: Range): void {
    if (!this.#isEnough) this.#windows.take(operation, range)
  }

  /** Judges what has gone quiet, or grown. Each broken object is told once. @param isOver nothing follows */
  async *look(isOver = false): AsyncGenerator<BrokenObject> {
    if (this.#isEnough) return
    for (const due of this.#windows.due(isOver)) {
      if (this.#broken.has(due.object)) continue
      const record = this.#recordOf(due, isOver)
      const verdicts = await this.#judge(record)
      this.#note(due, verdicts)
      if (!verdicts.map((each) => (isOver ? each : provedAlready(each))).some(isInvalid)) continue
      this.#broken.add(due.object)
      yield { object: due.object, record }
      // What is not judged must not count as judged.
      if (this.#isEnough) return
    }
  }

  #recordOf({ operations }: Due, isOver: boolean): RunRecord {
    const history = numbered(operations)
    const record = { ...this.#base, history, pairs: pairOperations(history) }
    return isOver ? record : { ...record, isUnderWay: true }
  }

  async #judge(record: RunRecord): Promise<readonly Verdict[]> {
    const applying = this.#checkers.filter((checker) => checker.applies?.(record) ?? true)
    return (await runCheckers(applying, record, new AbortController().signal)).verdicts
  }

  #note({ object, isQuiet }: Due, verdicts: readonly Verdict[]): void {
    if (isQuiet && verdicts.some(({ status }) => status === 'unknown')) this.#unproven.add(object)
    else this.#unproven.delete(object)
  }
}

const isInvalid = ({ status }: Verdict): boolean => status === 'invalid'
