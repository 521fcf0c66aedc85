/**
 * Logs with offsets. `log-order` judges linearizability: every offset and every read is as if the appends came one after
 * another. `log-offsets` judges what must hold for any log, even with stale reads: one value per offset, no value lost or
 * duplicated, and all reads of a key are prefixes of one log. A log `at-least-once` may hold a value again, one `at-most-once`
 * may give the offset of a value that was acknowledged, and never read, to another.
 */

import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import {
  APPEND_LOG,
  type Appended,
  type LogCall,
  type LogRead,
} from '../../harness/vocabularies/append-log.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { type LogInput, type LogOutput, appendLog as model } from '../porcupine-ts/models/append-log.ts'
import { promisedOf, weakestOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'
import { linearizableObject } from './objects.ts'

export const logOrder = linearizableObject<readonly Scalar[], LogInput, LogOutput>('log-order', {
  finds: 'appends and reads that no order of the operations explains',
  vocabulary: APPEND_LOG,
  holds: null,
  model,
  reference: { file: 'append-log', name: 'appendLog' },
  read: ({ invocation, completion }) => {
    const call = { f: invocation.f, value: invocation.value } as LogCall
    if (call.f === 'append') {
      const output = completion?.type === 'ok' ? (completion.value as Appended).offset : null
      return { input: { f: 'append', key: call.value.key, value: call.value.value }, output }
    }
    if (completion?.type !== 'ok') return null
    return { input: { f: 'read', key: call.value.key }, output: (completion.value as LogRead).values }
  },
  anomaly: (pairs) => anomalyIn(pairs),
  // Counting judges how often a value is in the log.
  leaves: ['at-least-once', 'at-most-once'],
})

const KINDS = ['lost', 'duplicated', 'diverging', 'misplaced', 'unexpected'] as const
type LogFinding = Finding<(typeof KINDS)[number]>

const ANOMALIES: Readonly<Record<LogFinding['kind'], string>> = {
  lost: 'lost element',
  duplicated: 'duplicate element',
  diverging: 'diverging logs',
  misplaced: 'wrong offset',
  unexpected: 'element nobody added',
}

/** What is wrong by counting alone in a history that no order explains. */
const anomalyIn = (pairs: Sequence<Pair>): string | undefined => {
  const found = [...byKey(pairs)].flatMap(([key, each]) => judgeKey(key, each))
  return KINDS.filter((kind) => found.some((each) => each.kind === kind)).map((kind) => ANOMALIES[kind])[0]
}

interface KeyHistory {
  readonly appends: Map<Scalar, Pair>
  readonly reads: { readonly pair: Pair; readonly values: readonly Scalar[] }[]
}

const byKey = (pairs: Sequence<Pair>): ReadonlyMap<Scalar, KeyHistory> => {
  const keys = new Map<Scalar, KeyHistory>()
  for (const pair of pairs) {
    const call = { f: pair.invocation.f, value: pair.invocation.value } as LogCall
    const known = keys.get(call.value.key) ?? { appends: new Map<Scalar, Pair>(), reads: [] }
    keys.set(call.value.key, known)
    if (call.f === 'append') known.appends.set(call.value.value, pair)
    else if (pair.completion?.type === 'ok')
      known.reads.push({ pair, values: (pair.completion.value as LogRead).values })
  }
  return keys
}

type LogOfKey = KeyHistory['reads'][number]

const longestOf = (reads: readonly LogOfKey[]): LogOfKey | null =>
  reads.reduce<LogOfKey | null>((a, b) => (a === null || b.values.length > a.values.length ? b : a), null)

const shown = (value: Scalar | undefined): string => (value === undefined ? 'nothing' : inText(value))

/** Reads of one key that are not a prefix of the longest read. */
const divergingReads = (key: Scalar, reads: readonly LogOfKey[], longest: LogOfKey): readonly LogFinding[] =>
  reads.flatMap(({ pair, values }) => {
    const at = values.findIndex((value, offset) => value !== longest.values[offset])
    if (at === -1) return []
    const told = `${shown(values[at])} in one read, ${shown(longest.values[at])} in another`
    const read = [pair, longest.pair]
    const row = tableRow([inText(key), at, shown(values[at]), told], indicesOf(read), 'diverging')
    return [finding('diverging', `key ${inText(key)}, offset ${at}: ${told}`, read, [row])]
  })

const indicesOf = (pairs: Sequence<Pair>): readonly number[] =>
  pairs.map(({ invocation }) => invocation.index)

/** Value -> the offsets at which it was read. */
const offsetsIn = (values: readonly Scalar[]): ReadonlyMap<Scalar, readonly number[]> => {
  const offsets = new Map<Scalar, number[]>()
  for (const [offset, value] of values.entries()) offsets.set(value, [...(offsets.get(value) ?? []), offset])
  return offsets
}

const COLUMNS = ['log', 'offset', 'value', 'what is wrong']

const judgeKey = (key: Scalar, { appends, reads }: KeyHistory): readonly LogFinding[] => {
  const longest = longestOf(reads)
  if (longest === null) return []
  const { values } = longest
  const found = [...divergingReads(key, reads, longest)]
  const add = (
    kind: LogFinding['kind'],
    {
      offset,
      value,
      text,
    }: { readonly offset: number | undefined; readonly value: Scalar; readonly text: string },
    ...pairs: readonly Pair[]
  ): void => {
    const concerned = [...pairs, longest.pair]
    const row = tableRow([inText(key), offset ?? '', inText(value), text], indicesOf(concerned), kind)
    found.push(finding(kind, `key ${inText(key)}: ${text}`, concerned, [row]))
  }
  const offsets = offsetsIn(values)
  for (const [value, [first, ...others]] of offsets) {
    const append = appends.get(value)
    for (const offset of others)
      add('duplicated', { offset, value, text: `${inText(value)} at offsets ${first} and ${offset}` })
    if (append === undefined || append.completion?.type === 'fail')
      add('unexpected', {
        offset: first,
        value,
        text: `${inText(value)} at offset ${first} was never appended`,
      })
  }
  for (const [value, pair] of appends) {
    if (pair.completion?.type !== 'ok') continue
    const told = (pair.completion.value as Appended).offset
    const at = offsets.get(value)
    const answer = `the append of ${inText(value)} returned offset ${told}`
    // A shorter read may be older, but a read that reaches beyond the offset must contain the value.
    if (at === undefined && told < values.length)
      add('lost', { offset: told, value, text: `${answer}, where ${shown(values[told])} was read` }, pair)
    else if (at !== undefined && !at.includes(told))
      add(
        'misplaced',
        { offset: told, value, text: `${answer}, but it was read at ${at.join(' and ')}` },
        pair,
      )
  }
  return found
}

const judge = (record: RunRecord): Judged => {
  const { pairs } = record
  const { name } = weakestOf(record, APPEND_LOG)
  const keys = byKey(pairs)
  const reads = [...keys.values()].reduce((sum, each) => sum + each.reads.length, 0)
  return conclude(
    [...keys].flatMap(([key, each]) => judgeKey(key, each)),
    {
      seen: `${reads} reads of ${keys.size} logs`,
      clean: 'they agree with each other and with every offset returned',
      unproven: reads === 0 ? 'none was read' : null,
      kinds: KINDS,
      allows: (kind) =>
        (kind === 'duplicated' && name === 'at-least-once') || (kind === 'lost' && name === 'at-most-once'),
      anomalies: ANOMALIES,
      table: { columns: COLUMNS },
      details: { keys: keys.size, reads },
    },
  )
}

export const logOffsets = checkerOf({
  name: 'log-offsets',
  judgesBeginnings: true,
  judgesObjects: () => true,
  finds: 'values that are lost, duplicated or not at the offset that was returned; logs that diverge',
  needs: ['history'],
  promise: promisedOf(
    APPEND_LOG,
    'one value per offset, none lost or duplicated; all reads are prefixes of one log',
  ),
  judge,
})
