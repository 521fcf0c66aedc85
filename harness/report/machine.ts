/** When the machine was late: what a reader must know before blaming the cluster for being slow. */
import type { MachineSample } from '../api/record.ts'
import { NS_PER_MS } from '../support/time.ts'

export interface PageLateness {
  readonly startMs: number
  readonly endMs: number
  /** Share of the period by which a sleeper or the harness's timers were late, from 0 to 1. */
  readonly share: number
}

/** Less is what any machine does. */
const LEAST_SHARE = 0.02

export const latenessOf = (machine: readonly MachineSample[]): readonly PageLateness[] =>
  machine.flatMap(({ timeNs, periodMs, sleeperLateMs, loopLateMs }) => {
    const share = Math.min(1, Math.max(sleeperLateMs ?? 0, loopLateMs) / periodMs)
    if (!(share >= LEAST_SHARE)) return []
    const endMs = timeNs / NS_PER_MS
    return [{ startMs: endMs - periodMs, endMs, share: Math.round(share * 1000) / 1000 }]
  })
