/** How the whole run went, for a page that does not hold all operations: throughput and latency in parts of equal length. */
import type { Pair } from '../api/history.ts'
import { NS_PER_MS } from '../support/time.ts'
import { OUTCOMES, type Outcome } from './operations.ts'

export interface Overview {
  readonly partMs: number
  /** For each part and each outcome: how many completed. */
  readonly completions: readonly number[]
  /** Of the ok operations that began in each part, in ms; null: there is none. They are right to 5%. */
  readonly medianMs: readonly (number | null)[]
  readonly p99Ms: readonly (number | null)[]
}

/** As many as there are pixels. */
const PARTS = 1000

/** Latencies are counted in steps of so much more: from 0.01 ms to 40 s. */
const LEAST_MS = 0.01
const STEP = 1.1
const STEPS = 160
const DIGITS = 3

const stepOf = (ms: number): number => {
  const step = Math.floor(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / Math.log(STEP))
  return Math.min(STEPS - 1, step)
}

/** The middle of a step. */
const msOf = (step: number): number => Number((LEAST_MS * STEP ** (step + 0.5)).toPrecision(DIGITS))

/** @param counts of latencies by step @returns null if there are none */
const quantileOf = (counts: Uint32Array, q: number): number | null => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let left = Math.floor(q * total)
  for (const [step, count] of counts.entries()) {
    if (left < count) return msOf(step)
    left -= count
  }
  return null
}

/** Takes all pairs, in any order. */
export class OverviewFold {
  readonly #partMs: number
  readonly #completions = new Uint32Array(PARTS * OUTCOMES.length)
  readonly #latencies = new Uint32Array(PARTS * STEPS)

  /** @param endMs the end of the run */
  constructor(endMs: number) {
    this.#partMs = endMs / PARTS
  }

  #partAt(timeNs: number): number {
    return Math.min(PARTS - 1, Math.floor(timeNs / NS_PER_MS / this.#partMs))
  }

  take({ invocation, completion }: Pair): void {
    if (completion === null) return
    const outcome = OUTCOMES.indexOf(completion.type as Outcome)
    this.#completions[this.#partAt(completion.timeNs) * OUTCOMES.length + outcome]!++
    if (completion.type !== 'ok') return
    const step = stepOf((completion.timeNs - invocation.timeNs) / NS_PER_MS)
    this.#latencies[this.#partAt(invocation.timeNs) * STEPS + step]!++
  }

  result(): Overview {
    const quantiles = (q: number): readonly (number | null)[] =>
      Array.from({ length: PARTS }, (_, part) =>
        quantileOf(this.#latencies.subarray(part * STEPS, (part + 1) * STEPS), q),
      )
    return {
      partMs: this.#partMs,
      completions: [...this.#completions],
      medianMs: quantiles(0.5),
      p99Ms: quantiles(0.99),
    }
  }
}
