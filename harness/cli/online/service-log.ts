/**
 * The log of a service while a run goes on. Its lines are held back until the history has been read beyond the time at which they
 * were read: whatever a client had asked for when a line was written was recorded before that, but it may not have reached the
 * file yet. Both times are of the machine's monotonic clock; the clock of the service says nothing.
 */
import { linesBetween, Tail } from '../../store/tail.ts'
import { parseJson } from '../../support/json.ts'

export class ServiceLog {
  readonly #file: string
  readonly #tail: Tail
  #waiting: readonly string[] = []
  #readAtNs = 0
  #takenTo = 0

  constructor(file: string) {
    this.#file = file
    this.#tail = new Tail(file)
  }

  /**
   * The lines whose causes have been read by now. Then reads what was added to the log, if all is taken: so no more is held than
   * is read at once.
   *
   * @param historyNs the history was read up to this time of the run
   * @param nowNs the time of the run
   */
  *due(historyNs: number, nowNs: () => number): Generator<unknown> {
    if (this.#waiting.length > 0 && historyNs > this.#readAtNs) {
      yield* this.#waiting.map(parseJson)
      this.#takenTo = this.#tail.offset
      this.#waiting = []
    }
    if (this.#waiting.length > 0) return
    this.#waiting = this.#tail.read()
    this.#readAtNs = nowNs()
  }

  /** All lines that were taken. */
  *taken(): Generator<unknown> {
    if (this.#takenTo > 0)
      for (const line of linesBetween(this.#file, 0, this.#takenTo)) yield parseJson(line)
  }
}
