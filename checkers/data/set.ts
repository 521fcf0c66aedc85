/**
 * A set to which elements are only added, judged element by element (after Jepsen's set-full): when each element was known
 * to be in the set (its add was acknowledged, or a read that saw it was over), and whether later reads contain it.
 *
 * - lost: from some read on, no read contains it;
 * - stale: a read that began after it was known lacks it, and a read that was not over by then contains it;
 * - forgotten: a process read it, and does not find it in a later read of its own;
 * - skipped: a read lacks it, and contains an element whose add began only when it was known; or of two reads each has an
 *   element that the other lacks. No single order of the adds has such states;
 * - recovered: never acknowledged, but in the set: a timeout proves nothing;
 * - unexpected: in the set, but nobody added it;
 * - duplicated: twice in one read.
 *
 * Stale elements break linearizability alone, forgotten ones also `monotonic`, skipped ones also `consistent-prefix`. Where
 * reads may be old, one that lacks an element does not show that it is lost: that takes acknowledged elements that all
 * replicas lack at the end (`final-answers.ts`).
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Operation } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { quantiles } from '../../harness/support/quantiles.ts'
import { formatDurationMs, NS_PER_MS } from '../../harness/support/time.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { type Answered, finalAnswers, readsAtTheEnd } from '../final-answers.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, type Judged, notJudged } from '../verdict.ts'
import { forgottenIn, skippedIn } from './set-order.ts'
import { type Add, addsOf, elementsIn, readsOf, type SetRead } from './set-reads.ts'

type Fate = 'there' | 'lost' | 'missing' | 'stale' | 'never read'

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

/** What the promise makes of an element that later reads lack. */
type Judge = (add: Add) => 'lost' | 'missing'

const fateOf = (add: Add, lackedBy: SetRead | null, lastRead: SetRead, judgeMissing: Judge): Element => {
  const { element, invocation, acknowledged, sighting, knownNs } = add
  const isBack = lackedBy !== null && sighting !== null && sighting.lastNs > lackedBy.invocation.timeNs
  const isAsked = sighting !== null || lastRead.invocation.timeNs > knownNs
  const fate: Fate =
    lackedBy !== null ? (isBack ? 'stale' : judgeMissing(add)) : isAsked ? 'there' : 'never read'
  const hiddenNs = isBack ? lackedBy.invocation.timeNs - knownNs : 0
  const hiddenMs = fate === 'there' || isBack ? Math.round(hiddenNs / NS_PER_MS) : null
  return { element, invocation, acknowledged, fate, lackedBy, hiddenMs }
}

const KINDS = ['lost', 'unexpected', 'duplicated', 'forgotten', 'skipped', 'stale'] as const
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
    text: `${inText(element)}: asked for at ${at(invocation)} on ${invocation.node ?? 'a node'}, ${known}${missed}`,
    operations: [invocation, ...(lackedBy === null ? [] : [lackedBy.invocation])].map(({ index }) => index),
    rows: [
      tableRow(
        [
          inText(element),
          at(invocation),
          acknowledged === null ? 'never' : at(acknowledged),
          lackedBy === null
            ? ''
            : `the read at ${at(lackedBy.invocation)} on ${lackedBy.invocation.node ?? 'a node'}`,
        ],
        [invocation, ...(lackedBy === null ? [] : [lackedBy.invocation])].map(({ index }) => index),
        kind,
      ),
    ],
  }
}

const COLUMNS = ['element', 'asked for at', 'acknowledged at', 'missing from']

