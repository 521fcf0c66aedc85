/**
 * Logs with offsets. `log-order` judges linearizability: every offset and every read is as if the appends came one after
 * another. `log-offsets` judges what must hold for any log, even with stale reads: one value per offset, no value lost or
 * duplicated, and all reads of a key are prefixes of one log. A log `at-least-once` may hold a value again, one `at-most-once`
 * may give the offset of a value that was acknowledged, and never read, to another.
 */

import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { Growing } from '../../harness/support/growing.ts'
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
import { conclude, type Finding, finding, foldingChecker, type Judged } from '../verdict.ts'
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
  const logs = new Logs(pairs)
  for (const [place, pair] of pairs.entries()) logs.take(pair, place)
  const found = logs.findings()
  return KINDS.filter((kind) => found.some((each) => each.kind === kind)).map((kind) => ANOMALIES[kind])[0]
}

/** A read, by the place of its pair, and its answer. */
interface LogOfKey {
  readonly place: number
  readonly values: readonly Scalar[]
}

interface KeyHistory {
  /** Value -> number of its last append. The same value may be appended several times. */
  readonly appends: Map<Scalar, number>
  /** The places of all reads. */
  readonly reads: number[]
  /** The first of the longest reads; null: there was none. */
  longest: LogOfKey | null
  /** Whether some read is no prefix of a longer one. */
  isDiverging: boolean
}

/** Where two logs differ first, in the length of the first one; -1: it is a prefix. */
const differsAt = (values: readonly Scalar[], longer: readonly Scalar[]): number =>
  values.findIndex((value, offset) => value !== longer[offset])

/** No append. */
const NONE = -1

/** What is kept of a history: of each log the longest read, of the other reads and of the appends a few numbers. */
class Logs {
  readonly #pairs: Sequence<Pair>
  readonly #keys = new Map<Scalar, KeyHistory>()
  readonly #appendedBy = new Growing(Int32Array)
  /** The append of the same value before it. */
  readonly #before = new Growing(Int32Array)
  /** The offset that an append returned; NaN: none. */
  readonly #offset = new Growing(Float64Array)
  /** 1: the append certainly had no effect. */
  readonly #isFailed = new Growing(Int32Array)
  reads = 0

  constructor(pairs: Sequence<Pair>) {
    this.#pairs = pairs
  }

  get keys(): number {
    return this.#keys.size
  }

  take({ invocation, completion }: Pair, place: number): void {
    const call = { f: invocation.f, value: invocation.value } as LogCall
    const log = this.#logOf(call.value.key)
    if (call.f === 'append') {
      this.#before.push(log.appends.get(call.value.value) ?? NONE)
      log.appends.set(call.value.value, this.#appendedBy.length)
      this.#appendedBy.push(place)
      this.#offset.push(completion?.type === 'ok' ? (completion.value as Appended).offset : Number.NaN)
      this.#isFailed.push(completion?.type === 'fail' ? 1 : 0)
    } else if (completion?.type === 'ok') {
      this.reads++
      log.reads.push(place)
      read(log, { place, values: (completion.value as LogRead).values })
    }
  }

  #logOf(key: Scalar): KeyHistory {
    const known = this.#keys.get(key)
    if (known !== undefined) return known
    const log: KeyHistory = { appends: new Map(), reads: [], longest: null, isDiverging: false }
    this.#keys.set(key, log)
    return log
  }

  findings(): readonly LogFinding[] {
    return [...this.#keys].flatMap(([key, log]) => this.#judgeKey(key, log))
  }

  #pairAt(place: number): Pair {
    return this.#pairs.at(place) as Pair
  }

  /** The appends of a value, the last one first. */
  *#chain(last: number | undefined): Generator<number> {
    for (let append = last ?? NONE; append !== NONE; append = this.#before.at(append)) yield append
  }

  /** How often the value may have been appended. */
  #possible(last: number | undefined): number {
    let count = 0
    for (const append of this.#chain(last)) if (this.#isFailed.at(append) === 0) count++
    return count
  }

  /** Reads of one key that are not a prefix of the longest read. */
  #divergingReads(key: Scalar, reads: readonly number[], longest: LogOfKey): readonly LogFinding[] {
    return reads.flatMap((place) => {
      const pair = this.#pairAt(place)
      const { values } = (pair.completion as Operation).value as LogRead
      const at = differsAt(values, longest.values)
      if (at === -1) return []
      const told = `${shown(values[at])} in one read, ${shown(longest.values[at])} in another`
      const concerned = [pair, this.#pairAt(longest.place)]
      const row = tableRow([inText(key), at, shown(values[at]), told], indicesOf(concerned), 'diverging')
      return [finding('diverging', `key ${inText(key)}, offset ${at}: ${told}`, concerned, [row])]
    })
  }

