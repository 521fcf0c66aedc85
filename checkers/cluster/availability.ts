/**
 * Availability, where the target claims it: a majority serves again within a time of any single fault; every running node
 * serves reads; the cluster never serves nothing for longer than a time.
 *
 * Only requests count: a time in which nobody asked proves nothing. Counted are requests to nodes that the faults in force
 * left running and connected to a majority, begun after the fault was proved. Something is broken if a request that began
 * after the promised time was refused or got no answer, several others before it were too, and none was served.
 */
import type { AvailabilityClaim, Claims } from '../../harness/api/claims.ts'
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { Growing } from '../../harness/support/growing.ts'
import { formatDurationMs, formatTimeNs, NS_PER_MS } from '../../harness/support/time.ts'
import { mayChange } from '../../harness/vocabularies/vocabulary.ts'
import { claimed } from '../promise.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'
import { ableNodes, nodesOf, spanOfFault, untouchedBy } from './able-nodes.ts'
import { begunIn } from './begun-in.ts'
import { provenSpans } from './fault-times.ts'
import { troubleNote } from './fault-trouble.ts'
import { isUse, partitionsIn } from './partitions.ts'
import { slowMachine } from './slow-machine.ts'
import type { Span } from './spans.ts'

/** Fewer requests than this do not show that a cluster serves nothing. */
const LEAST_UNSERVED = 3

/** After a cut, the nodes may take this long to notice it. */
const GRACE_NS = 1.5e9

const KINDS = ['late after a fault', 'unavailable for too long', 'reads not served'] as const
type Broken = Finding<(typeof KINDS)[number]> & {
  /** What took too long, and how long it may have taken. */
  readonly took: { readonly span: Span; readonly allowedMs: number }
}

/** What was looked at, and what was found broken in it. */
interface Looked {
  readonly judged: number
  readonly broken: readonly Broken[]
}

/** What is looked at. */
interface Run {
  readonly record: RunRecord
  readonly nodes: readonly string[]
  readonly faults: readonly FaultRecord[]
  readonly provenOf: (fault: FaultRecord) => Span | null
}

const runOf = (record: RunRecord): Run => ({
  record,
  nodes: nodesOf(record),
  faults: record.faults ?? [],
  provenOf: provenSpans(record),
})

const endNs = ({ completion }: Pair): number => completion?.timeNs ?? Number.POSITIVE_INFINITY
const isOk = ({ completion }: Pair): boolean => completion?.type === 'ok'
const isAskedOf = ({ invocation }: Pair, nodes: readonly string[]): boolean =>
  invocation.node !== undefined && nodes.includes(invocation.node)

const isRequest = ({ vocabulary }: RunRecord, { invocation }: Pair): boolean =>
  isUse(vocabulary as Vocabulary, invocation)

/** Requests that use an object, and began and ended in the span, in order of invocation. */
const askedIn = ({ record }: Run, span: Span): readonly Pair[] =>
  begunIn(record.pairs, span).filter((pair) => endNs(pair) < span.toNs && isRequest(record, pair))

/** When requests were acknowledged, ascending. */
const acknowledgedNs = ({ record }: Run): Float64Array => {
  const times = new Growing(Float64Array)
  for (const pair of record.pairs) if (isOk(pair) && isRequest(record, pair)) times.push(endNs(pair))
  return times.all().toSorted()
}

const earliest = (timesNs: readonly number[]): number =>
  timesNs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const latest = (timesNs: readonly number[]): number => timesNs.reduce((a, b) => Math.max(a, b), 0)

const indices = (pairs: Sequence<Pair>): readonly number[] => pairs.map(({ invocation }) => invocation.index)

/** Whether the fault is the only one that is in force, or was shortly before. */
const isSingle = (fault: FaultRecord, faults: readonly FaultRecord[], beforeNs: number): boolean => {
  const own = spanOfFault(fault) as Span
  return faults.every((other) => {
    const span = other === fault ? null : spanOfFault(other)
    return span === null || span.fromNs >= own.toNs || span.toNs + beforeNs <= own.fromNs
  })
}

