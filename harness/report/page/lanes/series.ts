/**
 * Throughput by outcome, and latency, on the axis of the timeline: computed for what is visible, from the operations or, where
 * the page does not hold all of them, from the overview of the run.
 */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import { Spans } from '../../../../checkers/porcupine-ts/timeline/spans.ts'
import { OUTCOMES } from '../../operations.ts'
import type { Overview } from '../../overview.ts'
import type { History } from '../history.ts'
import { durationText, shortTime } from '../times.ts'

const BIN_PIXELS = 4
const LEAST_FOR_RATE = 5
const OK = OUTCOMES.indexOf('ok')

/** For each outcome, how many operations completed from one time to before another, in ms. */
type Completions = (from: number, to: number) => readonly number[]

const completionsOf = (history: History): Completions => {
  const completions = OUTCOMES.map((_, outcome) => {
    const times = new Float64Array(history.count)
    let count = 0
    for (let place = 0; place < history.count; place++)
      if (history.outcomeNumber(place) === outcome) times[count++] = history.endMs[place] as number
    const sorted = times.subarray(0, count).sort()
    return new Spans(sorted, sorted, new Uint8Array(count), 1)
  })
  return (from, to) => completions.map((spans) => spans.countBefore(to) - spans.countBefore(from))
}

/** Of a piece of a part, its share. */
const completionsIn = ({ completions, partMs }: Overview): Completions => {
  const before = OUTCOMES.map((_, outcome) => {
    const sums = [0]
    for (let at = outcome; at < completions.length; at += OUTCOMES.length)
      sums.push((sums.at(-1) as number) + (completions[at] as number))
    return sums
  })
  const beforeTime = (sums: readonly number[], time: number): number => {
    const at = Math.min(Math.max(time / partMs, 0), sums.length - 1)
    const [low, high] = [sums[Math.floor(at)] as number, sums[Math.ceil(at)] as number]
    return low + (at % 1) * (high - low)
  }
  return (from, to) => before.map((sums) => beforeTime(sums, to) - beforeTime(sums, from))
}

class ThroughputLane implements Lane {
  readonly id = 'throughput'
  readonly label = 'completed / s'
  readonly group = 'throughput and latency'
  readonly height = 70
  readonly #counts: Completions

  constructor(counts: Completions) {
    this.#counts = counts
  }

  paint({ context, view, colour }: Painting, y: number): void {
    const bins = Math.ceil(view.width / BIN_PIXELS)
    const all = Array.from({ length: bins }, (_, bin) =>
      this.#counts(view.time(bin * BIN_PIXELS), view.time((bin + 1) * BIN_PIXELS)),
    )
    const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
    const most = Math.max(1, ...all.map(total))
    const room = this.height - 16
    for (const [bin, counts] of all.entries()) {
      let bottom = y + this.height - 2
      for (const [kind, outcome] of OUTCOMES.entries()) {
        const height = ((counts[kind] as number) / most) * room
        context.fillStyle = colour(outcome)
        context.fillRect(bin * BIN_PIXELS, bottom - height, BIN_PIXELS - 0.5, height)
        bottom -= height
      }
    }
    const binMs = view.timeOf(BIN_PIXELS)
    // A rate from one or two operations says nothing.
    const told =
      most < LEAST_FOR_RATE
        ? `at most ${Math.ceil(most)} in ${durationText(binMs)}`
        : `at most ${Math.round((1000 * most) / binMs).toLocaleString('en')}/s`
    context.fillStyle = colour('dim')
    context.fillText(told, 4, y + 7)
  }

  at(time: number): Hit | null {
    const width = 500
    const counts = this.#counts(time - width, time + width)
    const told = OUTCOMES.map((outcome, kind) => `${Math.round(counts[kind] as number)} ${outcome}`).join(
      ', ',
    )
    return {
      address: `at=${time}`,
      text: `completed within the second around ${shortTime(time)}: ${told}`,
      from: time,
      to: time,
    }
  }

  next(): Hit | null {
    return null
  }
}

/** Of a bin with more operations, so many are looked at for its quantiles. */
const SAMPLE = 64
/** Fewer operations than that are drawn as points. */
const MAX_POINTS = 3000
const LEAST_MS = 0.05
const MOST_MS = 20_000
const SCALE = [
  [1, '1 ms'],
  [100, '100 ms'],
  [10_000, '10 s'],
] as const

interface Latency {
  readonly medianMs: number
  readonly p99Ms: number
  /** Where it comes from, in words. */
  readonly of: string
}

/** Of several parts of the run: the median in the middle, and the worst 99th percentile. */
const latencyIn = ({ partMs, medianMs, p99Ms }: Overview, from: number, to: number): Latency | null => {
  const first = Math.max(0, Math.floor(from / partMs))
  const last = Math.max(first + 1, Math.ceil(to / partMs))
  const told = (all: readonly (number | null)[]): readonly number[] =>
    all.slice(first, last).filter((each) => each !== null)
  const medians = told(medianMs).toSorted((a, b) => a - b)
  if (medians.length === 0) return null
  return {
    medianMs: medians[medians.length >> 1] as number,
    p99Ms: Math.max(...told(p99Ms)),
    of: durationText((last - first) * partMs),
  }
}

