/**
 * A linter of outcomes: it finds mistakes in clients that would blame the cluster wrongly or hide its errors. Its findings
 * are never invalid, because they mean that the records of the client cannot be trusted.
 *
 * - a `fail`, or an ok that says no, whose value (unique in the history) was read later: it took effect;
 * - a value that was read as another type than it was written, such as `"597"` for 597;
 * - a `fail` because no answer came: a timeout proves nothing. As `info` it could only explain more of what was read, so it
 *   can make a verdict of validity no worse, and is told. An invalid verdict that rests on it says so (`distrust.ts`);
 * - an answer that does not fit its call, such as a read without a value: what it would have shown was not judged;
 * - a process whose operations all fail while others on the same node are served: it does not even try.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Identity, Vocabulary } from '../../harness/api/vocabulary.ts'
import { isIsolationModel } from '../../harness/vocabularies/promises.ts'
import { isRefused, mayChange, readsOf, writesOf } from '../../harness/vocabularies/vocabulary.ts'
import { countIn } from '../lower-bound.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'

/**
 * Errors that say that no answer came. `aborted` alone is none: databases say it of transactions that certainly had no effect.
 */
const NO_ANSWER =
  /time[d ]*-?out|deadline|no answer|socket hang up|ECONNRESET|AbortError|(?:operation|request|run) (?:was )?aborted/i
/** A request that was never sent is a definite fail, and so is a transaction that the database says it has aborted. */
const DEFINITE = /connect|unsent|nothing was (?:sent|written)|(?:transaction|txn)\b.{0,40}\babort|\bconflict/i

const LEAST_FAILS = 30
/** ok operations of other processes in the same time. */
const LEAST_SERVED = 15
const LEAST_SPAN_NS = 5e9

const KINDS = [
  'a failed value was read',
  'a value of another type',
  'an answer that does not fit its call',
  'no answer was taken for a fail',
  'a client that does not try',
] as const
type OutcomeFinding = Finding<(typeof KINDS)[number]>

/** How an operation that certainly took no effect, by its outcome, says so; null: it does not. */
const refusalOf = (vocabulary: Vocabulary, { completion }: Pair): string | null => {
  if (completion?.type === 'fail') return `failed (${completion.error})`
  if (completion?.type !== 'ok' || !isRefused(vocabulary, completion.f, completion.value)) return null
  return 'was answered with no'
}

interface Writers {
  /** What was written by operations that say that they took no effect, and by no other. */
  readonly refused: ReadonlyMap<Identity, readonly Pair[]>
  /** What was written by an operation that may have taken effect. */
  readonly accepted: ReadonlySet<Identity>
}

const writersIn = (vocabulary: Vocabulary, pairs: readonly Pair[]): Writers => {
  const refused = new Map<Identity, Pair[]>()
  const accepted = new Set<Identity>()
  for (const pair of pairs)
    for (const written of writesOf(vocabulary, pair.invocation))
      if (refusalOf(vocabulary, pair) === null) accepted.add(written)
      else refused.set(written, [...(refused.get(written) ?? []), pair])
  // If another operation wrote the same value, reading it proves nothing.
  for (const written of accepted) refused.delete(written)
  return { refused, accepted }
}

/** An ok answer of the history that read something. */
interface Read {
  readonly reader: Pair
  readonly read: Identity
}

const readsIn = (vocabulary: Vocabulary, pairs: readonly Pair[]): readonly Read[] =>
  pairs.flatMap((reader) => {
    const { completion } = reader
    if (completion?.type !== 'ok') return []
    return readsOf(vocabulary, completion.f, completion.value).map((read) => ({ reader, read }))
  })

/** Whether what was read is the value that an unchanged object has, by the options of the workload. */
const isInitial = (read: Identity, initial: unknown): boolean =>
  initial !== undefined && (read.endsWith(`=${initial}`) || read.endsWith(`=${JSON.stringify(initial)}`))

const failedButRead = (
  vocabulary: Vocabulary,
  reads: readonly Read[],
  { refused }: Writers,
  initial: unknown,
): readonly OutcomeFinding[] => {
  const shown = new Set<Identity>()
  return reads.flatMap(({ reader, read }) => {
    if (shown.has(read) || isInitial(read, initial)) return []
    // A read that was over before the write began did not read it.
    const writer = refused
      .get(read)
      ?.find(({ invocation }) => invocation.index < (reader.completion?.index as number))
    if (writer === undefined) return []
    shown.add(read)
    const text = `operation ${writer.invocation.index} ${refusalOf(vocabulary, writer)}, but operation ${reader.invocation.index} read the value it wrote (${read})`
    return [finding('a failed value was read', text, [writer, reader])]
  })
}

/** Identities put texts in quotes. */
const withoutType = (identity: Identity): string => identity.replaceAll('"', '')

const otherTypes = (reads: readonly Read[], { refused, accepted }: Writers): readonly OutcomeFinding[] => {
  const written = new Map([...accepted, ...refused.keys()].map((each) => [withoutType(each), each]))
  const shown = new Set<Identity>()
  return reads.flatMap(({ reader, read }) => {
    const meant = written.get(withoutType(read))
    if (meant === undefined || meant === read || accepted.has(read) || refused.has(read)) return []
    if (shown.has(read)) return []
    shown.add(read)
    const text = `operation ${reader.invocation.index} read ${read}, and only ${meant} was written: the client returns another type than it was given`
    return [finding('a value of another type', text, [reader])]
  })
}

