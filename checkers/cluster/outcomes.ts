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
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import type { Identity, Vocabulary } from '../../harness/api/vocabulary.ts'
import { Growing } from '../../harness/support/growing.ts'
import { isIsolationModel } from '../../harness/vocabularies/promises.ts'
import { identitiesIn } from '../../harness/vocabularies/values.ts'
import { isRefused, mayChange, writesOf } from '../../harness/vocabularies/vocabulary.ts'
import { foldPairs } from '../fold.ts'
import { countIn } from '../lower-bound.ts'
import { conclude, type Finding, finding, foldingChecker, type Judged } from '../verdict.ts'
import { WrittenAndRead } from './written-and-read.ts'

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

/** Whether what was read is the value that an unchanged object has, by the options of the workload. */
const isInitial = (read: Identity, initial: unknown): boolean =>
  initial !== undefined && (read.endsWith(`=${initial}`) || read.endsWith(`=${JSON.stringify(initial)}`))

/** Identities put texts in quotes. */
const withoutType = (identity: Identity): string => identity.replaceAll('"', '')

/** What was read and not written, as far as is known. If another operation wrote the same value, reading it proves nothing. */
class ReadNotWritten {
  readonly #pairs: Sequence<Pair>
  readonly #vocabulary: Vocabulary
  readonly #refused: ReadonlyMap<Identity, readonly number[]>
  readonly #reads: ReadonlyMap<Identity, readonly number[]>

  constructor(pairs: Sequence<Pair>, vocabulary: Vocabulary, values: WrittenAndRead) {
    const { refused, unexplained } = values.result(pairs)
    this.#pairs = pairs
    this.#vocabulary = vocabulary
    this.#refused = refused
    this.#reads = unexplained
  }

