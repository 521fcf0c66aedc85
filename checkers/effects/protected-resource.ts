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
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, TableRow } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { SINK, type SinkLine, type SinkMode, type TouchLine } from '../../harness/vocabularies/effects.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK, type TouchCall } from '../../harness/vocabularies/protected.ts'
import { promisedOf, usesOf, weakestOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Judged, notJudged } from '../verdict.ts'

const KINDS = ['two at once', 'stale token taken'] as const
type IntrusionKind = (typeof KINDS)[number]

interface Intrusion {
  readonly kind: IntrusionKind
  readonly first: TouchLine
  readonly second: TouchLine
}

/** @param touches in the sink's order */
const findIntrusions = (touches: readonly TouchLine[]): readonly Intrusion[] => {
  const inside = new Map<number, TouchLine>()
  const newest = new Map<number, TouchLine>()
  return touches.flatMap((touch) => {
    const { resource, owner, token, action, refused } = touch
    const [holder, greatest] = [inside.get(resource), newest.get(resource)]
    if (greatest === undefined || token > greatest.token) newest.set(resource, touch)
    if (refused !== null) return []
    const found: Intrusion[] = []
    if (greatest !== undefined && token < greatest.token)
      found.push({ kind: 'stale token taken', first: greatest, second: touch })
    if (action === 'leave') {
      if (holder?.owner === owner) inside.delete(resource)
      return found
    }
    if (holder !== undefined && holder.owner !== owner)
      found.push({ kind: 'two at once', first: holder, second: touch })
    inside.set(resource, touch)
    return found
  })
}

const describe = ({ action, resource, owner, token, seq, clockMs }: TouchLine): string =>
  `#${seq} owner ${owner} ${action === 'enter' ? 'enters' : 'leaves'} ${resource} with token ${token} (${new Date(clockMs).toISOString()} by the sink's clock)`

const COLUMNS = ['#', 'resource', 'owner', 'does', 'token', "by the sink's clock", 'answer']

const nameOf = (action: string, owner: number): string => `${action} ${owner}`

/** Action and owner -> the index of the call. */
const callsByName = (pairs: Sequence<Pair>): ReadonlyMap<string, number> => {
  const calls = new Map<string, number>()
  for (const { invocation } of pairs) {
    if (invocation.f !== 'enter' && invocation.f !== 'leave') continue
    const name = nameOf(invocation.f, (invocation.value as TouchCall['value']).owner)
    if (!calls.has(name)) calls.set(name, invocation.index)
  }
  return calls
}

type BreaksPromise = (promise: PromiseName, kind: IntrusionKind, mode: SinkMode) => boolean

const judge = (record: RunRecord, vocabulary: Vocabulary, breaks: BreaksPromise): Judged => {
  const { pairs, services } = record
  const { name } = weakestOf(record, vocabulary, usesOf(LOCK))
  const lines = (services?.[SINK] ?? []) as readonly SinkLine[]
  const start = lines.find((line) => line.type === 'start')
  if (start === undefined) return notJudged('the sink kept no log (it died, or there was none)')
  const touches = lines.filter((line) => line.type === 'touch')
  const calls = callsByName(pairs)
  const operationsOf = (...some: readonly TouchLine[]): readonly number[] =>
    some.flatMap(({ action, owner }) => calls.get(nameOf(action, owner)) ?? [])
  const rowOf = (touch: TouchLine, mark?: string): TableRow => {
    const { seq, resource, owner, action, token, clockMs, refused: why } = touch
    const at = new Date(clockMs).toISOString()
    return tableRow([seq, resource, owner, action, token, at, why ?? 'taken'], operationsOf(touch), mark, [
      { kind: 'effect', service: SINK, number: seq },
    ])
  }
  const intrusions = findIntrusions(touches)
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
    kinds: KINDS,
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