class LatencyLane implements Lane {
  readonly id = 'latency'
  readonly label = 'latency of ok'
  readonly group = 'throughput and latency'
  readonly height = 90
  /** When each began. */
  readonly #times: Float64Array
  readonly #latencies: Float64Array
  readonly #spans: Spans
  readonly #overview: Overview | null

  /** @param overview null: the page holds all operations */
  constructor(history: History, overview: Overview | null) {
    this.#overview = overview
    const times = new Float64Array(history.count)
    const latencies = new Float64Array(history.count)
    let count = 0
    for (let place = 0; place < history.count; place++) {
      if (history.outcomeNumber(place) !== OK) continue
      const start = history.startMs[place] as number
      times[count] = start
      latencies[count++] = (history.endMs[place] as number) - start
    }
    this.#times = times.subarray(0, count)
    this.#latencies = latencies.subarray(0, count)
    this.#spans = new Spans(this.#times, this.#times, new Uint8Array(count), 1)
  }

  #y(ms: number, y: number): number {
    const share = Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / Math.log(MOST_MS / LEAST_MS)
    return y + this.height - 3 - Math.min(1, share) * (this.height - 6)
  }

  paint(painting: Painting, y: number): void {
    const { context, view, colour } = painting
    context.fillStyle = colour('dim')
    context.globalAlpha = 0.4
    for (const [ms] of SCALE) context.fillRect(0, this.#y(ms, y), view.width, 0.5)
    context.globalAlpha = 1
    const from = this.#spans.countBefore(view.from)
    const to = this.#spans.countBefore(view.to)
    const isFew = to - from <= MAX_POINTS
    if (!isFew || this.#overview !== null) this.#paintBins(painting, y)
    if (isFew) this.#paintPoints(painting, y, from, to)
    // Over the bars, which may be everywhere.
    context.fillStyle = colour('fg')
    for (const [ms, text] of SCALE) context.fillText(text, 4, this.#y(ms, y) - 5)
  }

  #paintPoints({ context, view, colour }: Painting, y: number, from: number, to: number): void {
    context.fillStyle = colour('leader')
    for (let i = from; i < to; i++)
      context.fillRect(
        view.x(this.#times[i] as number) - 1,
        this.#y(this.#latencies[i] as number, y) - 1,
        2.5,
        2.5,
      )
  }

  /** A bar from the median to the 99th percentile, and a mark at the median. */
  #paintBins({ context, view, colour }: Painting, y: number): void {
    for (let x = 0; x < view.width; x += BIN_PIXELS) {
      const latency = this.#latency(view.time(x), view.time(x + BIN_PIXELS))
      if (latency === null) continue
      const [median, p99] = [this.#y(latency.medianMs, y), this.#y(latency.p99Ms, y)]
      context.fillStyle = colour('info')
      context.fillRect(x, p99, BIN_PIXELS - 0.5, Math.max(1, median - p99))
      context.fillStyle = colour('leader')
      context.fillRect(x, median - 1, BIN_PIXELS - 0.5, 2.5)
    }
  }

  #sample(from: number, to: number): Float64Array {
    const [first, last] = [this.#spans.countBefore(from), this.#spans.countBefore(to)]
    const stride = Math.max(1, (last - first) / SAMPLE)
    const count = Math.min(last - first, SAMPLE)
    return Float64Array.from(
      { length: count },
      (_, i) => this.#latencies[first + Math.floor(i * stride)] as number,
    ).sort()
  }

  #latency(from: number, to: number): Latency | null {
    if (this.#overview !== null) return latencyIn(this.#overview, from, to)
    const sorted = this.#sample(from, to)
    if (sorted.length === 0) return null
    const quantile = (q: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number
    return { medianMs: quantile(0.5), p99Ms: quantile(0.99), of: String(sorted.length) }
  }

  at(time: number, slack: number): Hit | null {
    const latency = this.#latency(time - Math.max(slack, 50), time + Math.max(slack, 50))
    if (latency === null) return null
    const [median, p99] = [latency.medianMs.toFixed(2), latency.p99Ms.toFixed(2)]
    return {
      address: `at=${time}`,
      text: `latency of ok operations around ${shortTime(time)}: median ${median} ms, 99th percentile ${p99} ms (of ${latency.of})`,
      from: time,
      to: time,
    }
  }

  next(): Hit | null {
    return null
  }
}

/** @param overview null: the page holds all operations */
export const seriesLanes = (history: History, overview: Overview | null): readonly Lane[] => [
  new ThroughputLane(overview === null ? completionsOf(history) : completionsIn(overview)),
  new LatencyLane(history, overview),
]
