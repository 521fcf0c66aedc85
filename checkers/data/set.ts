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
 * - unexpected: in the set, but nobody had asked to add it;
 * - duplicated: twice in one read.
 *
 * Stale elements break linearizability alone, forgotten ones also `monotonic`, skipped ones also `consistent-prefix`. Where
 * reads may be old, one that lacks an element does not show that it is lost: that takes acknowledged elements that all
 * replicas lack at the end (`final-answers.ts`).
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Operation } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Fold, TableRow } from '../../harness/api/verdict.ts'
import { formatDurationMs, NS_PER_MS } from '../../harness/support/time.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { type Answered, finalAnswers, foldLastReads } from '../final-answers.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { conclude, type Finding, foldingChecker, type Judged, notJudged } from '../verdict.ts'
import { Fates, type JudgeMissing } from './set-fates.ts'
import { forgottenIn, skippedIn } from './set-order.ts'
import { elementsIn, SetHistory } from './set-reads.ts'
import { setWindow } from './set-window.ts'

const KINDS = ['lost', 'unexpected', 'duplicated', 'forgotten', 'skipped', 'stale'] as const
type SetFinding = Finding<(typeof KINDS)[number]>

const at = (operation: Operation): string => formatDurationMs(operation.timeNs / NS_PER_MS)

/** An element with which something is wrong. There may be millions: it is put into words only if it is shown. */
class ElementFinding implements SetFinding {
  readonly kind: 'lost' | 'stale'
  readonly #history: SetHistory
  readonly #add: number
  readonly #lackedBy: number | null

  constructor(kind: 'lost' | 'stale', history: SetHistory, add: number, lackedBy: number | null) {
    this.kind = kind
    this.#history = history
    this.#add = add
    this.#lackedBy = lackedBy
  }

  #told() {
    const { invocation, completion } = this.#history.pairOf(this.#add)
    return {
      element: inText(this.#history.elementOf(this.#add)),
      invocation,
      acknowledged: completion?.type === 'ok' ? completion : null,
      missing: this.#lackedBy === null ? null : this.#history.readAt(this.#lackedBy).invocation,
    }
  }

  get text(): string {
    const { element, invocation, acknowledged, missing } = this.#told()
    const known =
      acknowledged === null ? 'never acknowledged, but read' : `acknowledged at ${at(acknowledged)}`
    const missed = missing === null ? '' : `, missing from ${readText(missing)}`
    return `${element}: asked for at ${at(invocation)} on ${invocation.node ?? 'a node'}, ${known}${missed}`
  }

  get operations(): readonly number[] {
    const { invocation, missing } = this.#told()
    return [invocation.index, ...(missing === null ? [] : [missing.index])]
  }

  get rows(): readonly TableRow[] {
    const { element, invocation, acknowledged, missing } = this.#told()
    const cells = [
      element,
      at(invocation),
      acknowledged === null ? 'never' : at(acknowledged),
      missing === null ? '' : readText(missing),
    ]
    return [tableRow(cells, this.operations, this.kind)]
  }
}

const readText = (read: Operation): string => `the read at ${at(read)} on ${read.node ?? 'a node'}`

const COLUMNS = ['element', 'asked for at', 'acknowledged at', 'missing from']

const ANOMALIES: Readonly<Record<SetFinding['kind'], string>> = {
  lost: 'lost element',
  unexpected: 'element nobody added',
  duplicated: 'duplicate element',
  forgotten: 'non-monotonic reads',
  skipped: 'reads of no common prefix',
  stale: 'stale read',
}

/** Elements that were read and never added, or only later. */
const strangersIn = (history: SetHistory): readonly SetFinding[] =>
  history.strangers().map(({ element, read }) => {
    const { invocation } = history.readAt(read)
    const text = `${inText(element)}: read at ${at(invocation)}, but nobody had asked to add it`
    return { kind: 'unexpected', text, operations: [invocation.index] }
  })

/** Elements that one read returned more than once. */
const duplicatesIn = (history: SetHistory): readonly SetFinding[] =>
  history.duplicates.map(({ element, read }) => {
    const { invocation } = history.readAt(read)
    const text = `${inText(element)}: more than once in what was read at ${at(invocation)}`
    return { kind: 'duplicated', text, operations: [invocation.index] }
  })

/** What the last reads of the replicas show. */
interface End {
  /** Why they prove nothing; null: they agree. */
  readonly unproven: string | null
  contains(element: Scalar): boolean
}

