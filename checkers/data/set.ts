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
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Evidence, Verdict } from '../../harness/api/verdict.ts'
import { quantiles } from '../../harness/support/quantiles.ts'
import { formatDurationMs, NS_PER_MS } from '../../harness/support/time.ts'
import { SET } from '../../harness/vocabularies/set.ts'

/** How many elements the evidence names. */
const SHOWN = 10

interface Read {
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
  readonly lackedBy: Read | null
  /** From when it was known to the last read that lacked it; 0: it was visible at once. Null: it never was, for all that is known. */
  readonly hiddenMs: number | null
}

/** In order of invocation. */
const readsOf = (pairs: readonly Pair[]): readonly Read[] =>
  pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'read' && completion?.type === 'ok'
      ? [{ invocation, completion, elements: (completion.value as { elements: readonly number[] }).elements }]
      : [],
  )

/** When an element was first, and last, in what was read. */
interface Sighting {
  firstNs: number
  last: Read
}

const sightingsIn = (reads: readonly Read[]): ReadonlyMap<number, Sighting> => {
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

const addsOf = (pairs: readonly Pair[], reads: readonly Read[]): readonly Add[] => {
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
const lackingReads = (adds: readonly Add[], reads: readonly Read[]): ReadonlyMap<Add, Read> => {
  const lacking = new Map<Add, Read>()
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
  lackedBy: Read | null,
  lastRead: Read,
): Element => {
  const isBack =
    lackedBy !== null && sighting !== null && sighting.last.invocation.timeNs > lackedBy.invocation.timeNs
  const isAsked = sighting !== null || lastRead.invocation.timeNs > knownNs
  const fate: Fate = lackedBy !== null ? (isBack ? 'stale' : 'lost') : isAsked ? 'there' : 'never read'
  const hiddenNs = isBack ? lackedBy.invocation.timeNs - knownNs : 0
  const hiddenMs = fate === 'there' || isBack ? Math.round(hiddenNs / NS_PER_MS) : null
  return { element, invocation, acknowledged, fate, lackedBy, hiddenMs }
}

const at = (operation: Operation): string => formatDurationMs(operation.timeNs / NS_PER_MS)

const evidenceOf = (title: string, found: readonly Element[]): Evidence => {
  const shown = found.slice(0, SHOWN)
  const lines = shown.map(({ element, invocation, acknowledged, lackedBy }) => {
    const known =
      acknowledged === null ? 'never acknowledged, but read' : `acknowledged at ${at(acknowledged)}`
    const missed =
      lackedBy === null
        ? ''
        : `, not in what was read at ${at(lackedBy.invocation)} on ${lackedBy.invocation.node ?? 'a node'}`
    return `${element}: asked for at ${at(invocation)} on ${invocation.node ?? 'a node'}, ${known}${missed}`
  })
  const more = found.length > SHOWN ? [`and ${found.length - SHOWN} more`] : []
  const reads = new Set(shown.flatMap(({ lackedBy }) => lackedBy?.invocation.index ?? []))
  return {
    title,
    text: [...lines, ...more].join('\n'),
    operations: [...shown.map(({ invocation }) => invocation.index), ...reads],
  }
}

/** Elements that were read and that nobody asked for. */
const strangersIn = (reads: readonly Read[], asked: ReadonlySet<number>): readonly number[] => {
  const strangers = new Set<number>()
  for (const { elements } of reads)
    for (const element of elements) if (!asked.has(element)) strangers.add(element)
  return [...strangers]
}

const strangersEvidence = (strangers: readonly number[], { invocation }: Read): Evidence => ({
  title: `${strangers.length} elements were read that nobody asked for`,
  text: strangers.slice(0, SHOWN).join(', '),
  operations: [invocation.index],
})

const judge = (
  pairs: readonly Pair[],
  mayBeStale: boolean,
): Pick<Verdict, 'status' | 'summary' | 'evidence' | 'details'> => {
  const reads = readsOf(pairs)
  const last = reads.at(-1)
  if (last === undefined)
    return { status: 'unknown', summary: 'The set was never read.', evidence: [], details: {} }
  const adds = addsOf(pairs, reads)
  const lacking = lackingReads(adds, reads)
  const elements = adds.map((add) => fateOf(add, lacking.get(add) ?? null, last))
  const strangers = strangersIn(reads, new Set(elements.map(({ element }) => element)))
  const of = (fate: Fate): readonly Element[] => elements.filter((each) => each.fate === fate)
  const acknowledged = elements.filter((each) => each.acknowledged !== null).length
  const inLast = new Set(last.elements)
  const [lost, stale] = [of('lost'), of('stale')]
  const visibleAfterMs = quantiles(elements.flatMap((each) => each.hiddenMs ?? []))
  const details = {
    attempted: elements.length,
    acknowledged,
    lost: lost.length,
    stale: stale.length,
    /** Until they were in every read that began later. */
    visibleAfterMs,
    neverRead: of('never read').filter((each) => each.acknowledged !== null).length,
    recovered: elements.filter((each) => each.acknowledged === null && inLast.has(each.element)).length,
    unexpected: strangers.length,
    reads: reads.length,
  }
  const hidden = `${stale.length} were hidden from reads that began later, for up to ${formatDurationMs(visibleAfterMs.max ?? 0)}`
  const evidence = [
    ...(lost.length === 0 ? [] : [evidenceOf(`${lost.length} elements that had been there were lost`, lost)]),
    ...(strangers.length === 0 ? [] : [strangersEvidence(strangers, last)]),
    ...(stale.length === 0 ? [] : [evidenceOf(hidden, stale)]),
  ]
  if (lost.length > 0 || strangers.length > 0 || (stale.length > 0 && !mayBeStale))
    return {
      status: 'invalid',
      summary: `Of ${acknowledged} acknowledged elements ${lost.length} were lost; ${hidden}; ${strangers.length} appeared that nobody added.`,
      evidence,
      details,
    }
  return {
    status: acknowledged === 0 ? 'unknown' : 'valid',
    summary: `All of ${acknowledged} acknowledged elements were there in ${reads.length} reads${stale.length === 0 ? '' : `; ${hidden}, as reads may be old`}.`,
    evidence,
    details,
  }
}

const mayBeStale = ({ claims, spec }: RunRecord): boolean =>
  (spec?.expect ?? claims?.consistency[SET]?.read) === 'consistent-prefix'

export const setOfElements: Checker = {
  name: 'set',
  finds: 'elements lost, stale, recovered or out of nowhere, and how long until they are visible',
  needs: ['history'],
  check: async (record) => {
    const promised = record.claims?.consistency[SET]?.read
    const promise = {
      text: `what was acknowledged stays${promised === undefined ? '' : ` (read: ${promised})`}`,
      source: record.claims?.source ?? 'assumed of an imported history',
    }
    return { checker: 'set', promise, ...judge(record.pairs, mayBeStale(record)) }
  },
}
