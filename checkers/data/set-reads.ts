/** The adds to a set and the reads of it, as a history has them. */
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'

export interface SetRead {
  readonly invocation: Operation
  readonly completion: Operation
  readonly elements: readonly Scalar[]
}

export const elementsIn = ({ value }: Operation): readonly Scalar[] =>
  (value as { elements: readonly Scalar[] }).elements

/** In order of invocation. */
export const readsOf = (pairs: Sequence<Pair>): readonly SetRead[] =>
  pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'read' && completion?.type === 'ok'
      ? [{ invocation, completion, elements: elementsIn(completion) }]
      : [],
  )

/** The first and the last time an element was read. */
interface Sighting {
  firstNs: number
  lastNs: number
}

const sightingsIn = (reads: readonly SetRead[]): ReadonlyMap<Scalar, Sighting> => {
  const sightings = new Map<Scalar, Sighting>()
  for (const read of reads)
    for (const element of read.elements) {
      const known = sightings.get(element)
      const { timeNs } = read.completion
      if (known === undefined) sightings.set(element, { firstNs: timeNs, lastNs: timeNs })
      else {
        known.firstNs = Math.min(known.firstNs, timeNs)
        known.lastNs = Math.max(known.lastNs, timeNs)
      }
    }
  return sightings
}

export interface Add {
  readonly element: Scalar
  readonly invocation: Operation
  readonly acknowledged: Operation | null
  readonly sighting: Sighting | null
  /** The time from which it was certainly in the set. */
  readonly knownNs: number
}

export const addsOf = (pairs: Sequence<Pair>, reads: readonly SetRead[]): readonly Add[] => {
  const sightings = sightingsIn(reads)
  return pairs.flatMap(({ invocation, completion }) => {
    if (invocation.f !== 'add') return []
    const { element } = invocation.value as { element: Scalar }
    const acknowledged = completion?.type === 'ok' ? completion : null
    const sighting = sightings.get(element) ?? null
    const never = Number.POSITIVE_INFINITY
    const knownNs = Math.min(acknowledged?.timeNs ?? never, sighting?.firstNs ?? never)
    return [{ element, invocation, acknowledged, sighting, knownNs }]
  })
}
