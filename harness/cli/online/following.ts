/**
 * Follows a run that is going on, for one checker that keeps little of it (`Checker.follow`). What may be broken is looked up in
 * the files and judged by the checker.
 */
import { provedAlready } from '../../../checkers/beginning.ts'
import { runCheckers } from '../../../checkers/run-checkers.ts'
import type { Follower, Shown, SoFar } from '../../api/follower.ts'
import type { Operation } from '../../api/history.ts'
import type { RunRecord, Sample } from '../../api/record.ts'
import type { Checker } from '../../api/verdict.ts'
import { pairOperations } from '../../history/pairing.ts'
import type { FollowingCounts } from '../../store/online-file.ts'
import { operationsOf } from './calls.ts'
import { numbered } from './objects.ts'

/** After so many, nothing more is looked up: what is broken is known, and the verdict has everything. */
const MOST_BROKEN = 5
/** So many suspicions may turn out to be none. Each reads the files from their beginning. */
const MOST_VAIN = 20

/** The record as it is now, without operations, samples, and logs of services. */
export type Besides = () => RunRecord

export class Following {
  readonly #checker: Checker
  readonly #follower: Follower
  readonly #besides: Besides
  readonly #soFar: SoFar
  #taken = 0
  #broken = 0
  #vain = 0

  constructor(checker: Checker, follower: Follower, besides: Besides, soFar: SoFar) {
    this.#checker = checker
    this.#follower = follower
    this.#besides = besides
    this.#soFar = soFar
  }

  get counts(): FollowingCounts {
    const { waits } = this.#follower
    return {
      checker: this.#checker.name,
      taken: this.#taken,
      ...this.#follower.kept,
      broken: this.#broken,
      isEnough: this.#isEnough,
      ...(waits === undefined ? {} : { waits }),
    }
  }

  get #isEnough(): boolean {
    return this.#broken >= MOST_BROKEN || this.#vain >= MOST_VAIN
  }

  takeOperation(operation: Operation): void {
    if (this.#isEnough || operation.process === 'nemesis' || this.#follower.operation === undefined) return
    this.#taken++
    this.#follower.operation(operation)
  }

  takeSample(sample: Sample): void {
    if (this.#isEnough || this.#follower.sample === undefined) return
    this.#taken++
    this.#follower.sample(sample)
  }

  takeLine(line: unknown): void {
    if (this.#isEnough || this.#follower.line === undefined) return
    this.#taken++
    this.#follower.line(line)
  }

  /** The records that show what is broken, whatever follows. */
  async *look(): AsyncGenerator<RunRecord> {
    for (const suspicion of this.#follower.suspicions()) {
      if (this.#isEnough) return
      const record = this.#recordOf(suspicion(this.#soFar))
      if (await this.#isBroken(record)) {
        this.#broken++
        yield record
      } else this.#vain++
    }
  }

  #recordOf({ calls = [], samples = [], services = {} }: Shown): RunRecord {
    const history = numbered(operationsOf(calls))
    const pairs = pairOperations(history)
    return { ...this.#besides(), history, pairs, samples, services, isUnderWay: true }
  }

  async #isBroken(record: RunRecord): Promise<boolean> {
    if (this.#checker.applies?.(record) === false) return false
    const { verdicts } = await runCheckers([this.#checker], record, new AbortController().signal)
    return verdicts.some((verdict) => provedAlready(verdict).status === 'invalid')
  }
}
