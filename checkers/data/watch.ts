/**
 * Watches: every change once, in order, the same for all watches; no invented change, and none missing where a watch resumes.
 * A watch may be late, but at the end, when all changes and faults are over, the watches of all nodes must not end before a
 * change that was acknowledged. A watch `at-least-once` may report again what it has reported; one `at-most-once` may leave
 * changes out.
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { WATCH, type WatchCall, type WatchEvent, type Watched } from '../../harness/vocabularies/watch.ts'
import { finalAnswers, readsAtTheEnd } from '../final-answers.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'

const KINDS = ['lost', 'missed', 'repeated', 'out of order', 'invented', 'diverging', 'misnumbered'] as const
type WatchFinding = Finding<(typeof KINDS)[number]>

const name = ({ key, value }: { readonly key: number; readonly value: number }): string =>
  `${value} of key ${key}`

interface Puts {
  /** Key and value -> the put. */
  readonly asked: ReadonlyMap<string, Pair>
  /** Revision that was returned -> the put. */
  readonly told: ReadonlyMap<number, Pair>
  readonly findings: readonly WatchFinding[]
}

const putsOf = (pairs: Sequence<Pair>): Puts => {
  const asked = new Map<string, Pair>()
  const told = new Map<number, Pair>()
  const findings: WatchFinding[] = []
  for (const pair of pairs) {
    if (pair.invocation.f !== 'put') continue
    asked.set(name(pair.invocation.value as WatchEvent), pair)
    if (pair.completion?.type !== 'ok') continue
    const { revision } = pair.completion.value as WatchEvent
    const other = told.get(revision)
    if (other !== undefined) {
      const text = `revision ${revision} was returned for ${name(other.invocation.value as WatchEvent)} and for ${name(pair.invocation.value as WatchEvent)}`
      findings.push(finding('misnumbered', text, [other, pair]))
    }
    told.set(revision, pair)
  }
  return { asked, told, findings }
}

interface Seen {
  /** Revision -> the event, and the first watch that reported it. */
  readonly at: Map<number, { readonly event: WatchEvent; readonly pair: Pair }>
  /** Key and value -> the first revision under which it was reported. */
  readonly as: Map<string, number>
}

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

const judgeWatch = (
  pair: Pair,
  { asked, told }: Omit<Puts, 'findings'>,
  seen: Seen,
): readonly WatchFinding[] => {
  const { after } = pair.invocation.value as (WatchCall & { f: 'watch' })['value']
  const { events, upTo } = (pair.completion as Operation).value as Watched
  const found: WatchFinding[] = []
  const add = (kind: WatchFinding['kind'], text: string, ...others: readonly Pair[]): void => {
    const { index, node = 'a node', timeNs } = pair.invocation
    const operations = [index, ...others.map(({ invocation }) => invocation.index)]
    const row = tableRow([formatTimeNs(timeNs), node, after, text], operations, kind)
    found.push(finding(kind, text, [pair, ...others], [row]))
  }
  let expected = after + 1
  const reported = new Set<number>()
  for (const event of events) {
    const { revision } = event
    if (revision < expected) {
      const isKnown = revision <= after || reported.has(revision)
      add(isKnown ? 'repeated' : 'out of order', `revision ${revision} after ${expected - 1}`)
    }
    reported.add(revision)
    for (; expected < revision; expected++) {
      const put = told.get(expected)
      add(
        'missed',
        `revision ${expected}, in a watch that resumed after ${after}`,
        ...(put === undefined ? [] : [put]),
      )
    }
    expected = Math.max(expected, revision + 1)
    const put = asked.get(name(event))
    if (put === undefined || put.completion?.type === 'fail')
      add('invented', `revision ${revision}: ${name(event)} was never put`)
    const another = seen.as.get(name(event))
    if (another === undefined) seen.as.set(name(event), revision)
    else if (another !== revision)
      add('repeated', `${name(event)} was put once, and reported at revisions ${another} and ${revision}`)
    const first = seen.at.get(revision)
    if (first === undefined) seen.at.set(revision, { event, pair })
    else if (name(first.event) !== name(event))
      add(
        'diverging',
        `revision ${revision}: ${name(event)} in this watch, ${name(first.event)} in another`,
        first.pair,
      )
    const teller = told.get(revision)
    if (teller !== undefined && name(teller.completion?.value as WatchEvent) !== name(event))
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

/** An answer says that there is no more to report, for now. */
const isEmpty = (watch: Pair): boolean =>
  upToOf(watch) === (watch.invocation.value as { readonly after: number }).after

/** The position at which the watches of all nodes have nothing more to report at the end; null: nobody knows. */
const endOf = (record: RunRecord): number | null => {
  const { answers, unproven } = finalAnswers(readsAtTheEnd(record, WATCH), record)
  // A node that does not answer may be the one that has all changes.
  const isEveryNode = answers.length >= (record.spec?.nodes ?? 0)
  return unproven === null && isEveryNode && answers.every(isEmpty) ? greatest(answers.map(upToOf)) : null
}

const greatest = (positions: readonly number[]): number =>
  positions.reduce((most, each) => Math.max(most, each), 0)

const upToOf = ({ completion }: Pair): number => (completion?.value as Watched | undefined)?.upTo ?? 0

const lostAfter = (end: number, told: Puts['told']): readonly WatchFinding[] =>
  [...told].flatMap(([revision, put]) => {
    if (revision <= end) return []
    const text = `revision ${revision} (${name(put.invocation.value as WatchEvent)}) was acknowledged, and at the end the watches of all nodes end at revision ${end}`
    return [finding('lost', text, [put])]
  })

const allows = (promise: PromiseName, kind: WatchFinding['kind']): boolean =>
  (kind === 'repeated' && promise === 'at-least-once') ||
  ((kind === 'missed' || kind === 'lost') && promise === 'at-most-once')

/** @param unseen acknowledged changes that no watch can have reported */
const unprovenOf = (changes: number, unseen: number): string | null => {
  if (changes === 0) return 'no change was seen'
  return unseen === 0 ? null : `no watch went as far as ${unseen} of the acknowledged changes`
}

const judge = (record: RunRecord): Judged => {
  const { pairs } = record
  const { name: promise } = promiseOf(record, WATCH, 'watch')
  const puts = putsOf(pairs)
  const watches = pairs.filter(
    ({ invocation, completion }) => invocation.f === 'watch' && completion?.type === 'ok',
  )
  const seen: Seen = { at: new Map(), as: new Map() }
  const end = endOf(record)
  const findings = [
    ...puts.findings,
    ...watches.flatMap((pair) => judgeWatch(pair, puts, seen)),
    ...(end === null ? [] : lostAfter(end, puts.told)),
  ]
  const reported = greatest(watches.map(upToOf))
  const unseen = [...puts.told.keys()].filter((revision) => revision > reported).length
  return conclude(findings, {
    seen: `${watches.length} watches of ${seen.at.size} changes`,
    clean: 'each once, in order, the same for all',
    unproven: unprovenOf(seen.at.size, promise === 'at-most-once' ? 0 : unseen),
    kinds: KINDS,
    allows: (kind) => allows(promise, kind),
    blamed: 'watch',
    anomalies: ANOMALIES,
    table: { columns: COLUMNS },
    details: { watches: watches.length, changes: seen.at.size },
  })
}

export const watch = checkerOf({
  name: 'watch',
  judgesBeginnings: true,
  finds: 'changes missed, seen twice, out of order, or out of nowhere',
  needs: ['history'],
  promise: promisedOf(
    WATCH,
    'a watch reports every change once, in order, and none that never happened, wherever it resumes',
  ),
  judge,
})
