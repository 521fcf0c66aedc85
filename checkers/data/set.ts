/**
 * A set to which elements are only added, judged element by element (after Jepsen's set-full): when each element was known
 * to be in the set (its add was acknowledged, or a read that saw it was over), and whether later reads contain it.
 *
 * - lost: from some read on, no read contains it;
 * - stale: a read that began after it was known lacks it, and a read that was not over by then contains it. Allowed if reads
 *   may be old;
 * - recovered: never acknowledged, but in the set: a timeout proves nothing;
 * - unexpected: in the set, but nobody added it;
 * - duplicated: twice in one read.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'
import { quantiles } from '../../harness/support/quantiles.ts'
import { formatDurationMs, NS_PER_MS } from '../../harness/support/time.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, type Judged, notJudged } from '../verdict.ts'

interface SetRead {
  readonly invocation: Operation
  readonly completion: Operation
  readonly elements: readonly Scalar[]
}

type Fate = 'there' | 'lost' | 'stale' | 'never read'

interface Element {
  readonly element: Scalar
  readonly invocation: Operation
  /** Null: never acknowledged. */
  readonly acknowledged: Operation | null
  readonly fate: Fate
  /** The last read that lacked it although it was known; null: there is none. */
  readonly lackedBy: SetRead | null
  /** Time from when it was known to the last read that lacked it; 0: it was visible at once. Null: never seen to be visible. */
  readonly hiddenMs: number | null
}

/** In order of invocation. */
const readsOf = (pairs: readonly Pair[]): readonly SetRead[] =>
  pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'read' && completion?.type === 'ok'
      ? [{ invocation, completion, elements: (completion.value as { elements: readonly number[] }).elements }]
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

interface Add {
  readonly element: Scalar
  readonly invocation: Operation
  readonly acknowledged: Operation | null
  readonly sighting: Sighting | null
  /** The time from which it was certainly in the set. */
  readonly knownNs: number
}

