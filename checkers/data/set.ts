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
import { pairOperations } from '../../harness/history/pairs.ts'
import { quantiles } from '../../harness/support/quantiles.ts'
import { formatDurationMs, NS_PER_MS } from '../../harness/support/time.ts'
import { SET } from '../../harness/vocabularies/set.ts'

/** How many elements the evidence names. */
const SHOWN = 10

interface Read {
  readonly invocation: Operation
  readonly completion: Operation
  readonly elements: ReadonlySet<number>
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
      ? [{ invocation, completion, elements: new Set((completion.value as { elements: number[] }).elements) }]
      : [],
  )

const elementOf = ({ invocation, completion }: Pair, reads: readonly Read[]): Element => {
  const { element } = invocation.value as { element: number }
  const acknowledged = completion?.type === 'ok' ? completion : null
  const seen = reads.filter((read) => read.elements.has(element))
  const firstSeenNs = seen.reduce(
    (first, read) => Math.min(first, read.completion.timeNs),
    Number.POSITIVE_INFINITY,
  )
  const knownNs = Math.min(acknowledged?.timeNs ?? Number.POSITIVE_INFINITY, firstSeenNs)
  const lackedBy =
    reads.findLast((read) => read.invocation.timeNs > knownNs && !read.elements.has(element)) ?? null
  const lastSeen = seen.at(-1)
  const isBack =
    lackedBy !== null && lastSeen !== undefined && lastSeen.invocation.timeNs > lackedBy.invocation.timeNs
  const hasLater = reads.some((read) => read.invocation.timeNs > knownNs)
  const fate: Fate =
    lackedBy !== null ? (isBack ? 'stale' : 'lost') : hasLater || seen.length > 0 ? 'there' : 'never read'
  const isSeen = fate === 'there' || isBack
  const hiddenNs = isBack ? lackedBy.invocation.timeNs - knownNs : 0
  const hiddenMs = isSeen ? Math.round(hiddenNs / NS_PER_MS) : null
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

const strangersEvidence = (strangers: readonly number[], { invocation }: Read): Evidence => ({
  title: `${strangers.length} elements were read that nobody asked for`,
  text: strangers.slice(0, SHOWN).join(', '),
  operations: [invocation.index],
})

const judge = (
  history: readonly Operation[],
  mayBeStale: boolean,
): Pick<Verdict, 'status' | 'summary' | 'evidence' | 'details'> => {
  const pairs = pairOperations(history)
  const reads = readsOf(pairs)
  const last = reads.at(-1)
  if (last === undefined)
    return { status: 'unknown', summary: 'The set was never read.', evidence: [], details: {} }
  const elements = pairs
    .filter(({ invocation }) => invocation.f === 'add')
    .map((pair) => elementOf(pair, reads))
  const asked = new Set(elements.map(({ element }) => element))
  const strangers = [
    ...new Set(reads.flatMap((read) => [...read.elements].filter((element) => !asked.has(element)))),
  ]
  const of = (fate: Fate): readonly Element[] => elements.filter((each) => each.fate === fate)
  const acknowledged = elements.filter((each) => each.acknowledged !== null).length
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
    recovered: elements.filter((each) => each.acknowledged === null && last.elements.has(each.element))
      .length,
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
  (spec?.expect ?? claims?.consistency[SET.name]?.read) === 'consistent-prefix'

export const setOfElements: Checker = {
  name: 'set',
  finds: 'elements lost, stale, recovered or out of nowhere, and how long until they are visible',
  needs: ['history'],
  check: async (record) => {
    const promised = record.claims?.consistency[SET.name]?.read
    const promise = {
      text: `what was acknowledged stays${promised === undefined ? '' : ` (read: ${promised})`}`,
      source: record.claims?.source ?? 'assumed of an imported history',
    }
    return { checker: 'set', promise, ...judge(record.history, mayBeStale(record)) }
  },
}