const endOf = (record: RunRecord, reads: readonly Answered[]): End => {
  const { answers, unproven } = finalAnswers(reads, record)
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
  (promise: PromiseName, history: SetHistory, end: End | null): JudgeMissing =>
  (add) => {
    if (end === null) return 'lost'
    const isCertain = history.isAcknowledged(add) || promise === 'consistent-prefix'
    return isCertain && end.unproven === null && !end.contains(history.elementOf(add)) ? 'lost' : 'missing'
  }

/** Why nothing is proven; null: it is. Reads that promise to show everything at the end must have been asked then. */
const unprovenBy = (
  promise: PromiseName,
  acknowledged: number,
  fates: Fates,
  end: End | null,
): string | null => {
  const [unread, missing] = [fates.countAcknowledged('never read'), fates.countAcknowledged('missing')]
  if (acknowledged === 0) return 'no element was acknowledged'
  if (promise === 'monotonic' || promise === 'eventual') return end?.unproven ?? null
  if (unread > 0) return `no read began after ${unread} of them were acknowledged`
  if (missing === 0) return null
  return `${missing} of them are missing from every later read, and reads may be old (${end?.unproven})`
}

const ALLOWED: Readonly<Partial<Record<PromiseName, string>>> = {
  monotonic: 'allowed because reads may be stale',
  'consistent-prefix': 'allowed because reads may be stale',
  eventual: 'allowed because reads may lack anything until the end',
}

/** What only one of the weaker promises forbids; the strongest one finds it as lost or stale. */
const ordersBroken = (promise: PromiseName, history: SetHistory): readonly SetFinding[] => {
  if (promise === 'monotonic') return forgottenIn(history.objects().reads)
  if (promise !== 'consistent-prefix') return []
  const { adds, reads } = history.objects()
  return skippedIn(adds, reads)
}

const fold = (record: RunRecord): Fold<Judged> => {
  const history = new SetHistory(record.pairs)
  const atTheEnd = foldLastReads(record, SET)
  return {
    take: (pair, place) => {
      history.take(pair, place)
      atTheEnd.take(pair, place)
    },
    result: () => judge(record, history, atTheEnd),
  }
}

const judge = (record: RunRecord, history: SetHistory, atTheEnd: Fold<readonly Answered[]>): Judged => {
  const promise = promiseOf(record, SET, 'read').name
  if (history.reads === 0) return notJudged('the set was never read')
  // Linearizable reads are never old: what they lack is not there, whatever others show at the end.
  const end = promise === 'linearizable' ? null : endOf(record, atTheEnd.result())
  const fates = new Fates(history, judgeMissingBy(promise, history, end))
  const wrong = (kind: 'lost' | 'stale'): readonly SetFinding[] =>
    fates.of(kind).map((add) => new ElementFinding(kind, history, add, fates.lackedBy(add)))
  const visibleAfterMs = fates.visibleAfterMs()
  const isInLast = history.containing(history.reads - 1)
  let acknowledged = 0
  let recovered = 0
  for (let add = 0; add < history.adds; add++)
    if (history.isAcknowledged(add)) acknowledged++
    else if (isInLast(add)) recovered++
  const findings: readonly SetFinding[] = [
    ...wrong('lost'),
    ...wrong('stale'),
    ...ordersBroken(promise, history),
    ...duplicatesIn(history),
    ...strangersIn(history),
  ]
  return conclude(findings, {
    seen: `${acknowledged} acknowledged elements in ${history.reads} reads`,
    clean: 'none is missing',
    unproven: unprovenBy(promise, acknowledged, fates, end),
    kinds: KINDS,
    allows: (kind) => kind === 'stale' && ALLOWED[promise] !== undefined,
    because: ALLOWED[promise] ?? '',
    note: (kind) =>
      kind === 'stale' ? `hidden for up to ${formatDurationMs(visibleAfterMs.max ?? 0)}` : null,
    blamed: 'read',
    anomalies: ANOMALIES,
    table: {
      columns: COLUMNS,
      fine: fates.count('there') + fates.count('never read'),
      hasOneRowEach: history.isPlain,
    },
    details: {
      attempted: history.adds,
      acknowledged,
      visibleAfterMs,
      neverRead: fates.countAcknowledged('never read'),
      recovered,
      reads: history.reads,
    },
  })
}

export const setOfElements = foldingChecker({
  name: 'set',
  judgesBeginnings: true,
  window: setWindow,
  finds: 'elements lost, stale, recovered or out of nowhere, and how long elements take to become visible',
  needs: ['history'],
  promise: promisedOf(SET, 'every acknowledged element stays in the set'),
  fold,
})
