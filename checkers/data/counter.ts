/**
 * Counters: every read is explained by an order of the adds. If only an eventual sum is promised, a read may lack any add,
 * and counts none that nobody asked for; once all replicas agree, the sum is exact, up to adds with unknown outcomes.
 */
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { COUNTER, type CounterCall, type CounterRead } from '../../harness/vocabularies/counter.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { type Answered, finalAnswers, foldLastReadsByObject } from '../final-answers.ts'
import { foldPairs } from '../fold.ts'
import { lowerBound } from '../lower-bound.ts'
import { type CounterInput, type CounterOutput, counter as model } from '../porcupine-ts/models/counter.ts'
import { conclude, type Finding, finding, type Judged } from '../verdict.ts'
import { linearizableObject } from './objects.ts'

const KINDS = ['wrong sum', 'impossible sum'] as const
type SumFinding = Finding<(typeof KINDS)[number]>

const keyOf = ({ invocation }: Pair): Scalar => (invocation.value as CounterCall['value']).key
const deltaOf = ({ invocation }: Pair): number => (invocation.value as { delta: number }).delta
const sumIn = ({ completion }: Answered): number => (completion.value as CounterRead).value
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** For adds in order of invocation: the sums of the first n of them. */
const sumsUpTo = (deltas: readonly number[]): readonly number[] => {
  const sums = [0]
  for (const delta of deltas) sums.push((sums.at(-1) as number) + delta)
  return sums
}

const isAnsweredRead = (pair: Pair): pair is Answered =>
  pair.invocation.f === 'read' && pair.completion?.type === 'ok'

/** Reads of a sum that no selection of the adds that had begun can have. */
const impossible = (adds: readonly Pair[], reads: readonly Pair[]): readonly SumFinding[] => {
  const least = sumsUpTo(adds.map((add) => Math.min(0, deltaOf(add))))
  const most = sumsUpTo(adds.map((add) => Math.max(0, deltaOf(add))))
  return reads.filter(isAnsweredRead).flatMap((read) => {
    const begun = lowerBound(adds, ({ invocation }) => invocation.index, read.completion.index)
    const [low, high, sum] = [least[begun] as number, most[begun] as number, sumIn(read)]
    if (sum >= low && sum <= high) return []
    const text = `key ${inText(keyOf(read))}: ${sum} was read, and the adds that had begun sum up to between ${low} and ${high}`
    return [finding('impossible sum', text, [read])]
  })
}

/** Above this many different sums, only their bounds are known. */
const MOST_SUMS = 100_000

/** Whether some selection of these adds has that sum. */
const canSumUpTo = (deltas: readonly number[], sum: number): boolean => {
  let reached = new Set([0])
  for (const delta of deltas) {
    reached = new Set([...reached, ...[...reached].map((each) => each + delta)])
    if (reached.size > MOST_SUMS)
      return (
        sum >= total(deltas.filter((each) => each < 0)) && sum <= total(deltas.filter((each) => each > 0))
      )
  }
  return reached.has(sum)
}

interface AtTheEnd {
  readonly findings: readonly SumFinding[]
  readonly unproven: string | null
}

const judgeEnd = (
  key: Scalar,
  adds: readonly Pair[],
  end: readonly Answered[],
  record: RunRecord,
): AtTheEnd => {
  const { answers, unproven } = finalAnswers(end, record)
  const sums = new Set(answers.map(sumIn))
  const [sum] = sums
  if (unproven !== null || sum === undefined) return { findings: [], unproven }
  if (sums.size > 1)
    return { findings: [], unproven: `the last reads of key ${inText(key)} differ (${[...sums].join(', ')})` }
  const acknowledged = total(adds.filter(({ completion }) => completion?.type === 'ok').map(deltaOf))
  const unknown = adds.filter(({ completion }) => completion?.type !== 'ok').map(deltaOf)
  if (canSumUpTo(unknown, sum - acknowledged)) return { findings: [], unproven: null }
  const text = `key ${inText(key)}: at the end every read showed ${sum}, and the acknowledged adds sum up to ${acknowledged} (${unknown.length} with unknown outcomes)`
  return { findings: [finding('wrong sum', text, answers)], unproven: null }
}

const eventual = (record: RunRecord): Judged => {
  const end = foldPairs(record, foldLastReadsByObject(record, COUNTER, keyOf))
  const byKey = [...Map.groupBy(record.pairs, keyOf)].map(([key, pairs]) => {
    const adds = pairs.filter(
      ({ invocation, completion }) => invocation.f === 'add' && completion?.type !== 'fail',
    )
    const { findings, unproven } = judgeEnd(key, adds, end.get(key) ?? [], record)
    return { adds, unproven, findings: [...findings, ...impossible(adds, pairs)] }
  })
  const adds = total(byKey.map((each) => each.adds.length))
  return conclude(
    byKey.flatMap(({ findings }) => findings),
    {
      seen: `${adds} adds to ${byKey.length} counters`,
      clean: 'at the end every read showed their sum',
      unproven:
        byKey.length === 0 ? 'there was none' : (byKey.find((each) => each.unproven)?.unproven ?? null),
      kinds: KINDS,
      anomalies: { 'wrong sum': 'wrong sum', 'impossible sum': 'impossible sum' },
      blamed: 'read',
      details: { adds, counters: byKey.length },
    },
  )
}

export const counter = linearizableObject<number, CounterInput, CounterOutput>('counter', {
  finds: 'additions that are lost or counted twice, reads that go back',
  vocabulary: COUNTER,
  holds: null,
  model,
  reference: { file: 'counter', name: 'counter' },
  read: ({ invocation, completion }) => {
    const call = { f: invocation.f, value: invocation.value } as CounterCall
    if (call.f === 'add')
      return { input: { f: 'add', key: call.value.key, delta: call.value.delta }, output: { value: null } }
    if (completion?.type !== 'ok') return null
    const { value } = completion.value as CounterRead
    return { input: { f: 'read', key: call.value.key }, output: { value } }
  },
  weaker: { eventual },
})
