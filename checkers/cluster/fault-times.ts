/**
 * When a fault was certainly in force. Its injection is recorded when it begins to act, the beginning of its heal, and the
 * heal when it is over. The history has the operations of the nemesis: an injection completes once its effect was measured,
 * and a heal is invoked before anything is undone.
 */
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { Span } from './spans.ts'

interface NemesisTimes {
  injectedNs?: number
  healingNs?: number
}

const timesOf = ({ history }: RunRecord): ReadonlyMap<string, NemesisTimes> => {
  const times = new Map<string, NemesisTimes>()
  for (const { process, type, f, value, timeNs } of history) {
    if (process !== 'nemesis') continue
    const { id } = (value ?? {}) as { readonly id?: string }
    if (id === undefined) continue
    const known = times.get(id) ?? {}
    times.set(id, known)
    if (f === 'inject' && type === 'ok') known.injectedNs = timeNs
    if (f === 'heal' && type === 'invoke') known.healingNs = timeNs
  }
  return times
}

/**
 * Returns a function that gives the time in which a fault was certainly in force: from the first measurement that showed its
 * effect to the beginning of the heal. Null: no measurement showed it while it was in force.
 */
export const provenSpans = (record: RunRecord): ((fault: FaultRecord) => Span | null) => {
  const times = timesOf(record)
  return ({ planned, effects, healingAtNs, healedAtNs }) => {
    const { injectedNs, healingNs } = times.get(planned.id) ?? {}
    if (injectedNs === undefined || effects[0]?.effective !== true) return null
    if (effects.some(({ contradiction }) => contradiction !== undefined)) return null
    // A heal that was no operation of the history began after the last of them, and not before the planned end.
    const endNs =
      healingAtNs ??
      healingNs ??
      Math.min(healedAtNs ?? Number.POSITIVE_INFINITY, planned.atNs + planned.durationNs)
    return endNs > injectedNs ? { fromNs: injectedNs, toNs: endNs } : null
  }
}
