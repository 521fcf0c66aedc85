/**
 * Watches: every change once, in order, the same for all watches; no invented change, and none missing where a watch resumes.
 * A watch may be late, but at the end, when all changes and faults are over, the watches of all nodes must not end before a
 * change that was acknowledged. A watch `at-least-once` may report again what it has reported; one `at-most-once` may leave
 * changes out.
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { WATCH, type WatchCall, type WatchEvent, type Watched } from '../../harness/vocabularies/watch.ts'
import { type Answered, finalAnswers, foldLastReads } from '../final-answers.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { conclude, type Finding, finding, foldingChecker, type Judged } from '../verdict.ts'
import { Changes } from './watch-changes.ts'
import { WatchFollower } from './watch-follower.ts'

const KINDS = ['lost', 'missed', 'repeated', 'out of order', 'invented', 'diverging', 'misnumbered'] as const
type WatchFinding = Finding<(typeof KINDS)[number]>

const name = ({ key, value }: Pick<WatchEvent, 'key' | 'value'>): string =>
  value === null ? `the deletion of key ${key}` : `${value} of key ${key}`

const COLUMNS = ['watch of', 'on', 'resumed after revision', 'what is wrong']

const ANOMALIES: Readonly<Record<WatchFinding['kind'], string>> = {
  lost: 'lost change',
  missed: 'missed event',
  repeated: 'duplicate event',
  'out of order': 'events out of order',
  invented: 'event nobody caused',
  diverging: 'diverging watches',
  misnumbered: 'wrong revision',
}

/** A watch, with what all puts and watches tell. */
const judgeWatch = (pair: Pair, changes: Changes, pairs: Sequence<Pair>): readonly WatchFinding[] => {
  const { events, upTo } = (pair.completion as Operation).value as Watched
  const after = startOf(pair)
  const found: WatchFinding[] = []
  const add = (kind: WatchFinding['kind'], text: string, other: Pair | null = null): void => {
    const { index, node = 'a node', timeNs } = pair.invocation
    const concerned = other === null ? [pair] : [pair, other]
    const operations = [index, ...concerned.slice(1).map(({ invocation }) => invocation.index)]
    const row = tableRow([formatTimeNs(timeNs), node, after, text], operations, kind)
    found.push(finding(kind, text, concerned, [row]))
  }
  const at = (place: number | null): Pair | null => (place === null ? null : (pairs.at(place) as Pair))
  let expected = after + 1
  const reported = new Set<number>()
  for (const event of events) {
    const { revision } = event
    if (revision < expected) {
      const isKnown = revision <= after || reported.has(revision)
      add(isKnown ? 'repeated' : 'out of order', `revision ${revision} after ${expected - 1}`)
    }
    reported.add(revision)
    for (; expected < revision; expected++)
      add(
        'missed',
        `revision ${expected}, in a watch that resumed after ${after}`,
        at(changes.toldBy(expected)),
      )
    expected = Math.max(expected, revision + 1)
    const puts = changes.puts(event)
    if (puts === 0) add('invented', `revision ${revision}: ${name(event)} was never put`)
    const another = changes.reportedAs(event)
    if (another !== revision && changes.reports(event) > Math.max(1, puts)) {
      const times = puts === 1 ? 'once' : `${puts} times`
      add('repeated', `${name(event)} was put ${times}, and reported at revisions ${another} and ${revision}`)
    }
    const first = at(changes.otherReport(event))
    if (first !== null)
      add(
        'diverging',
        `revision ${revision}: ${name(event)} in this watch, ${name(reportIn(first, revision))} in another`,
        first,
      )
    const teller = at(changes.toldBy(revision))
    if (teller !== null && name(teller.completion?.value as WatchEvent) !== name(event))
      add(
        'misnumbered',
        `revision ${revision}: ${name(event)}, but that revision was returned for ${name(teller.completion?.value as WatchEvent)}`,
        teller,
      )
  }
  for (; expected <= upTo; expected++)
    add('missed', `revision ${expected}, in a watch that reported up to ${upTo}`)
  return found
}

/** The revision after which it tells all changes. */
const startOf = ({ invocation, completion }: Pair): number =>
  ((completion as Operation).value as Watched).from ??
  (invocation.value as (WatchCall & { f: 'watch' })['value']).after

const reportIn = ({ completion }: Pair, revision: number): WatchEvent =>
  ((completion as Operation).value as Watched).events.find(
    (event) => event.revision === revision,
  ) as WatchEvent

/** An answer says that there is no more to report, for now. */
const isEmpty = (watch: Pair): boolean =>
  upToOf(watch) === (watch.invocation.value as { readonly after: number }).after

