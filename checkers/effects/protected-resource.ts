/**
 * What locks and leases are for: a resource that only one may be in, kept by the sink, which writes down who came in and went
 * out, in its own order.
 *
 * A lock that is never taken from its holder keeps all others out: two in the resource at once break it, whatever the sink
 * does, and so does a token lower than one that the sink had seen. A lease may run out while its holder is still in, which
 * is no fault of the service's: there a sink that compares tokens must turn down the stale ones, and one that does not shows
 * how often that would have been needed (Kleppmann, "How to do distributed locking", 2016).
 */
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { SINK, type SinkLine, type SinkMode, type TouchLine } from '../../harness/vocabularies/effects.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK, type TouchCall } from '../../harness/vocabularies/protected.ts'
import { promisedOf, usesOf } from '../promise.ts'
import { checkerOf, conclude, type Judged, notJudged } from '../verdict.ts'

const KINDS = ['two at once', 'stale token taken'] as const
type IntrusionKind = (typeof KINDS)[number]

interface Intrusion {
  readonly kind: IntrusionKind
  readonly first: TouchLine
  readonly second: TouchLine
}

/** Both in the sink's order. */
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

const nameOf = (action: string, owner: number): string => `${action} ${owner}`

/** Who came in, or went out -> the index of the call. */
const callsByName = (pairs: readonly Pair[]): ReadonlyMap<string, number> => {
  const calls = new Map<string, number>()
  for (const { invocation } of pairs) {
    if (invocation.f !== 'enter' && invocation.f !== 'leave') continue
    const name = nameOf(invocation.f, (invocation.value as TouchCall['value']).owner)
    if (!calls.has(name)) calls.set(name, invocation.index)
  }
  return calls
}

type BreaksPromise = (kind: IntrusionKind, mode: SinkMode) => boolean

const judge = ({ pairs, services }: RunRecord, breaks: BreaksPromise): Judged => {
  const lines = (services?.[SINK] ?? []) as readonly SinkLine[]
  const start = lines.find((line) => line.type === 'start')
  if (start === undefined) return notJudged('the sink kept no log (it died, or there was none)')
  const touches = lines.filter((line) => line.type === 'touch')
  const calls = callsByName(pairs)
  const findings = findIntrusions(touches).map(({ kind, first, second }) => ({
    kind,
    text: `${describe(first)}; ${describe(second)}`,
    proof: `${describe(first)}\n  ${describe(second)}`,
    operations: [first, second].flatMap(({ action, owner }) => calls.get(nameOf(action, owner)) ?? []),
  }))
  const entered = touches.filter(({ action, refused }) => action === 'enter' && refused === null).length
  const turnedDown = touches.filter(({ refused }) => refused !== null).length
  const stale = findings.filter(({ kind }) => kind === 'stale token taken').length
  return conclude(findings, {
    seen: `${entered} visits in a ${start.mode} sink, which turned down ${turnedDown}`,
    clean: 'never two at once, and no stale token taken',
    unproven: entered === 0 ? 'nobody came in' : null,
    kinds: KINDS,
    allows: (kind) => !breaks(kind, start.mode),
    because: 'no more than a lease allows',
    aside:
      start.mode === 'fencing' || stale === 0
        ? null
        : `a sink that fences would have turned down all ${stale}`,
    details: { mode: start.mode, entered, turnedDown },
  })
}

const protectedResource = (vocabulary: Vocabulary, holds: string, breaks: BreaksPromise): Checker =>
  checkerOf({
    name: 'protected-resource',
    finds: 'two at once in what a lock protects, stale tokens taken by a sink that compares them',
    needs: ['history', 'services'],
    // It is the lock's that is promised; the resource is the sink's.
    promise: promisedOf(vocabulary, holds, usesOf(LOCK)),
    judge: (record) => judge(record, breaks),
  })

export const lockResource = protectedResource(
  PROTECTED_LOCK,
  'whoever holds the lock is alone in what it protects',
  () => true,
)

export const leaseResource = protectedResource(
  PROTECTED_LEASE,
  'a sink that compares tokens takes no stale one',
  (kind, mode) => mode === 'fencing' && kind === 'stale token taken',
)