const unprovenFails = (vocabulary: Vocabulary, pairs: readonly Pair[]): readonly OutcomeFinding[] =>
  pairs.flatMap((pair) => {
    const { invocation, completion } = pair
    const error = completion?.type === 'fail' ? (completion.error ?? '') : ''
    // If a call changes nothing, a missing answer does no harm.
    if (!NO_ANSWER.test(error) || DEFINITE.test(error) || !mayChange(vocabulary, invocation)) return []
    const text = `operation ${invocation.index} (${invocation.f}) is recorded as fail with the error ${JSON.stringify(error)}`
    return [finding('no answer was taken for a fail', text, [pair])]
  })

const misfits = (pairs: readonly Pair[]): readonly OutcomeFinding[] =>
  pairs.flatMap((pair) => {
    if (pair.completion?.meta?.misfit !== true) return []
    const text = `operation ${pair.invocation.index}: ${pair.completion.error}`
    return [finding('an answer that does not fit its call', text, [pair])]
  })

/** A fault may cut off one client and not another. */
const isDisturbed = (faults: RunRecord['faults'], fromNs: number, toNs: number): boolean =>
  (faults ?? []).some(
    ({
      injectedAtNs = Number.POSITIVE_INFINITY,
      injectingAtNs = injectedAtNs,
      healedAtNs = Number.POSITIVE_INFINITY,
    }) => injectingAtNs < toNs && healedAtNs > fromNs,
  )

/** Node -> the times at which operations on it were answered with ok, ascending. */
const servedAt = (pairs: readonly Pair[]): ReadonlyMap<string, readonly number[]> => {
  const served = pairs.filter(({ completion }) => completion?.type === 'ok')
  const byNode = Map.groupBy(served, ({ invocation }) => invocation.node ?? '')
  const endNs = ({ completion }: Pair): number => completion?.timeNs as number
  return new Map([...byNode].map(([node, all]) => [node, all.map(endNs).sort((a, b) => a - b)]))
}

const idleClients = (pairs: readonly Pair[], faults: RunRecord['faults']): readonly OutcomeFinding[] => {
  const served = servedAt(pairs)
  /** Process -> its fails since its last operation that did not fail. */
  const failing = new Map<Operation['process'], { readonly first: Pair; count: number }>()
  return pairs.flatMap((pair) => {
    const { invocation, completion } = pair
    const { process, node = '', timeNs: toNs } = invocation
    if (completion?.type !== 'fail') {
      failing.delete(process)
      return []
    }
    const run = failing.get(process) ?? { first: pair, count: 0 }
    failing.set(process, run)
    run.count++
    const { first, count } = run
    const fromNs = first.invocation.timeNs
    if (count !== LEAST_FAILS || toNs - fromNs < LEAST_SPAN_NS) return []
    const others = countIn(served.get(node) ?? [], fromNs + 1, toNs)
    if (others < LEAST_SERVED || isDisturbed(faults, fromNs, toNs)) return []
    const text = `process ${process} failed ${count} times in a row (${completion.error}), while ${others} operations of other processes on ${node} were ok`
    return [finding('a client that does not try', text, [first, pair])]
  })
}

const findIn = (record: RunRecord, vocabulary: Vocabulary): readonly OutcomeFinding[] => {
  const { pairs, faults } = record
  // Where isolation is promised, reading a failed value is an anomaly (G1a), and the transactions checker judges it.
  const isJudged = vocabulary.promises.every(isIsolationModel)
  const reads = readsIn(vocabulary, pairs)
  const writers = writersIn(vocabulary, pairs)
  return [
    ...(isJudged ? [] : failedButRead(vocabulary, reads, writers, record.workloadOptions?.initial)),
    ...otherTypes(reads, writers),
    ...misfits(pairs),
    ...unprovenFails(vocabulary, pairs),
    ...idleClients(pairs, faults),
  ]
}

/** The operations, by index of their invocations, whose outcomes cannot be trusted. */
export const distrustedIn = (record: RunRecord): ReadonlySet<number> =>
  new Set(
    record.vocabulary === null
      ? []
      : findIn(record, record.vocabulary).flatMap(({ operations }) => operations),
  )

const judge = (record: RunRecord): Judged => {
  const findings = findIn(record, record.vocabulary as Vocabulary)
  return conclude(findings, {
    seen: 'the outcomes that the client reported',
    clean: 'none contradicts another',
    unproven: null,
    kinds: KINDS,
    brokenIs: 'unknown',
    allows: (kind) => kind === 'no answer was taken for a fail',
    because: 'which can make no valid verdict invalid',
    aside: findings.length === 0 ? null : 'these outcomes cannot be trusted',
    details: {},
  })
}

export const outcomes = checkerOf({
  name: 'outcomes',
  finds:
    'mistakes in the client: failed operations that took effect, timeouts recorded as fail, fails without an attempt',
  needs: ['history', 'vocabulary'],
  promise: () => ({
    text: 'an operation recorded as fail never took effect; one with an unknown outcome is not recorded as fail',
    source: 'the client, not the cluster',
  }),
  judge,
})