/** The position at which the watches of all nodes have nothing more to report at the end; null: nobody knows. */
const endOf = (record: RunRecord, reads: readonly Answered[]): number | null => {
  const { answers, unproven } = finalAnswers(reads, record)
  // A node that does not answer may be the one that has all changes.
  const isEveryNode = answers.length >= (record.spec?.nodes ?? 0)
  return unproven === null && isEveryNode && answers.every(isEmpty) ? greatest(answers.map(upToOf)) : null
}

const greatest = (positions: readonly number[]): number =>
  positions.reduce((most, each) => Math.max(most, each), 0)

const upToOf = ({ completion }: Pair): number => (completion?.value as Watched | undefined)?.upTo ?? 0

/** There may be millions of changes that were lost: more are only counted. */
const MOST_LOST = 100

/** The first of them, and how many there are. */
const lostAfter = (
  end: number,
  changes: Changes,
  pairs: Sequence<Pair>,
): { readonly first: readonly WatchFinding[]; readonly count: number } => {
  const first: WatchFinding[] = []
  let count = 0
  for (const [revision, place] of changes.toldAfter(end)) {
    if (count++ >= MOST_LOST) continue
    const put = pairs.at(place) as Pair
    const text = `revision ${revision} (${name(put.invocation.value as WatchEvent)}) was acknowledged, and at the end the watches of all nodes end at revision ${end}`
    first.push(finding('lost', text, [put]))
  }
  return { first, count }
}

const allows = (promise: PromiseName, kind: WatchFinding['kind']): boolean =>
  (kind === 'repeated' && promise === 'at-least-once') ||
  ((kind === 'missed' || kind === 'lost') && promise === 'at-most-once')

/** @param unseen acknowledged changes that no watch can have reported */
const unprovenOf = (changes: number, unseen: number): string | null => {
  if (changes === 0) return 'no change was seen'
  return unseen === 0 ? null : `no watch went as far as ${unseen} of the acknowledged changes`
}

const misnumbered = (pair: Pair, other: Pair): WatchFinding => {
  const { revision } = (pair.completion as Operation).value as WatchEvent
  const text = `revision ${revision} was returned for ${name(other.invocation.value as WatchEvent)} and for ${name(pair.invocation.value as WatchEvent)}`
  return finding('misnumbered', text, [other, pair])
}

const fold = (record: RunRecord): Fold<Judged> => {
  const { pairs } = record
  const changes = new Changes()
  const found: WatchFinding[] = []
  const atTheEnd = foldLastReads(record, WATCH)
  return {
    take: (pair, place) => {
      atTheEnd.take(pair, place)
      if (pair.invocation.f === 'put') {
        const other = changes.put(pair, place)
        if (other !== null) found.push(misnumbered(pair, pairs.at(other) as Pair))
      } else if (pair.completion?.type === 'ok') changes.watch(pair, place)
    },
    result: () => {
      for (const place of changes.suspects())
        found.push(...judgeWatch(pairs.at(place) as Pair, changes, pairs))
      return judge(record, changes, found, endOf(record, atTheEnd.result()))
    },
  }
}

/** @param end how far the watches of all nodes went at the end; null: nobody knows */
const judge = (
  record: RunRecord,
  changes: Changes,
  found: readonly WatchFinding[],
  end: number | null,
): Judged => {
  const { name: promise } = promiseOf(record, WATCH, 'watch')
  const { watches, reported, reportedUpTo } = changes
  const lost = end === null ? { first: [], count: 0 } : lostAfter(end, changes, record.pairs)
  let unseen = 0
  for (const _ of changes.toldAfter(reportedUpTo)) unseen++
  return conclude([...found, ...lost.first], {
    counts: { lost: lost.count },
    seen: `${watches} watches of ${reported} changes`,
    clean: 'each once, in order, the same for all',
    unproven: unprovenOf(reported, promise === 'at-most-once' ? 0 : unseen),
    kinds: KINDS,
    allows: (kind) => allows(promise, kind),
    blamed: 'watch',
    anomalies: ANOMALIES,
    table: { columns: COLUMNS },
    details: { watches, changes: reported },
  })
}

export const watch = foldingChecker({
  name: 'watch',
  judgesBeginnings: true,
  finds: 'changes missed, seen twice, out of order, or out of nowhere',
  needs: ['history'],
  promise: promisedOf(
    WATCH,
    'a watch reports every change once, in order, and none that never happened, wherever it resumes',
  ),
  follow: (record) => {
    const { name: promise } = promiseOf(record, WATCH, 'watch')
    return new WatchFollower((kind) => !allows(promise, kind))
  },
  fold,
})