const lateAfterFaults = (run: Run, allowedMs: number): Looked => {
  const { faults, nodes, provenOf } = run
  const allowedNs = allowedMs * NS_PER_MS
  const looks = faults.map((fault): Looked => {
    const proven = provenOf(fault)
    if (proven === null || !isSingle(fault, faults, allowedNs)) return { judged: 0, broken: [] }
    const able = ableNodes(faults, nodes, proven)
    const during = askedIn(run, proven).filter((pair) => isAskedOf(pair, able))
    const firstOkNs = earliest(during.filter(isOk).map(endNs))
    const dueNs = proven.fromNs + allowedNs
    if (firstOkNs <= dueNs) return { judged: 1, broken: [] }
    const unserved = during.filter((pair) => !isOk(pair) && endNs(pair) < firstOkNs)
    const late = unserved.filter(({ invocation }) => invocation.timeNs >= dueNs)
    if (late.length === 0 || unserved.length < LEAST_UNSERVED) return { judged: 0, broken: [] }
    const span = { fromNs: proven.fromNs, toNs: latest(late.map(endNs)) }
    const text = `${fault.planned.id} on ${fault.victims.join(', ')}: ${able.join(', ')} served none of ${unserved.length} requests for ${formatDurationMs((span.toNs - span.fromNs) / NS_PER_MS)}`
    const took = { span, allowedMs }
    return {
      judged: 1,
      broken: [{ kind: 'late after a fault', text, operations: indices(late.slice(0, 5)), took }],
    }
  })
  return together(looks)
}

const together = (looks: readonly Looked[]): Looked => ({
  judged: looks.reduce((sum, { judged }) => sum + judged, 0),
  broken: looks.flatMap(({ broken }) => broken),
})

/** The times at which no majority was left alone by the faults in force, as spans. */
const hopeless = ({ faults, nodes }: Run): readonly Span[] =>
  faults.flatMap((fault) => {
    const span = spanOfFault(fault)
    return span === null || ableNodes(faults, nodes, span).length > 0 ? [] : [span]
  })

/** The times between two of these, before the first and after the last, as far as they are longer. */
const gapsIn = (timesNs: Float64Array, longerThanNs: number): readonly Span[] => {
  const gaps: Span[] = []
  for (let at = 0; at <= timesNs.length; at++) {
    const [fromNs, toNs] = [
      at === 0 ? 0 : (timesNs[at - 1] as number),
      timesNs[at] ?? Number.POSITIVE_INFINITY,
    ]
    if (toNs - fromNs > longerThanNs) gaps.push({ fromNs, toNs })
  }
  return gaps
}

const unavailableTooLong = (run: Run, allowedMs: number): Looked => {
  const { faults, nodes } = run
  const okNs = acknowledgedNs(run)
  const excluded = hopeless(run)
  const looks = gapsIn(okNs, allowedMs * NS_PER_MS)
    .flatMap((gap) => possible(gap, excluded))
    .map((gap): Looked => {
      const unserved = askedIn(run, { ...gap, toNs: gap.toNs + 1 }).filter(
        (pair) =>
          !isOk(pair) &&
          isAskedOf(pair, ableNodes(faults, nodes, { fromNs: pair.invocation.timeNs, toNs: endNs(pair) })),
      )
      const [first] = unserved
      if (first === undefined || unserved.length < LEAST_UNSERVED) return { judged: 0, broken: [] }
      const span = { fromNs: first.invocation.timeNs, toNs: latest(unserved.map(endNs)) }
      const tookMs = (span.toNs - span.fromNs) / NS_PER_MS
      if (tookMs <= allowedMs) return { judged: 0, broken: [] }
      const text = `from ${formatTimeNs(span.fromNs)} on, none of ${unserved.length} requests to nodes of a majority was served for ${formatDurationMs(tookMs)}`
      const took = { span, allowedMs }
      return {
        judged: 0,
        broken: [{ kind: 'unavailable for too long', text, operations: indices(unserved.slice(0, 5)), took }],
      }
    })
  return { judged: okNs.length > 0 ? 1 : 0, broken: looks.flatMap(({ broken }) => broken) }
}

/** The parts of the span outside all excluded spans. */
const possible = (span: Span, excluded: readonly Span[]): readonly Span[] =>
  excluded.reduce<readonly Span[]>(
    (left, hole) =>
      left.flatMap(({ fromNs, toNs }) =>
        [
          { fromNs, toNs: Math.min(toNs, hole.fromNs) },
          { fromNs: Math.max(fromNs, hole.toNs), toNs },
        ].filter((part) => part.fromNs < part.toNs),
      ),
    [span],
  )

