/**
 * The purpose of locks and leases: a resource that only one owner may be in. The sink keeps the resource and records who
 * enters and leaves, in its own order.
 *
 * A lock is never taken away from its holder, so it keeps all others out. Two owners in the resource at once break it,
 * in any mode of the sink, and so does a token lower than one that the sink had already seen. A lease may expire while its
 * holder is still inside, and that is not an error of the service. With leases, a sink that compares tokens must turn down
 * stale tokens, and a sink that does not compare shows how often that would have been necessary (Kleppmann, "How to do
 * distributed locking", 2016).
 *
 * The tokens are a promise of their own. A lock that is only `exclusive` keeps others out, and its tokens prove nothing. One
 * that is only `fenced` may replace its holder, as a lease may.
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, TableRow } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { SINK, type SinkLine, type SinkMode, type TouchLine } from '../../harness/vocabularies/effects.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from '../../harness/vocabularies/protected.ts'
import { promisedOf, usesOf, weakestOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Judged, notJudged } from '../verdict.ts'
import { callsByTouch, INTRUSIONS, type IntrusionKind, intrusionsIn, touchName } from './intrusions.ts'
import { VisitsFollower } from './visits-follower.ts'

const describe = ({ action, resource, owner, token, seq, clockMs }: TouchLine): string =>
  `#${seq} owner ${owner} ${action === 'enter' ? 'enters' : 'leaves'} ${resource} with token ${token} (${new Date(clockMs).toISOString()} by the sink's clock)`

const COLUMNS = ['#', 'resource', 'owner', 'does', 'token', "by the sink's clock", 'answer']

type BreaksPromise = (promise: PromiseName, kind: IntrusionKind, mode: SinkMode) => boolean

const judge = (record: RunRecord, vocabulary: Vocabulary, breaks: BreaksPromise): Judged => {
  const { pairs, services } = record
  const { name } = weakestOf(record, vocabulary, usesOf(LOCK))
  const lines = (services?.[SINK] ?? []) as Sequence<SinkLine>
  const start = lines.find((line) => line.type === 'start')
  if (start === undefined) return notJudged('the sink kept no log (it died, or there was none)')
  const touches = lines.filter((line) => line.type === 'touch')
  const calls = callsByTouch(pairs)
  const operationsOf = (...some: readonly TouchLine[]): readonly number[] =>
    some.flatMap(({ action, owner }) => calls.get(touchName(action, owner)) ?? [])
  const rowOf = (touch: TouchLine, mark?: string): TableRow => {
    const { seq, resource, owner, action, token, clockMs, refused: why } = touch
    const at = new Date(clockMs).toISOString()
    return tableRow([seq, resource, owner, action, token, at, why ?? 'taken'], operationsOf(touch), mark, [
      { kind: 'effect', service: SINK, number: seq },
    ])
  }
  const intrusions = intrusionsIn(touches)
  const findings = intrusions.map(({ kind, first, second }) => ({
    kind,
    text: `${describe(first)}; ${describe(second)}`,
    proof: `${describe(first)}\n  ${describe(second)}`,
    operations: operationsOf(first, second),
    rows: [rowOf(first, kind === 'two at once' ? 'inside already' : 'greater token'), rowOf(second, kind)],
  }))
  const concerned = new Set(intrusions.flatMap(({ first, second }) => [first, second]))
  const others = touches.filter((touch) => !concerned.has(touch))
  const entered = touches.filter(({ action, refused }) => action === 'enter' && refused === null).length
  const turnedDown = touches.filter(({ refused }) => refused !== null).length
  const stale = findings.filter(({ kind }) => kind === 'stale token taken').length
  return conclude(findings, {
    seen: `${entered} visits in a ${start.mode} sink, which turned down ${turnedDown}`,
    clean: 'never two at once, and no stale token was accepted',
    unproven: entered === 0 ? 'nobody entered' : null,
    kinds: INTRUSIONS,
    allows: (kind) => !breaks(name, kind, start.mode),
    because: 'which this promise does not prevent',
    aside:
      start.mode === 'fencing' || stale === 0
        ? null
        : `a sink that fences would have turned down all ${stale}`,
    anomalies: { 'two at once': 'two holders', 'stale token taken': 'stale token accepted' },
    table: {
      columns: COLUMNS,
      fine: others.length,
      fineRows: () => others.map((touch) => rowOf(touch)),
      order: ({ cells: [seq] }) => Number(seq),
    },
    details: { mode: start.mode, entered, turnedDown },
  })
}

const protectedResource = (vocabulary: Vocabulary, holds: string, breaks: BreaksPromise): Checker =>
  checkerOf({
    name: 'protected-resource',
    finds:
      'two at once in a resource that a lock protects, stale tokens accepted by a sink that compares them',
    needs: ['history', 'services'],
    // The promise is about the lock; the resource belongs to the sink.
    promise: promisedOf(vocabulary, holds, usesOf(LOCK)),
    follow: (record) => {
      const { name } = weakestOf(record, vocabulary, usesOf(LOCK))
      return new VisitsFollower((kind, mode) => breaks(name, kind, mode))
    },
    judge: (record) => judge(record, vocabulary, breaks),
  })

/** If holders may be replaced, a sink that compares tokens must turn down stale ones, provided that tokens are promised. */
const isStaleTokenTaken: BreaksPromise = (promise, kind, mode) =>
  promise !== 'exclusive' && mode === 'fencing' && kind === 'stale token taken'

export const lockResource = protectedResource(
  PROTECTED_LOCK,
  'only the holder of the lock is in the resource that it protects',
  (promise, kind, mode) =>
    promise === 'fenced'
      ? isStaleTokenTaken(promise, kind, mode)
      : kind === 'two at once' || promise !== 'exclusive',
)

export const leaseResource = protectedResource(
  PROTECTED_LEASE,
  'a sink that compares tokens accepts no stale token',
  isStaleTokenTaken,
)
