/** What the controller itself takes, and how late its event loop is: it sends late and sees late when it cannot keep up. */
import { createHistogram, type Histogram } from 'node:perf_hooks'
import type { ControllerLoad, RunFacts } from '../api/record.ts'

const TICK_MS = 10
const US_PER_MS = 1000

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20)

/** A histogram records from 1 on, so everything is one microsecond more in it. */
const recordedUs = (lateMs: number): number => Math.max(0, Math.round(lateMs * US_PER_MS)) + 1

const msOf = (us: number): number => Math.round((us - 1) / 10) / 100

const delaysIn = (histogram: Histogram): RunFacts['eventLoopDelayMs'] => {
  if (histogram.count === 0) return { p50: 0, p99: 0, max: 0 }
  const { max } = histogram
  // Values are grouped: the quantile of a group may be above the greatest value.
  const quantile = (percent: number): number => msOf(Math.min(max, histogram.percentile(percent)))
  return { p50: quantile(50), p99: quantile(99), max: msOf(max) }
}

/**
 * Delays are measured by a timer of its own and not by Node's monitor, whose values include the interval of its timer, and
 * which loses the interval in which it is read and reset.
 */
export class LoadMeter implements Disposable {
  readonly #whole = createHistogram()
  readonly #recent = createHistogram()
  readonly #timer: NodeJS.Timeout
  #lastTickMs = performance.now()
  #processor = process.cpuUsage()

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  #tick(): void {
    const nowMs = performance.now()
    const us = recordedUs(nowMs - this.#lastTickMs - TICK_MS)
    this.#whole.record(us)
    this.#recent.record(us)
    this.#lastTickMs = nowMs
  }

  /** What was taken since the last call, and the memory that is taken now. */
  next(): ControllerLoad {
    const { user, system } = process.cpuUsage(this.#processor)
    const { rss, heapUsed, external } = process.memoryUsage()
    const { p99, max } = delaysIn(this.#recent)
    this.#processor = process.cpuUsage()
    this.#recent.reset()
    return {
      residentMb: megabytes(rss),
      heapMb: megabytes(heapUsed),
      externalMb: megabytes(external),
      processorMs: Math.round((user + system) / US_PER_MS),
      delayP99Ms: p99,
      delayMaxMs: max,
    }
  }

  /** Over all the time since it was made. */
  delays(): RunFacts['eventLoopDelayMs'] {
    return delaysIn(this.#whole)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
