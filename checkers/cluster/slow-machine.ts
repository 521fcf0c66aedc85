/**
 * Whether the machine could have been the reason why something took too long. The harness measures beside the cluster how much
 * time the machine lost (`MachineSample`). What took longer than claimed counts against the cluster only if it would have been
 * too long without that time as well. The measures overlap, so the largest one counts.
 */
import type { MachineSample, RunRecord } from '../../harness/api/record.ts'
import { formatDurationMs } from '../../harness/support/time.ts'
import type { Span } from './spans.ts'

interface Measure {
  readonly words: string
  of(sample: MachineSample): number | null
}

const MEASURES: readonly Measure[] = [
  { words: 'a process that only sleeps woke up late', of: ({ sleeperLateMs }) => sleeperLateMs },
  { words: "the harness's timers were late", of: ({ loopLateMs }) => loopLateMs },
  {
    words: 'processes missed a processor',
    // Somebody waits all the time on a busy machine; what one process misses depends on how many want to run.
    of: ({ pressureMs, missedShare }) => (pressureMs === null ? null : pressureMs * (missedShare ?? 1)),
  },
  { words: 'the hypervisor ran something else', of: ({ stealMs }) => stealMs },
]

export interface LostTime {
  readonly lostMs: number
  /** The measures, in words. */
  readonly figures: string
}

/** The share of the sample's period that lies in the span. */
const shareIn = ({ timeNs, periodMs }: MachineSample, { fromNs, toNs }: Span): number => {
  const beganNs = timeNs - periodMs * 1e6
  const bothNs = Math.min(timeNs, toNs) - Math.max(beganNs, fromNs)
  return periodMs > 0 ? Math.max(0, bothNs) / (periodMs * 1e6) : 0
}

/** How much time the machine lost in the span; null if nothing was measured in it. */
export const lostTimeIn = ({ machine }: RunRecord, span: Span): LostTime | null => {
  const samples = (machine ?? []).filter((sample) => shareIn(sample, span) > 0)
  if (samples.length === 0) return null
  const lengthMs = (span.toNs - span.fromNs) / 1e6
  const measured = MEASURES.flatMap(({ words, of }) => {
    const known = samples.filter((sample) => of(sample) !== null)
    if (known.length === 0) return []
    const sumMs = known.reduce((sum, sample) => sum + (of(sample) as number) * shareIn(sample, span), 0)
    return [{ words, ms: Math.min(sumMs, lengthMs) }]
  })
  return {
    lostMs: Math.max(0, ...measured.map(({ ms }) => ms)),
    figures: measured.map(({ words, ms }) => `${words} for ${formatDurationMs(Math.round(ms))}`).join(', '),
  }
}

/**
 * Why something that took the whole span does not count against the cluster, with the figures; null: it does.
 *
 * @param allowedMs what is claimed
 */
export const slowMachine = (record: RunRecord, span: Span, allowedMs: number): string | null => {
  const lost = lostTimeIn(record, span)
  const tookMs = (span.toNs - span.fromNs) / 1e6
  if (lost === null || tookMs - lost.lostMs > allowedMs) return null
  return `the machine may have been the reason: of these ${formatDurationMs(Math.round(tookMs))}, ${lost.figures}`
}