const addsOf = (pairs: readonly Pair[], reads: readonly SetRead[]): readonly Add[] => {
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

/** For each add, the last read that lacked it although it was known. Goes backwards, so that each add is settled once. */
const lackingReads = (adds: readonly Add[], reads: readonly SetRead[]): ReadonlyMap<Add, SetRead> => {
  const lacking = new Map<Add, SetRead>()
  let untold = adds
  for (const read of reads.toReversed()) {
    const elements = new Set(read.elements)
    const later: Add[] = []
    for (const add of untold)
      if (elements.has(add.element)) later.push(add)
      else if (read.invocation.timeNs > add.knownNs) lacking.set(add, read)
    untold = later
  }
  return lacking
}

const fateOf = (
  { element, invocation, acknowledged, sighting, knownNs }: Add,
  lackedBy: SetRead | null,
  lastRead: SetRead,
): Element => {
  const isBack = lackedBy !== null && sighting !== null && sighting.lastNs > lackedBy.invocation.timeNs
  const isAsked = sighting !== null || lastRead.invocation.timeNs > knownNs
  const fate: Fate = lackedBy !== null ? (isBack ? 'stale' : 'lost') : isAsked ? 'there' : 'never read'
  const hiddenNs = isBack ? lackedBy.invocation.timeNs - knownNs : 0
  const hiddenMs = fate === 'there' || isBack ? Math.round(hiddenNs / NS_PER_MS) : null
  return { element, invocation, acknowledged, fate, lackedBy, hiddenMs }
}

const KINDS = ['lost', 'unexpected', 'duplicated', 'stale'] as const
type SetFinding = Finding<(typeof KINDS)[number]>

const at = (operation: Operation): string => formatDurationMs(operation.timeNs / NS_PER_MS)

const found = (
  kind: SetFinding['kind'],
  { element, invocation, acknowledged, lackedBy }: Element,
): SetFinding => {
  const known = acknowledged === null ? 'never acknowledged, but read' : `acknowledged at ${at(acknowledged)}`
  const missed =
    lackedBy === null
      ? ''
      : `, missing from the read at ${at(lackedBy.invocation)} on ${lackedBy.invocation.node ?? 'a node'}`
  return {
    kind,
    text: `${element}: asked for at ${at(invocation)} on ${invocation.node ?? 'a node'}, ${known}${missed}`,
    operations: [invocation, ...(lackedBy === null ? [] : [lackedBy.invocation])].map(({ index }) => index),
  }
}

interface Stranger {
  readonly element: Scalar
  /** The first read that contained it. */
  readonly read: SetRead
}

/** Elements that were read but never added. */
const strangersIn = (reads: readonly SetRead[], asked: ReadonlySet<Scalar>): readonly Stranger[] => {
  const strangers = new Map<Scalar, SetRead>()
  for (const read of reads)
    for (const element of read.elements)
      if (!asked.has(element) && !strangers.has(element)) strangers.set(element, read)
  return [...strangers].map(([element, read]) => ({ element, read }))
}

/** What was acknowledged after the last read had begun may be lost, for all that is known. */
const unprovenBy = (acknowledged: number, neverRead: number): string | null => {
  if (acknowledged === 0) return 'no element was acknowledged'
  return neverRead === 0 ? null : `no read began after ${neverRead} of them were acknowledged`
}

/** Elements that one read returned more than once. */
const duplicatesIn = (reads: readonly SetRead[]): readonly SetFinding[] =>
  reads.flatMap(({ invocation, elements }) => {
    const seen = new Set<Scalar>()
    const twice = elements.find((element) => seen.size === seen.add(element).size)
    if (twice === undefined) return []
    const text = `${twice}: more than once in what was read at ${at(invocation)}`
    return [{ kind: 'duplicated' as const, text, operations: [invocation.index] }]
  })

const judge = (pairs: readonly Pair[], mayBeStale: boolean): Judged => {
  const reads = readsOf(pairs)
  const last = reads.at(-1)
  if (last === undefined) return notJudged('the set was never read')
  const adds = addsOf(pairs, reads)
  const lacking = lackingReads(adds, reads)
  const elements = adds.map((add) => fateOf(add, lacking.get(add) ?? null, last))
  const of = (fate: Fate): readonly Element[] => elements.filter((each) => each.fate === fate)
  const strangers = strangersIn(reads, new Set(elements.map(({ element }) => element)))
  const acknowledged = elements.filter((each) => each.acknowledged !== null).length
  const neverRead = of('never read').filter((each) => each.acknowledged !== null).length
  const inLast = new Set(last.elements)
  /** How long it took until every later read contained them. */
  const visibleAfterMs = quantiles(elements.flatMap((each) => each.hiddenMs ?? []))
  const findings: readonly SetFinding[] = [
    ...of('lost').map((each) => found('lost', each)),
    ...of('stale').map((each) => found('stale', each)),
    ...duplicatesIn(reads),
    ...strangers.map(({ element, read }) => ({
      kind: 'unexpected' as const,
      text: `${element}: read at ${at(read.invocation)}, but nobody added it`,
      operations: [read.invocation.index],
    })),
  ]
  return conclude(findings, {
    seen: `${acknowledged} acknowledged elements in ${reads.length} reads`,
    clean: 'none is missing',
    unproven: unprovenBy(acknowledged, neverRead),
    kinds: KINDS,
    allows: (kind) => kind === 'stale' && mayBeStale,
    because: 'allowed because reads may be stale',
    note: (kind) =>
      kind === 'stale' ? `hidden for up to ${formatDurationMs(visibleAfterMs.max ?? 0)}` : null,
    details: {
      attempted: elements.length,
      acknowledged,
      visibleAfterMs,
      neverRead,
      recovered: elements.filter((each) => each.acknowledged === null && inLast.has(each.element)).length,
      reads: reads.length,
    },
  })
}

export const setOfElements = checkerOf({
  name: 'set',
  finds: 'elements lost, stale, recovered or out of nowhere, and how long elements take to become visible',
  needs: ['history'],
  promise: promisedOf(SET, 'every acknowledged element stays in the set'),
  judge: (record) => judge(record.pairs, promiseOf(record, SET, 'read').name === 'consistent-prefix'),
})
