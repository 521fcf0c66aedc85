/**
 * Logs with offsets: `log-order` judges linearizability (every offset and every read as if appends had come one after
 * another), `log-offsets` what must hold of any log, however stale its reads: one value an offset, no value lost or twice,
 * and all reads of one key prefixes of one log.
 */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import {
  APPEND_LOG,
  type Appended,
  type LogCall,
  type LogRead,
} from '../../harness/vocabularies/append-log.ts'
import { type LogInput, type LogOutput, appendLog as model } from '../porcupine-ts/models/append-log.ts'
import { promisedOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'
import { linearizableObject } from './objects.ts'

export const logOrder = linearizableObject<readonly number[], LogInput, LogOutput>('log-order', {
  finds: 'appends and reads that no order explains',
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
})

const KINDS = ['lost', 'duplicated', 'diverging', 'misplaced', 'unexpected'] as const
type LogFinding = Finding<(typeof KINDS)[number]>

interface KeyHistory {
  readonly appends: Map<number, Pair>
  readonly reads: { readonly pair: Pair; readonly values: readonly number[] }[]
}

const byKey = (pairs: readonly Pair[]): ReadonlyMap<number, KeyHistory> => {
  const keys = new Map<number, KeyHistory>()
  for (const pair of pairs) {
    const call = { f: pair.invocation.f, value: pair.invocation.value } as LogCall
    const known = keys.get(call.value.key) ?? { appends: new Map<number, Pair>(), reads: [] }
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

/** Reads of one key that are no prefix of the longest. */
const divergingReads = (key: number, reads: readonly LogOfKey[], longest: LogOfKey): readonly LogFinding[] =>
  reads.flatMap(({ pair, values }) => {
    const at = values.findIndex((value, offset) => value !== longest.values[offset])
    if (at === -1) return []
    const text = `key ${key}, offset ${at}: ${values[at]} in one read, ${longest.values[at]} in another`
    return [finding('diverging', text, [pair, longest.pair])]
  })

const judgeKey = (key: number, { appends, reads }: KeyHistory): readonly LogFinding[] => {
  const longest = longestOf(reads)
  if (longest === null) return []
  const { values } = longest
  const found = [...divergingReads(key, reads, longest)]
  const add = (kind: LogFinding['kind'], text: string, ...pairs: readonly Pair[]): void => {
    found.push(finding(kind, `key ${key}: ${text}`, [...pairs, longest.pair]))
  }
  const offsets = new Map<number, number>()
  for (const [offset, value] of values.entries()) {
    const first = offsets.get(value)
    const append = appends.get(value)
    if (first !== undefined) add('duplicated', `${value} at offsets ${first} and ${offset}`)
    else offsets.set(value, offset)
    if (append === undefined || append.completion?.type === 'fail')
      add('unexpected', `${value} at offset ${offset} was never appended`)
  }
  for (const [value, pair] of appends) {
    if (pair.completion?.type !== 'ok') continue
    const told = (pair.completion.value as Appended).offset
    const at = offsets.get(value)
    // A read that is shorter may be older; one that is longer must have it.
    if (at === undefined && told < values.length)
      add('lost', `${value} was told offset ${told}, where ${values[told]} was read`, pair)
    else if (at !== undefined && at !== told)
      add('misplaced', `${value} was told offset ${told}, and read at ${at}`, pair)
  }
  return found
}

const judge = ({ pairs }: RunRecord): Judged => {
  const keys = byKey(pairs)
  const reads = [...keys.values()].reduce((sum, each) => sum + each.reads.length, 0)
  return conclude(
    [...keys].flatMap(([key, each]) => judgeKey(key, each)),
    {
      seen: `${reads} reads of ${keys.size} logs`,
      clean: 'they agree with each other and with every offset told',
      unproven: reads === 0 ? 'none was read' : null,
      kinds: KINDS,
      details: { keys: keys.size, reads },
    },
  )
}

export const logOffsets = checkerOf({
  name: 'log-offsets',
  finds: 'values lost, twice, or at another offset than was told; logs that diverge',
  needs: ['history'],
  promise: promisedOf(APPEND_LOG, 'one value an offset, none lost or twice, all reads prefixes of one log'),
  judge,
})
