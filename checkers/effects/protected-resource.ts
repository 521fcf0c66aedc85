/**
 * What locks and leases are for: a resource that only one may be in, kept by the sink, which writes down who came in and went
 * out, in its own order.
 *
 * A lock that is never taken from its holder keeps all others out: two in the resource at once break it, whatever the sink
 * does, and so does a token lower than one that the sink had seen. A lease may run out while its holder is still in, which
 * is no fault of the service's: there a sink that compares tokens must turn down the stale ones, and one that does not shows
 * how often that would have been needed (Kleppmann, "How to do distributed locking", 2016).
 */
import type { Operation } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Evidence } from '../../harness/api/verdict.ts'
import { SINK, type SinkLine, type SinkMode, type TouchLine } from '../../harness/vocabularies/effects.ts'
import type { TouchCall } from '../../harness/vocabularies/protected.ts'
import { checkerOf, type Judged } from '../checker-of.ts'

type Kind = 'two at once' | 'stale token taken'

interface Found {
  readonly kind: Kind
  readonly first: TouchLine
  readonly second: TouchLine
}

/** Both in the sink's order. */
export const findIntrusions = (touches: readonly TouchLine[]): readonly Found[] => {
  const inside = new Map<number, TouchLine>()
  const newest = new Map<number, TouchLine>()
  return touches.flatMap((touch) => {
    const { resource, owner, token, action, refused } = touch
    const [holder, greatest] = [inside.get(resource), newest.get(resource)]
    if (greatest === undefined || token > greatest.token) newest.set(resource, touch)
    if (refused !== null) return []
    const found: Found[] = []
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

const SHOWN = 12

const describe = ({ action, resource, owner, token, seq, clockMs }: TouchLine): string =>
  `#${seq} owner ${owner} ${action === 'enter' ? 'enters' : 'leaves'} ${resource} with token ${token} (${new Date(clockMs).toISOString()} by the sink's clock)`

const isTouchOf =
  ({ action, owner }: TouchLine) =>
  ({ type, f, value }: Operation): boolean =>
    type === 'invoke' && f === action && (value as TouchCall['value']).owner === owner

const evidenceOf = (
  kind: Kind,
  found: readonly Found[],
  history: readonly Operation[],
  isHeldAgainst: boolean,
): Evidence => {
  const shown = found.slice(0, SHOWN)
  return {
    title: `${kind}: ${found.length} times${isHeldAgainst ? '' : ' (no more than a lease allows)'}`,
    text: shown.map(({ first, second }) => `${describe(first)}\n  ${describe(second)}`).join('\n'),
    operations: shown.flatMap(({ first, second }) =>
      [first, second].flatMap((touch) => history.find(isTouchOf(touch))?.index ?? []),
    ),
  }
}

type BreaksPromise = (kind: Kind, mode: SinkMode) => boolean

const judge = ({ history, services }: RunRecord, breaks: BreaksPromise): Judged => {
  const lines = (services?.[SINK] ?? []) as readonly SinkLine[]
  const start = lines.find((line) => line.type === 'start')
  if (start === undefined)
    return {
      status: 'unknown',
      summary: 'Not judged: the sink kept no log (it died, or there was none).',
      evidence: [],
      details: {},
    }
  const touches = lines.filter((line) => line.type === 'touch')
  const found = findIntrusions(touches)
  const of = (kind: Kind): readonly Found[] => found.filter((each) => each.kind === kind)
  const kinds = (['two at once', 'stale token taken'] as const).filter((kind) => of(kind).length > 0)
  const broken = kinds.filter((kind) => breaks(kind, start.mode))
  const entered = touches.filter(({ action, refused }) => action === 'enter' && refused === null).length
  const turnedDown = touches.filter(({ refused }) => refused !== null).length
  const told = `${entered} visits in a ${start.mode} sink: two at once ${of('two at once').length} times, ${of('stale token taken').length} stale tokens taken and ${turnedDown} turned down`
  const wouldHave =
    start.mode !== 'fencing' && of('stale token taken').length > 0
      ? `; a sink that fences would have turned down all ${of('stale token taken').length}`
      : ''
  return {
    status: broken.length > 0 ? 'invalid' : entered === 0 ? 'unknown' : 'valid',
    summary: `${told}${wouldHave}.`,
    evidence: kinds.map((kind) => evidenceOf(kind, of(kind), history, broken.includes(kind))),
    details: {
      mode: start.mode,
      entered,
      turnedDown,
      twoAtOnce: of('two at once').length,
      staleTokensTaken: of('stale token taken').length,
    },
  }
}

const protectedResource = (promise: string, breaks: BreaksPromise): Checker =>
  checkerOf({
    name: 'protected-resource',
    finds: 'two at once in what a lock protects, stale tokens taken by a sink that compares them',
    needs: ['history', 'services'],
    promise,
    judge: (record) => judge(record, breaks),
  })

export const lockResource = protectedResource(
  'whoever holds the lock is alone in what it protects',
  () => true,
)

export const leaseResource = protectedResource(
  'a sink that compares tokens takes no stale one',
  (kind, mode) => mode === 'fencing' && kind === 'stale token taken',
)
