/**
 * Watches: every change once, in order, the same for all watches; no invented change, and none missing where a watch resumes.
 * A watch `at-least-once` may report again what it has reported; one `at-most-once` may leave changes out.
 */
import type { PromiseName } from '../../harness/api/claims.ts'

import type { Operation, Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { WATCH, type WatchCall, type WatchEvent, type Watched } from '../../harness/vocabularies/watch.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'

const KINDS = ['missed', 'repeated', 'out of order', 'invented', 'diverging', 'misnumbered'] as const
type WatchFinding = Finding<(typeof KINDS)[number]>

const name = ({ key, value }: { readonly key: number; readonly value: number }): string =>
  `${value} of key ${key}`

interface Puts {
  /** Key and value -> the put. */
  readonly asked: ReadonlyMap<string, Pair>
  /** Revision that was returned -> the put. */
  readonly told: ReadonlyMap<number, Pair>
}

const putsOf = (pairs: readonly Pair[]): Puts => {
  const asked = new Map<string, Pair>()
  const told = new Map<number, Pair>()
  for (const pair of pairs) {
    if (pair.invocation.f !== 'put') continue
    asked.set(name(pair.invocation.value as WatchEvent), pair)
    if (pair.completion?.type === 'ok') told.set((pair.completion.value as WatchEvent).revision, pair)
  }
  return { asked, told }
}

const COLUMNS = ['watch of', 'on', 'resumed after revision', 'what is wrong']

const ANOMALIES: Readonly<Record<WatchFinding['kind'], string>> = {
  missed: 'missed event',
  repeated: 'duplicate event',
  'out of order': 'events out of order',
  invented: 'event nobody caused',
  diverging: 'diverging watches',
  misnumbered: 'wrong revision',
}

const judgeWatch = (
  pair: Pair,
  { asked, told }: Puts,
  seen: Map<number, { event: WatchEvent; pair: Pair }>,
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
    const first = seen.get(revision)
    if (first === undefined) seen.set(revision, { event, pair })
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

const allows = (promise: PromiseName, kind: WatchFinding['kind']): boolean =>
  (kind === 'repeated' && promise === 'at-least-once') || (kind === 'missed' && promise === 'at-most-once')

const judge = (record: RunRecord): Judged => {
  const { pairs } = record
  const { name: promise } = promiseOf(record, WATCH, 'watch')
  const puts = putsOf(pairs)
  const watches = pairs.filter(
    ({ invocation, completion }) => invocation.f === 'watch' && completion?.type === 'ok',
  )
  const seen = new Map<number, { event: WatchEvent; pair: Pair }>()
  const findings = watches.flatMap((pair) => judgeWatch(pair, puts, seen))
  return conclude(findings, {
    seen: `${watches.length} watches of ${seen.size} changes`,
    clean: 'each once, in order, the same for all',
    unproven: seen.size === 0 ? 'no change was seen' : null,
    kinds: KINDS,
    allows: (kind) => allows(promise, kind),
    blamed: 'watch',
    anomalies: ANOMALIES,
    table: { columns: COLUMNS },
    details: { watches: watches.length, changes: seen.size },
  })
}

export const watch = checkerOf({
  name: 'watch',
  finds: 'changes missed, seen twice, out of order, or out of nowhere',
  needs: ['history'],
  promise: promisedOf(
    WATCH,
    'a watch reports every change once, in order, and none that never happened, wherever it resumes',
  ),
  judge,
})