const readsNotServed = (run: Run): Looked => {
  const { record, faults, nodes, provenOf } = run
  const vocabulary = record.vocabulary as Vocabulary
  const looks = partitionsIn(record).flatMap(({ fault }) => {
    const proven = provenOf(fault)
    if (proven === null) return []
    const span = { fromNs: proven.fromNs + GRACE_NS, toNs: proven.toNs }
    const reads = askedIn(run, span).filter(({ invocation }) => !mayChange(vocabulary, invocation))
    const others = faults.filter((other) => other !== fault)
    return nodes.map((node): Looked => {
      const isRunning = others.every((other) => {
        const when = spanOfFault(other)
        const overlaps = when !== null && when.fromNs < proven.toNs && when.toNs > proven.fromNs
        return !overlaps || untouchedBy(other, nodes).includes(node)
      })
      const here = reads.filter((pair) => isAskedOf(pair, [node]))
      const served = here.filter((pair) => isOk(pair))
      if (!isRunning || here.length === 0) return { judged: 0, broken: [] }
      if (served.length > 0 || here.length < LEAST_UNSERVED)
        return { judged: served.length > 0 ? 1 : 0, broken: [] }
      const text = `${fault.planned.id}: ${node} was running and served none of ${here.length} reads`
      const took = { span: { ...span, toNs: latest(here.map(endNs)) }, allowedMs: GRACE_NS / NS_PER_MS }
      return {
        judged: 1,
        broken: [{ kind: 'reads not served', text, operations: indices(here.slice(0, 5)), took }],
      }
    })
  })
  return together(looks)
}

/** It is asked for more than once: whether anything can be judged, and then the verdict. */
const known = new WeakMap<RunRecord, Looked>()

const lookAt = (record: RunRecord): Looked => {
  const looked = known.get(record) ?? lookAtAll(record)
  known.set(record, looked)
  return looked
}

const lookAtAll = (record: RunRecord): Looked => {
  const { availability = {} } = record.claims as Claims
  const { servesWithinMs, readsEverywhere, neverUnavailableForMs } = availability
  const run = runOf(record)
  return together([
    ...(servesWithinMs === undefined ? [] : [lateAfterFaults(run, servesWithinMs)]),
    ...(neverUnavailableForMs === undefined ? [] : [unavailableTooLong(run, neverUnavailableForMs)]),
    ...(readsEverywhere === true ? [readsNotServed(run)] : []),
  ])
}

const judge = (record: RunRecord): Judged => {
  const { judged, broken } = lookAt(record)
  const trouble = troubleNote(record)
  const excuses = broken.map(({ took }) => trouble ?? slowMachine(record, took.span, took.allowedMs))
  const excuse = excuses.every((each) => each !== null) ? (excuses[0] ?? null) : null
  // What the machine may have caused is shown only if nothing else was found.
  const held = excuse === null ? broken.filter((_, i) => excuses[i] === null) : broken
  return conclude(held, {
    seen: 'the requests under faults',
    clean: `served as claimed, in ${judged} cases that show it`,
    unproven: judged === 0 ? 'no request was made when the claim could have been broken' : null,
    kinds: KINDS,
    anomalies: {
      'late after a fault': 'slow failover',
      'unavailable for too long': 'unavailable',
      'reads not served': 'reads not served',
    },
    brokenIs: excuse === null ? 'invalid' : 'unknown',
    aside: excuse,
    details: { judged },
  })
}

const words = ({ servesWithinMs, readsEverywhere, neverUnavailableForMs }: AvailabilityClaim): string =>
  [
    ...(servesWithinMs === undefined
      ? []
      : [`a majority serves within ${formatDurationMs(servesWithinMs)} of any single fault`]),
    ...(readsEverywhere === true ? ['every running node serves reads'] : []),
    ...(neverUnavailableForMs === undefined
      ? []
      : [`never unavailable for longer than ${formatDurationMs(neverUnavailableForMs)}`]),
  ].join('; ')

const isClaimed = ({ claims }: RunRecord): boolean => words(claims?.availability ?? {}) !== ''

export const availability = checkerOf({
  name: 'availability',
  finds: 'clusters that serve nothing for longer than they claim, and nodes that do not serve reads',
  needs: ['history', 'vocabulary', 'faults', 'claims'],
  applies: (record) => {
    if (!isClaimed(record) || record.vocabulary === null || record.faults === null) return false
    const { judged, broken } = lookAt(record)
    return judged > 0 || broken.length > 0
  },
  whyNot: (record) =>
    isClaimed(record)
      ? `Availability was not judged: no request was made when the claim could have been broken (${words(record.claims?.availability ?? {})}); single faults that last longer than claimed would show it.`
      : null,
  promise: (record) => claimed(record, words(record.claims?.availability ?? {})),
  judge,
})
