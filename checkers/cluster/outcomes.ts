/**
 * A linter of outcomes: mistakes of clients, which would put false blame on a cluster or hide its own. What it finds makes a
 * run unknown, never invalid: it is the client's word that cannot be trusted.
 *
 * - a `fail` whose value (unique in the history) was read all the same: it happened;
 * - a `fail` for want of an answer: a timeout proves nothing;
 * - one process that only ever fails, while others of the same node are served: it does not even try.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Identity, Vocabulary } from '../../harness/api/vocabulary.ts'
import { isIsolationModel } from '../../harness/vocabularies/promises.ts'
import { mayChange, readsOf, writesOf } from '../../harness/vocabularies/vocabulary.ts'
import { countIn } from '../lower-bound.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'

/** Says that an answer did not come. What was never sent, or came before any write, is definite all the same. */
const NO_ANSWER = /time[d ]*-?out|deadline|no answer|socket hang up|ECONNRESET|aborted/i
const DEFINITE = /connect|unsent|nothing was (?:sent|written)/i

const LEAST_FAILS = 30
/** Of others, meanwhile. */
const LEAST_SERVED = 15
const LEAST_SPAN_NS = 5e9

const KINDS = [
  'a failed value was read',
  'no answer was taken for a fail',
  'a client that does not try',
] as const
type OutcomeFinding = Finding<(typeof KINDS)[number]>

const failedButRead = (vocabulary: Vocabulary, pairs: readonly Pair[]): readonly OutcomeFinding[] => {
  const failed = new Map<Identity, Pair>()
  for (const pair of pairs)
    if (pair.completion?.type === 'fail')
      for (const written of writesOf(vocabulary, pair.invocation)) failed.set(written, pair)
  // A value that was also written by another operation proves nothing.
  for (const { invocation, completion } of pairs)
    if (completion?.type !== 'fail')
      for (const written of writesOf(vocabulary, invocation)) failed.delete(written)
  return pairs.flatMap((reader) => {
    const { completion } = reader
    if (completion?.type !== 'ok') return []
    return readsOf(vocabulary, completion.f, completion.value).flatMap((read) => {
      const writer = failed.get(read)
      if (writer === undefined) return []
      failed.delete(read)
      const text = `operation ${writer.invocation.index} failed (${writer.completion?.error}), and operation ${reader.invocation.index} read what it wrote (${read})`
      return [finding('a failed value was read', text, [writer, reader])]
    })
  })
}

const unprovenFails = (vocabulary: Vocabulary, pairs: readonly Pair[]): readonly OutcomeFinding[] =>
  pairs.flatMap((pair) => {
    const { invocation, completion } = pair
    const error = completion?.type === 'fail' ? (completion.error ?? '') : ''
    // Of what changes nothing a missing answer does no harm.
    if (!NO_ANSWER.test(error) || DEFINITE.test(error) || !mayChange(vocabulary, invocation)) return []
    const text = `operation ${invocation.index} (${invocation.f}) is a fail by the error ${JSON.stringify(error)}`
    return [finding('no answer was taken for a fail', text, [pair])]
  })

/** Faults may cut one client off and not another. */
const isDisturbed = (faults: RunRecord['faults'], fromNs: number, toNs: number): boolean =>
  (faults ?? []).some(
    ({ injectedAtNs = Number.POSITIVE_INFINITY, healedAtNs = Number.POSITIVE_INFINITY }) =>
      injectedAtNs < toNs && healedAtNs > fromNs,
  )

/** Node -> when operations on it were answered with ok, ascending. */
const servedAt = (pairs: readonly Pair[]): ReadonlyMap<string, readonly number[]> => {
  const served = pairs.filter(({ completion }) => completion?.type === 'ok')
  const byNode = Map.groupBy(served, ({ invocation }) => invocation.node ?? '')
  const endNs = ({ completion }: Pair): number => completion?.timeNs as number
  return new Map([...byNode].map(([node, all]) => [node, all.map(endNs).sort((a, b) => a - b)]))
}

const idleClients = (pairs: readonly Pair[], faults: RunRecord['faults']): readonly OutcomeFinding[] => {
  const served = servedAt(pairs)
  /** Process -> the fails since it was last served. */
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
    const text = `process ${process} failed ${count} times in a row (${completion.error}), while ${others} operations of others on ${node} were ok`
    return [finding('a client that does not try', text, [first, pair])]
  })
}

const judge = (record: RunRecord): Judged => {
  const { pairs, faults } = record
  const vocabulary = record.vocabulary as Vocabulary
  // Where isolation is promised, a failed value that was read is an anomaly of its own (G1a), and judged there.
  const isJudged = vocabulary.promises.every(isIsolationModel)
  const findings = [
    ...(isJudged ? [] : failedButRead(vocabulary, pairs)),
    ...unprovenFails(vocabulary, pairs),
    ...idleClients(pairs, faults),
  ]
  return conclude(findings, {
    seen: 'the outcomes that the client told',
    clean: 'none contradicts another',
    unproven: null,
    kinds: KINDS,
    brokenIs: 'unknown',
    aside: findings.length === 0 ? null : 'they cannot be trusted',
    details: {},
  })
}

export const outcomes = checkerOf({
  name: 'outcomes',
  finds: 'mistakes of the client’s: fails that happened, timeouts called fails, fails without an attempt',
  needs: ['history', 'vocabulary'],
  promise: () => ({
    text: 'a fail never happened, and what is in doubt is not called one',
    source: 'the client, not the cluster',
  }),
  judge,
})