const ANOMALIES: Readonly<Record<SetFinding['kind'], string>> = {
  lost: 'lost element',
  unexpected: 'element nobody added',
  duplicated: 'duplicate element',
  forgotten: 'non-monotonic reads',
  skipped: 'reads of no common prefix',
  stale: 'stale read',
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

/** Elements that one read returned more than once. */
const duplicatesIn = (reads: readonly SetRead[]): readonly SetFinding[] =>
  reads.flatMap(({ invocation, elements }) => {
    const seen = new Set<Scalar>()
    const twice = elements.find((element) => seen.size === seen.add(element).size)
    if (twice === undefined) return []
    const text = `${inText(twice)}: more than once in what was read at ${at(invocation)}`
    return [{ kind: 'duplicated' as const, text, operations: [invocation.index] }]
  })

/** What the last reads of the replicas show. */
interface End {
  /** Why they prove nothing; null: they agree. */
  readonly unproven: string | null
  contains(element: Scalar): boolean
}

const endOf = (record: RunRecord): End => {
  const { answers, unproven } = finalAnswers(readsAtTheEnd(record, SET), record)
  const all = answers.map(({ completion }: Answered) => new Set(elementsIn(completion)))
  const [first = new Set<Scalar>()] = all
  const isSame = (other: ReadonlySet<Scalar>): boolean => other.size === first.size && other.isSubsetOf(first)
  return {
    unproven: unproven ?? (all.every(isSame) ? null : 'the last reads of the nodes differ'),
    contains: (element) => all.some((each) => each.has(element)),
  }
}

/**
 * Whether an element that the later reads lack is lost. If reads may be old, they may all be. A prefix contains only what is
 * in the set for good; otherwise that is certain only of what was acknowledged.
 */
const judgeMissingBy =
  (promise: PromiseName, end: End): Judge =>
  ({ element, acknowledged }) => {
    if (promise === 'linearizable') return 'lost'
    const isCertain = acknowledged !== null || promise === 'consistent-prefix'
    return isCertain && end.unproven === null && !end.contains(element) ? 'lost' : 'missing'
  }

/** Why nothing is proven; null: it is. Reads that promise to show everything at the end must have been asked then. */
const unprovenBy = (promise: PromiseName, elements: readonly Element[], end: End): string | null => {
  const acknowledged = elements.filter((each) => each.acknowledged !== null)
  const count = (fate: Fate): number => acknowledged.filter((each) => each.fate === fate).length
  if (acknowledged.length === 0) return 'no element was acknowledged'
  if (promise === 'monotonic' || promise === 'eventual') return end.unproven
  if (count('never read') > 0) return `no read began after ${count('never read')} of them were acknowledged`
  if (count('missing') === 0) return null
  return `${count('missing')} of them are missing from every later read, and reads may be old (${end.unproven})`
}

const ALLOWED: Readonly<Partial<Record<PromiseName, string>>> = {
  monotonic: 'allowed because reads may be stale',
  'consistent-prefix': 'allowed because reads may be stale',
  eventual: 'allowed because reads may lack anything until the end',
}

/** What only one of the weaker promises forbids; the strongest one finds it as lost or stale. */
const ordersBroken = (
  promise: PromiseName,
  adds: readonly Add[],
  reads: readonly SetRead[],
): readonly SetFinding[] =>
  promise === 'monotonic' ? forgottenIn(reads) : promise === 'consistent-prefix' ? skippedIn(adds, reads) : []

const judge = (record: RunRecord): Judged => {
  const { pairs } = record
  const promise = promiseOf(record, SET, 'read').name
  const reads = readsOf(pairs)
  const last = reads.at(-1)
  if (last === undefined) return notJudged('the set was never read')
  const adds = addsOf(pairs, reads)
  const lacking = lackingReads(adds, reads)
  const end = endOf(record)
  const judgeMissing = judgeMissingBy(promise, end)
  const elements = adds.map((add) => fateOf(add, lacking.get(add) ?? null, last, judgeMissing))
  const of = (fate: Fate): readonly Element[] => elements.filter((each) => each.fate === fate)
  const strangers = strangersIn(reads, new Set(elements.map(({ element }) => element)))
  const acknowledged = elements.filter((each) => each.acknowledged !== null).length
  const inLast = new Set(last.elements)
  /** How long it took until every later read contained them. */
  const visibleAfterMs = quantiles(elements.flatMap((each) => each.hiddenMs ?? []))
  const findings: readonly SetFinding[] = [
    ...of('lost').map((each) => found('lost', each)),
    ...of('stale').map((each) => found('stale', each)),
    ...ordersBroken(promise, adds, reads),
    ...duplicatesIn(reads),
    ...strangers.map(({ element, read }) => ({
      kind: 'unexpected' as const,
      text: `${inText(element)}: read at ${at(read.invocation)}, but nobody added it`,
      operations: [read.invocation.index],
    })),
  ]
  return conclude(findings, {
    seen: `${acknowledged} acknowledged elements in ${reads.length} reads`,
    clean: 'none is missing',
    unproven: unprovenBy(promise, elements, end),
    kinds: KINDS,
    allows: (kind) => kind === 'stale' && ALLOWED[promise] !== undefined,
    because: ALLOWED[promise] ?? '',
    note: (kind) =>
      kind === 'stale' ? `hidden for up to ${formatDurationMs(visibleAfterMs.max ?? 0)}` : null,
    blamed: 'read',
    anomalies: ANOMALIES,
    table: { columns: COLUMNS, fine: of('there').length + of('never read').length },
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
  judgesBeginnings: true,
  finds: 'elements lost, stale, recovered or out of nowhere, and how long elements take to become visible',
  needs: ['history'],
  promise: promisedOf(SET, 'every acknowledged element stays in the set'),
  judge,
})
