/**
 * What clients experience, written to the harness's log once a second for each node: connections opened, reopened and
 * refused, and operations that failed or stayed in doubt. A second without any of these has no line. After an hour the lines
 * become rarer, so that a day's log is not a hundred megabytes long.
 */
import type { Outcome } from '../api/history.ts'
import type { Log } from '../api/log.ts'

const PERIOD_MS = 1000
/** A line is about at most this share of the run so far, or a second. */
const SHARE = 1 / 3600

interface Counts {
  opened: number
  /** Connections opened by threads that were connected before. */
  reopened: number
  /** Connections that could not be opened. */
  refused: number
  /** Operations that were refused, or never sent. */
  failed: number
  inDoubt: number
  lastError: string | undefined
}

export class ClientLog implements Disposable {
  readonly #log: Log
  readonly #timer: NodeJS.Timeout
  /** Keyed by the node that the clients are bound to. */
  readonly #nodes = new Map<string, Counts>()
  /** Seconds since the beginning, and since the last lines. */
  #seconds = 0
  #sinceLines = 0

  constructor(log: Log) {
    this.#log = log
    this.#timer = setInterval(() => this.#tick(), PERIOD_MS)
    this.#timer.unref()
  }

  opened(node: string, again: boolean): void {
    this.#countsOf(node)[again ? 'reopened' : 'opened']++
  }

  refused(node: string, error: string): void {
    const counts = this.#countsOf(node)
    counts.refused++
    counts.lastError = error
  }

  completed(node: string, outcome: Outcome): void {
    if (outcome.type === 'ok') return
    const counts = this.#countsOf(node)
    counts[outcome.type === 'fail' ? 'failed' : 'inDoubt']++
    counts.lastError = outcome.error
  }

  #countsOf(node: string): Counts {
    const known = this.#nodes.get(node)
    if (known !== undefined) return known
    const counts = { opened: 0, reopened: 0, refused: 0, failed: 0, inDoubt: 0, lastError: undefined }
    this.#nodes.set(node, counts)
    return counts
  }

  #tick(): void {
    this.#seconds++
    this.#sinceLines++
    if (this.#sinceLines >= this.#seconds * SHARE) this.#flush()
  }

  #flush(): void {
    const span = this.#sinceLines > 1 ? { inSeconds: this.#sinceLines } : {}
    for (const [node, counts] of this.#nodes) this.#log.info('clients', { node, ...span, ...counts })
    this.#nodes.clear()
    this.#sinceLines = 0
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#flush()
  }
}