  /** @param initial value of an object, by the options of the workload */
  failedButRead(initial: unknown): readonly OutcomeFinding[] {
    const at = (place: number): Pair => this.#pairs.at(place) as Pair
    return [...this.#reads].flatMap(([read, readers]) => {
      const writers = this.#refused.get(read)
      if (writers === undefined || isInitial(read, initial)) return []
      for (const reader of readers.map(at)) {
        // A read that was over before the write began did not read it.
        const isBefore = ({ invocation }: Pair): boolean =>
          invocation.index < (reader.completion?.index as number)
        const writer = writers.map(at).find(isBefore)
        if (writer === undefined) continue
        const text = `operation ${writer.invocation.index} ${refusalOf(this.#vocabulary, writer)}, but operation ${reader.invocation.index} read the value it wrote (${read})`
        return [finding('a failed value was read', text, [writer, reader])]
      }
      return []
    })
  }

  otherTypes(): readonly OutcomeFinding[] {
    const unknown = [...this.#reads].filter(([read]) => !this.#refused.has(read))
    if (unknown.length === 0) return []
    const wanted = new Set(unknown.map(([read]) => withoutType(read)))
    const written = new Map<string, Identity>()
    for (const { invocation } of this.#pairs)
      for (const each of writesOf(this.#vocabulary, invocation).flatMap(identitiesIn))
        if (wanted.has(withoutType(each))) written.set(withoutType(each), each)
    return unknown.flatMap(([read, [first]]) => {
      const meant = written.get(withoutType(read))
      if (meant === undefined || meant === read) return []
      const reader = this.#pairs.at(first as number) as Pair
      const text = `operation ${reader.invocation.index} read ${read}, and only ${meant} was written: the client returns another type than it was given`
      return [finding('a value of another type', text, [reader])]
    })
  }
}

const unprovenFail = (vocabulary: Vocabulary, pair: Pair): OutcomeFinding | null => {
  const { invocation, completion } = pair
  const error = completion?.type === 'fail' ? (completion.error ?? '') : ''
  // If a call changes nothing, a missing answer does no harm.
  if (!NO_ANSWER.test(error) || DEFINITE.test(error) || !mayChange(vocabulary, invocation)) return null
  const text = `operation ${invocation.index} (${invocation.f}) is recorded as fail with the error ${JSON.stringify(error)}`
  return finding('no answer was taken for a fail', text, [pair])
}

/** What the harness makes of an answer that does not fit has an unknown outcome. */
const misfit = (pair: Pair): OutcomeFinding | null => {
  if (pair.completion?.type !== 'info' || pair.completion.meta?.misfit !== true) return null
  const text = `operation ${pair.invocation.index}: ${pair.completion.error}`
  return finding('an answer that does not fit its call', text, [pair])
}

/** A fault may cut off one client and not another. */
const isDisturbed = (faults: RunRecord['faults'], fromNs: number, toNs: number): boolean =>
  (faults ?? []).some(
    ({
      injectedAtNs = Number.POSITIVE_INFINITY,
      injectingAtNs = injectedAtNs,
      healedAtNs = Number.POSITIVE_INFINITY,
    }) => injectingAtNs < toNs && healedAtNs > fromNs,
  )

/** A process that has failed so many times in a row. */
interface Failing {
  readonly first: Pair
  readonly last: Pair
}

const nodeOf = ({ invocation }: Pair): string => invocation.node ?? ''

/** Node -> the times at which operations on it were answered with ok. Few histories need it, so it is read from the history. */
const servedAt = (
  pairs: Sequence<Pair>,
  nodes: ReadonlySet<string>,
): ReadonlyMap<string, Float64Array<ArrayBuffer>> => {
  const times = new Map([...nodes].map((node) => [node, new Growing(Float64Array)]))
  for (const pair of pairs)
    if (pair.completion?.type === 'ok') times.get(nodeOf(pair))?.push(pair.completion.timeNs)
  return new Map([...times].map(([node, each]) => [node, each.all().sort()]))
}

class IdleClients {
  /** Process -> its fails since its last operation that did not fail. */
  readonly #failing = new Map<Operation['process'], { readonly first: Pair; count: number }>()
  readonly #suspects: Failing[] = []

  take(pair: Pair): void {
    const { invocation, completion } = pair
    const { process } = invocation
    if (completion?.type !== 'fail') {
      if (this.#failing.size > 0) this.#failing.delete(process)
      return
    }
    const run = this.#failing.get(process) ?? { first: pair, count: 0 }
    this.#failing.set(process, run)
    run.count++
    if (run.count === LEAST_FAILS) this.#suspects.push({ first: run.first, last: pair })
  }

  findings({ faults, pairs }: RunRecord): readonly OutcomeFinding[] {
    const suspects = this.#suspects.filter(({ first, last }) => {
      const [fromNs, toNs] = [first.invocation.timeNs, last.invocation.timeNs]
      return toNs - fromNs >= LEAST_SPAN_NS && !isDisturbed(faults, fromNs, toNs)
    })
    if (suspects.length === 0) return []
    const served = servedAt(pairs, new Set(suspects.map(({ last }) => nodeOf(last))))
    return suspects.flatMap(({ first, last }) => {
      const { process, timeNs: toNs } = last.invocation
      const node = nodeOf(last)
      const others = countIn(served.get(node) ?? [], first.invocation.timeNs + 1, toNs)
      if (others < LEAST_SERVED) return []
      const text = `process ${process} failed ${LEAST_FAILS} times in a row (${last.completion?.error}), while ${others} operations of other processes on ${node} were ok`
      return [finding('a client that does not try', text, [first, last])]
    })
  }
}

type Found = readonly OutcomeFinding[]

/** What was found in a record is asked for twice: by the checker, and for all other verdicts. */
const known = new WeakMap<RunRecord, Found>()

const foldOutcomes = (record: RunRecord, vocabulary: Vocabulary): Fold<Found> => {
  // Where isolation is promised, reading a failed value is an anomaly (G1a), and the transactions checker judges it.
  const isJudged = vocabulary.promises.every(isIsolationModel)
  const values = new WrittenAndRead(
    vocabulary,
    record.scratch,
    (pair) => refusalOf(vocabulary, pair) !== null,
  )
  const clients = new IdleClients()
  const single: OutcomeFinding[] = []
  return {
    take: (pair, place) => {
      values.take(pair, place)
      clients.take(pair)
      for (const each of [misfit(pair), unprovenFail(vocabulary, pair)]) if (each !== null) single.push(each)
    },
    result: () => {
      const read = new ReadNotWritten(record.pairs, vocabulary, values)
      const found = [
        ...(isJudged ? [] : read.failedButRead(record.workloadOptions?.initial)),
        ...read.otherTypes(),
        ...single,
        ...clients.findings(record),
      ]
      known.set(record, found)
      return found
    },
  }
}

/** The operations, by index of their invocations, whose outcomes cannot be trusted. */
export const distrustedIn = (record: RunRecord): ReadonlySet<number> => {
  const { vocabulary } = record
  if (vocabulary === null) return new Set()
  const found = known.get(record) ?? foldPairs(record, foldOutcomes(record, vocabulary))
  return new Set(found.flatMap(({ operations }) => operations))
}

const concludeOutcomes = (findings: Found): Judged =>
  conclude(findings, {
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

export const outcomes = foldingChecker({
  name: 'outcomes',
  finds:
    'mistakes in the client: failed operations that took effect, timeouts recorded as fail, fails without an attempt',
  needs: ['history', 'vocabulary'],
  promise: () => ({
    text: 'an operation recorded as fail never took effect; one with an unknown outcome is not recorded as fail',
    source: 'the client, not the cluster',
  }),
  fold: (record) => {
    const fold = foldOutcomes(record, record.vocabulary as Vocabulary)
    return { take: fold.take, result: () => concludeOutcomes(fold.result()) }
  },
})
