/**
 * A set that elements are only added to, element by element (after Jepsen's set-full): when each was known to be in it (its
 * add was acknowledged, or a read that saw it was over), and what the reads that began later saw of it.
 *
 * - lost: from some read on it is in none any more;
 * - stale: a read that began after it was known lacks it, and a later one has it. No harm where reads may be old;
 * - recovered: never acknowledged, and there: a timeout proves nothing;
 * - unexpected: there, and nobody asked for it.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'
import { quantiles } from '../../harness/support/quantiles.ts'
import { formatDurationMs, NS_PER_MS } from '../../harness/support/time.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, type Judged, notJudged } from '../verdict.ts'

interface SetRead {
  readonly invocation: Operation
  readonly completion: Operation
  readonly elements: readonly number[]
}

type Fate = 'there' | 'lost' | 'stale' | 'never read'

interface Element {
  readonly element: number
  readonly invocation: Operation
  /** Null: never acknowledged. */
  readonly acknowledged: Operation | null
  readonly fate: Fate
  /** The last read that lacked it although it was known; null: none did. */
  readonly lackedBy: SetRead | null
  /** From when it was known to the last read that lacked it; 0: it was visible at once. Null: it never was, for all that is known. */
  readonly hiddenMs: number | null
}

/** In order of invocation. */
const readsOf = (pairs: readonly Pair[]): readonly SetRead[] =>
  pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'read' && completion?.type === 'ok'
      ? [{ invocation, completion, elements: (completion.value as { elements: readonly number[] }).elements }]
      : [],
  )

/** When an element was first, and last, in what was read. */
interface Sighting {
  firstNs: number
  last: SetRead
}

const sightingsIn = (reads: readonly SetRead[]): ReadonlyMap<number, Sighting> => {
  const sightings = new Map<number, Sighting>()
  for (const read of reads)
    for (const element of read.elements) {
      const known = sightings.get(element)
      const { timeNs } = read.completion
      if (known === undefined) sightings.set(element, { firstNs: timeNs, last: read })
      else {
        known.firstNs = Math.min(known.firstNs, timeNs)
        known.last = read
      }
    }
  return sightings
}

interface Add {
  readonly element: number
  readonly invocation: Operation
  readonly acknowledged: Operation | null
  readonly sighting: Sighting | null
  /** From when it was surely in the set. */
  readonly knownNs: number
}

const addsOf = (pairs: readonly Pair[], reads: readonly SetRead[]): readonly Add[] => {
  const sightings = sightingsIn(reads)
  return pairs.flatMap(({ invocation, completion }) => {
    if (invocation.f !== 'add') return []
    const { element } = invocation.value as { element: number }
    const acknowledged = completion?.type === 'ok' ? completion : null
    const sighting = sightings.get(element) ?? null
    const never = Number.POSITIVE_INFINITY
    const knownNs = Math.min(acknowledged?.timeNs ?? never, sighting?.firstNs ?? never)
    return [{ element, invocation, acknowledged, sighting, knownNs }]
  })
}

/** The last read that lacked what was known when it began. From the last read back, since what lacks once is then told. */
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
  const isBack =
    lackedBy !== null && sighting !== null && sighting.last.invocation.timeNs > lackedBy.invocation.timeNs
  const isAsked = sighting !== null || lastRead.invocation.timeNs > knownNs
  const fate: Fate = lackedBy !== null ? (isBack ? 'stale' : 'lost') : isAsked ? 'there' : 'never read'
  const hiddenNs = isBack ? lackedBy.invocation.timeNs - knownNs : 0
  const hiddenMs = fate === 'there' || isBack ? Math.round(hiddenNs / NS_PER_MS) : null
  return { element, invocation, acknowledged, fate, lackedBy, hiddenMs }
}

const KINDS = ['lost', 'unexpected', 'stale'] as const
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
      : `, not in what was read at ${at(lackedBy.invocation)} on ${lackedBy.invocation.node ?? 'a node'}`
  return {
    kind,
    text: `${element}: asked for at ${at(invocation)} on ${invocation.node ?? 'a node'}, ${known}${missed}`,
    operations: [invocation, ...(lackedBy === null ? [] : [lackedBy.invocation])].map(({ index }) => index),
  }
}

interface Stranger {
  readonly element: number
  /** The first that had it. */
  readonly read: SetRead
}

/** Elements that were read and that nobody asked for. */
const strangersIn = (reads: readonly SetRead[], asked: ReadonlySet<number>): readonly Stranger[] => {
  const strangers = new Map<number, SetRead>()
  for (const read of reads)
    for (const element of read.elements)
      if (!asked.has(element) && !strangers.has(element)) strangers.set(element, read)
  return [...strangers].map(([element, read]) => ({ element, read }))
}

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
  const inLast = new Set(last.elements)
  /** Until they were in every read that began later. */
  const visibleAfterMs = quantiles(elements.flatMap((each) => each.hiddenMs ?? []))
  const findings: readonly SetFinding[] = [
    ...of('lost').map((each) => found('lost', each)),
    ...of('stale').map((each) => found('stale', each)),
    ...strangers.map(({ element, read }) => ({
      kind: 'unexpected' as const,
      text: `${element}: read at ${at(read.invocation)}, and nobody asked for it`,
      operations: [read.invocation.index],
    })),
  ]
  return conclude(findings, {
    seen: `${acknowledged} acknowledged elements in ${reads.length} reads`,
    clean: 'all were there',
    unproven: acknowledged === 0 ? 'no element was acknowledged' : null,
    kinds: KINDS,
    allows: (kind) => kind === 'stale' && mayBeStale,
    because: 'as reads may be old',
    note: (kind) =>
      kind === 'stale' ? `hidden for up to ${formatDurationMs(visibleAfterMs.max ?? 0)}` : null,
    details: {
      attempted: elements.length,
      acknowledged,
      visibleAfterMs,
      neverRead: of('never read').filter((each) => each.acknowledged !== null).length,
      recovered: elements.filter((each) => each.acknowledged === null && inLast.has(each.element)).length,
      reads: reads.length,
    },
  })
}

export const setOfElements = checkerOf({
  name: 'set',
  finds: 'elements lost, stale, recovered or out of nowhere, and how long until they are visible',
  needs: ['history'],
  promise: promisedOf(SET, 'what was acknowledged stays'),
  judge: (record) => judge(record.pairs, promiseOf(record, SET, 'read').name === 'consistent-prefix'),
})