  #judgeKey(key: Scalar, { appends, reads, longest, isDiverging }: KeyHistory): readonly LogFinding[] {
    if (longest === null) return []
    const { values } = longest
    const found = isDiverging ? [...this.#divergingReads(key, reads, longest)] : []
    const add = (
      kind: LogFinding['kind'],
      { offset, value, text }: Wrong,
      ...pairs: readonly Pair[]
    ): void => {
      const concerned = [...pairs, this.#pairAt(longest.place)]
      const row = tableRow([inText(key), offset ?? '', inText(value), text], indicesOf(concerned), kind)
      found.push(finding(kind, `key ${inText(key)}: ${text}`, concerned, [row]))
    }
    const offsets = offsetsIn(values)
    for (const [value, read] of offsets) {
      const [first] = read
      const possible = this.#possible(appends.get(value))
      for (const offset of read.slice(Math.max(1, possible)))
        add('duplicated', { offset, value, text: `${inText(value)} at offsets ${first} and ${offset}` })
      if (possible === 0)
        add('unexpected', {
          offset: first,
          value,
          text: `${inText(value)} at offset ${first} was never appended`,
        })
    }
    for (const [value, last] of appends)
      for (const { kind, append, text } of this.#wrongOffsets(values, offsets.get(value), value, last)) {
        const told = `the append of ${inText(value)} returned offset ${this.#offset.at(append)}, ${text}`
        const wrong = { offset: this.#offset.at(append), value, text: told }
        add(kind, wrong, this.#pairAt(this.#appendedBy.at(append)))
      }
    return found
  }

  /**
   * Appends of a value that returned an offset at which it is not.
   *
   * @param values the longest read @param read the offsets at which it has the value @param last append of the value
   */
  *#wrongOffsets(
    values: readonly Scalar[],
    read: readonly number[] | undefined,
    value: Scalar,
    last: number,
  ): Generator<WrongOffset> {
    const isOnce = this.#before.at(last) === NONE
    const others = new Set<number>()
    for (const append of this.#chain(last)) {
      const told = this.#offset.at(append)
      if (Number.isNaN(told)) continue
      if (others.has(told)) yield { kind: 'misplaced', append, text: 'and so did another append of it' }
      others.add(told)
      // A shorter read may be older, but a read that reaches beyond the offset must contain the value.
      const isBeyond = told >= values.length && (read === undefined || !isOnce)
      if (isBeyond || values[told] === value) continue
      if (read === undefined) yield { kind: 'lost', append, text: `where ${shown(values[told])} was read` }
      else yield { kind: 'misplaced', append, text: `but it was read at ${read.join(' and ')}` }
    }
  }
}

interface WrongOffset {
  readonly kind: 'lost' | 'misplaced'
  readonly append: number
  readonly text: string
}

/** Something wrong with a value of a log. */
interface Wrong {
  readonly offset: number | undefined
  readonly value: Scalar
  readonly text: string
}

/** Compares a read with the longest one so far. Prefixes of prefixes are prefixes. */
const read = (log: KeyHistory, next: LogOfKey): void => {
  const { longest } = log
  const isLonger = longest === null || next.values.length > longest.values.length
  if (longest !== null && !log.isDiverging)
    log.isDiverging =
      (isLonger ? differsAt(longest.values, next.values) : differsAt(next.values, longest.values)) !== -1
  if (isLonger) log.longest = next
}

const shown = (value: Scalar | undefined): string => (value === undefined ? 'nothing' : inText(value))

const indicesOf = (pairs: Sequence<Pair>): readonly number[] =>
  pairs.map(({ invocation }) => invocation.index)

/** Value -> the offsets at which it was read. */
const offsetsIn = (values: readonly Scalar[]): ReadonlyMap<Scalar, readonly number[]> => {
  const offsets = new Map<Scalar, number[]>()
  for (const [offset, value] of values.entries()) {
    const known = offsets.get(value)
    if (known === undefined) offsets.set(value, [offset])
    else known.push(offset)
  }
  return offsets
}

const COLUMNS = ['log', 'offset', 'value', 'what is wrong']

const judge = (record: RunRecord, logs: Logs): Judged => {
  const { name } = weakestOf(record, APPEND_LOG)
  const { keys, reads } = logs
  return conclude(logs.findings(), {
    seen: `${reads} reads of ${keys} logs`,
    clean: 'they agree with each other and with every offset returned',
    unproven: reads === 0 ? 'none was read' : null,
    kinds: KINDS,
    allows: (kind) =>
      (kind === 'duplicated' && name === 'at-least-once') || (kind === 'lost' && name === 'at-most-once'),
    anomalies: ANOMALIES,
    table: { columns: COLUMNS },
    details: { keys, reads },
  })
}

export const logOffsets = foldingChecker({
  name: 'log-offsets',
  judgesBeginnings: true,
  judgesObjects: () => true,
  finds: 'values that are lost, duplicated or not at the offset that was returned; logs that diverge',
  needs: ['history'],
  promise: promisedOf(
    APPEND_LOG,
    'one value per offset, none lost or duplicated; all reads are prefixes of one log',
  ),
  fold: (record) => {
    const logs = new Logs(record.pairs)
    return { take: (pair, place) => logs.take(pair, place), result: () => judge(record, logs) }
  },
})
