/**
 * Logs with offsets: `log-order` judges linearizability (every offset and every read as if appends had come one after
 * another), `log-offsets` what must hold of any log, however stale its reads: one value an offset, no value lost or twice,
 * and all reads of one key prefixes of one log.
 */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import {
  APPEND_LOG,
  type Appended,
  type LogCall,
  type LogRead,
} from '../../harness/vocabularies/append-log.ts'
import { checkerOf, type Judged } from '../checker-of.ts'
import { type LogInput, type LogOutput, appendLog as model } from '../porcupine-ts/models/append-log.ts'
import { linearizableObject } from './objects.ts'

export const logOrder = linearizableObject<readonly number[], LogInput, LogOutput>('log-order', {
  finds: 'appends and reads that no order explains',
  vocabulary: APPEND_LOG,
  promise: 'append, read: linearizable',
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

interface Found {
  readonly kind: 'diverging' | 'lost' | 'duplicated' | 'misplaced' | 'unexpected'
  readonly text: string
  readonly pairs: readonly Pair[]
}

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

const judgeKey = (key: number, { appends, reads }: KeyHistory): readonly Found[] => {
  const found: Found[] = []
  const longest = reads.reduce(
    (a, b) => (b.values.length > a.values.length ? b : a),
    reads[0] as KeyHistory['reads'][number],
  )
  const values = longest?.values ?? []
  for (const { pair, values: read } of reads) {
    const at = read.findIndex((value, offset) => value !== values[offset])
    if (at === -1) continue
    const text = `key ${key}, offset ${at}: ${read[at]} in one read, ${values[at]} in another`
    found.push({ kind: 'diverging', text, pairs: [pair, longest.pair] })
  }
  const offsets = new Map<number, number>()
  for (const [offset, value] of values.entries()) {
    const first = offsets.get(value)
    const append = appends.get(value)
    if (first !== undefined)
      found.push({
        kind: 'duplicated',
        text: `key ${key}: ${value} at offsets ${first} and ${offset}`,
        pairs: [longest.pair],
      })
    else offsets.set(value, offset)
    if (append === undefined || append.completion?.type === 'fail')
      found.push({
        kind: 'unexpected',
        text: `key ${key}: ${value} at offset ${offset} was never appended`,
        pairs: [longest.pair],
      })
  }
  for (const [value, pair] of appends) {
    if (pair.completion?.type !== 'ok') continue
    const told = (pair.completion.value as Appended).offset
    const at = offsets.get(value)
    // A read that is shorter may be older; one that is longer must have it.
    if (at === undefined && told < values.length)
      found.push({
        kind: 'lost',
        text: `key ${key}: ${value} was told offset ${told}, where ${values[told]} was read`,
        pairs: [pair, longest.pair],
      })
    else if (at !== undefined && at !== told)
      found.push({
        kind: 'misplaced',
        text: `key ${key}: ${value} was told offset ${told}, and read at ${at}`,
        pairs: [pair, longest.pair],
      })
  }
  return found
}

const SHOWN = 10

const judge = ({ pairs }: RunRecord): Judged => {
  const keys = byKey(pairs)
  const found = [...keys].flatMap(([key, each]) => judgeKey(key, each))
  const counts = Object.fromEntries(
    [...new Set(found.map(({ kind }) => kind))].map((kind) => [
      kind,
      found.filter((each) => each.kind === kind).length,
    ]),
  )
  const reads = [...keys.values()].reduce((sum, each) => sum + each.reads.length, 0)
  const details = { keys: keys.size, reads, ...counts }
  if (found.length === 0)
    return {
      status: reads === 0 ? 'unknown' : 'valid',
      summary: `${reads} reads of ${keys.size} logs agree with each other and with every offset told.`,
      evidence: [],
      details,
    }
  const shown = found.slice(0, SHOWN)
  const evidence: Evidence = {
    title: Object.entries(counts)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', '),
    text: shown.map(({ kind, text }) => `${kind}: ${text}`).join('\n'),
    operations: shown.flatMap(({ pairs }) => pairs.map(({ invocation }) => invocation.index)),
  }
  return {
    status: 'invalid',
    summary: `Logs are broken: ${evidence.title}; first, ${found[0]?.text}.`,
    evidence: [evidence],
    details,
  }
}

export const logOffsets = checkerOf({
  name: 'log-offsets',
  finds: 'values lost, twice, or at another offset than was told; logs that diverge',
  needs: ['history'],
  promise: 'one value an offset, none lost or twice, all reads prefixes of one log',
  judge,
})
