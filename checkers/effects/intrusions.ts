/** Who was in a resource that only one may be in, and should not have been. Pure. */
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { TouchLine } from '../../harness/vocabularies/effects.ts'
import type { TouchCall } from '../../harness/vocabularies/protected.ts'
import { ForgetfulMap } from '../forgetful-map.ts'

export const INTRUSIONS = ['two at once', 'stale token taken'] as const
export type IntrusionKind = (typeof INTRUSIONS)[number]

interface Intrusion {
  readonly kind: IntrusionKind
  readonly first: TouchLine
  readonly second: TouchLine
}

/** What is known of each resource, as the sink is asked to let owners in and out. */
export class Visits {
  readonly #inside: ForgetfulMap<number, TouchLine>
  readonly #newest: ForgetfulMap<number, TouchLine>

  /** @param mostResources of which something is known; of others, less is found */
  constructor(mostResources: number = Number.POSITIVE_INFINITY) {
    this.#inside = new ForgetfulMap(mostResources)
    this.#newest = new ForgetfulMap(mostResources)
  }

  get size(): number {
    return this.#inside.size + this.#newest.size
  }

  /** What is wrong with the next touch, in the sink's order. */
  take(touch: TouchLine): readonly Intrusion[] {
    const { resource, owner, token, action, refused } = touch
    const [holder, greatest] = [this.#inside.get(resource), this.#newest.get(resource)]
    this.#newest.set(resource, greatest === undefined || token > greatest.token ? touch : greatest)
    if (refused !== null) return []
    const found: Intrusion[] = []
    if (greatest !== undefined && token < greatest.token)
      found.push({ kind: 'stale token taken', first: greatest, second: touch })
    if (action === 'leave') {
      if (holder?.owner === owner) this.#inside.delete(resource)
      return found
    }
    if (holder !== undefined && holder.owner !== owner)
      found.push({ kind: 'two at once', first: holder, second: touch })
    this.#inside.set(resource, touch)
    return found
  }
}

/** @param touches in the sink's order */
export const intrusionsIn = (touches: readonly TouchLine[]): readonly Intrusion[] => {
  const visits = new Visits()
  return touches.flatMap((touch) => visits.take(touch))
}

/** The touch that a call asks for, as a name. Null: it asks for none. */
export const touchIn = ({ f, value }: Pick<Operation, 'f' | 'value'>): string | null =>
  f === 'enter' || f === 'leave' ? touchName(f, (value as TouchCall['value']).owner) : null

export const touchName = (action: string, owner: number): string => `${action} ${owner}`

/** Touch -> the index of the call. */
export const callsByTouch = (pairs: Sequence<Pair>): ReadonlyMap<string, number> => {
  const calls = new Map<string, number>()
  for (const { invocation } of pairs) {
    const name = touchIn(invocation)
    if (name !== null && !calls.has(name)) calls.set(name, invocation.index)
  }
  return calls
}
