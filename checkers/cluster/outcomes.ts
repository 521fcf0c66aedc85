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
import type { Checker, Evidence } from '../../harness/api/verdict.ts'
import type { Identity, Vocabulary } from '../../harness/api/vocabulary.ts'
import { pairOperations } from '../../harness/history/pairs.ts'
import { isIsolationModel } from '../../harness/vocabularies/promises.ts'
import { mayChange, readsOf, writesOf } from '../../harness/vocabularies/vocabulary.ts'
import { countBy, type Judged } from '../checker-of.ts'

/** Says that an answer did not come. What was never sent, or came before any write, is definite all the same. */
const NO_ANSWER = /time[d ]*-?out|deadline|no answer|socket hang up|ECONNRESET|aborted/i
const DEFINITE = /connect|unsent|nothing was (?:sent|written)/i

const LEAST_FAILS = 30
/** Of others, meanwhile. */
const LEAST_SERVED = 15
const LEAST_SPAN_NS = 5e9

interface Found {
  readonly kind: 'a failed value was read' | 'no answer was taken for a fail' | 'a client that does not try'
  readonly text: string
  readonly operations: readonly Operation[]
}

const failedButRead = (vocabulary: Vocabulary, pairs: readonly Pair[]): readonly Found[] => {
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
      return [
        {
          kind: 'a failed value was read' as const,
          text,
          operations: [writer.invocation, reader.invocation],
        },
      ]
    })
  })
}

const unprovenFails = (vocabulary: Vocabulary, pairs: readonly Pair[]): readonly Found[] =>
  pairs.flatMap(({ invocation, completion }) => {
    const error = completion?.type === 'fail' ? (completion.error ?? '') : ''
    // Of what changes nothing a missing answer does no harm.
    if (!NO_ANSWER.test(error) || DEFINITE.test(error) || !mayChange(vocabulary, invocation)) return []
    const text = `operation ${invocation.index} (${invocation.f}) is a fail by the error ${JSON.stringify(error)}`
    return [{ kind: 'no answer was taken for a fail' as const, text, operations: [invocation] }]
  })

/** Faults may cut one client off and not another. */
const isDisturbed = (faults: RunRecord['faults'], fromNs: number, toNs: number): boolean =>
  (faults ?? []).some(
    ({ injectedAtNs = Number.POSITIVE_INFINITY, healedAtNs = Number.POSITIVE_INFINITY }) =>
      injectedAtNs < toNs && healedAtNs > fromNs,
  )

const idleClients = (pairs: readonly Pair[], faults: RunRecord['faults']): readonly Found[] => {
  const runs = new Map<Operation['process'], Pair[]>()
  const served = new Map<string, number[]>()
  const found: Found[] = []
  for (const pair of pairs) {
    const { node = '' } = pair.invocation
    if (pair.completion?.type === 'ok')
      served.set(node, [...(served.get(node) ?? []), pair.completion.timeNs])
  }
  for (const pair of pairs) {
    const { process } = pair.invocation
    runs.set(process, pair.completion?.type === 'fail' ? [...(runs.get(process) ?? []), pair] : [])
    const run = runs.get(process) as Pair[]
    const [first] = run
    if (first === undefined || run.length !== LEAST_FAILS) continue
    const [fromNs, toNs] = [first.invocation.timeNs, pair.invocation.timeNs]
    const others = (served.get(first.invocation.node ?? '') ?? []).filter(
      (ns) => ns > fromNs && ns < toNs,
    ).length
    if (toNs - fromNs < LEAST_SPAN_NS || others < LEAST_SERVED || isDisturbed(faults, fromNs, toNs)) continue
    const text = `process ${process} failed ${LEAST_FAILS} times in a row (${pair.completion?.error}), while ${others} operations of others on ${first.invocation.node} were ok`
    found.push({ kind: 'a client that does not try', text, operations: [first.invocation, pair.invocation] })
  }
  return found
}

const SHOWN = 10

const judge = (record: RunRecord): Judged => {
  const { history, faults } = record
  const vocabulary = record.vocabulary as Vocabulary
  const pairs = pairOperations(history)
  // Where isolation is promised, a failed value that was read is an anomaly of its own (G1a), and judged there.
  const isJudged = vocabulary.promises.every(isIsolationModel)
  const found = [
    ...(isJudged ? [] : failedButRead(vocabulary, pairs)),
    ...unprovenFails(vocabulary, pairs),
    ...idleClients(pairs, faults),
  ]
  const counts = countBy(found, ({ kind }) => kind)
  const [first] = found
  if (first === undefined)
    return { status: 'valid', summary: 'No outcome contradicts another.', evidence: [], details: counts }
  const evidence: Evidence = {
    title: Object.entries(counts)
      .map(([kind, count]) => `${kind}: ${count}`)
      .join(', '),
    text: found
      .slice(0, SHOWN)
      .map(({ kind, text }) => `${kind}: ${text}`)
      .join('\n'),
    operations: found.slice(0, SHOWN).flatMap(({ operations }) => operations.map(({ index }) => index)),
  }
  return {
    status: 'unknown',
    summary: `The client's outcomes cannot be trusted: ${first.text}.`,
    evidence: [evidence],
    details: counts,
  }
}

export const outcomes: Checker = {
  name: 'outcomes',
  finds: 'mistakes of the client’s: fails that happened, timeouts called fails, fails without an attempt',
  needs: ['history', 'vocabulary'],
  check: async (record) => ({
    checker: 'outcomes',
    promise: {
      text: 'a fail never happened, and what is in doubt is not called one',
      source: 'the client, not the cluster',
    },
    ...judge(record),
  }),
}
