/**
 * Causal consistency of register histories (Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency", POPL 2017,
 * table 2). A process is a session. An operation has as causes the earlier operations of its session and the write of the
 * value that it read, and their causes in turn, over all keys. A history whose written values are unique is causally
 * consistent if and only if it has none of these patterns:
 *
 * - read of nothing: a read finds nothing, although a write of that key is among its causes;
 * - overwritten read: a read finds a value that another write, which is among its causes, had replaced;
 * - invented read: nobody wrote the value;
 * - causes in a circle: an operation is among its own causes.
 *
 * The first two are a separate kind if a compare-and-set replaced such a value. Where reads may be old (`consistent-prefix`,
 * `eventual`), a plain read of this kind breaks no promise, because causal consistency over several registers was not promised.
 *
 * A compare-and-set that was applied reads and writes; one that was not applied restricts nothing. A failed operation never
 * happened. A write with an unknown outcome happened if its value was read.
 */

import type { PromiseName } from '../../harness/api/claims.ts'
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import { printJson } from '../../harness/support/json.ts'
import { REGISTER, type RegisterValue } from '../../harness/vocabularies/register.ts'
import { inText } from '../../harness/vocabularies/values.ts'
import { lowerBound } from '../lower-bound.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, finding, type Judged, notJudged } from '../verdict.ts'
import { CausalClocks, type JudgesNothing } from './causal-clocks.ts'
import { CausalOperations, causalOrder, NONE, NOTHING, valueRead, writtenBy } from './causal-operations.ts'
import { registersWindow } from './registers-window.ts'

const KINDS = [
  'read of nothing',
  'overwritten read',
  'swap of what was replaced',
  'invented read',
  'causes in a circle',
] as const

/** Kinds that an old answer explains; a compare-and-set never gives an old answer. */
const STALE: ReadonlySet<CausalFinding['kind']> = new Set(['read of nothing', 'overwritten read'])
type CausalFinding = Finding<(typeof KINDS)[number]>

const ANOMALIES: Readonly<Record<CausalFinding['kind'], string>> = {
  'read of nothing': 'read that misses a cause',
  'overwritten read': 'read that misses a cause',
  'swap of what was replaced': 'swap of an overwritten value',
  'invented read': 'read of a value nobody wrote',
  'causes in a circle': 'cyclic causality',
}

/** Writes of one key so far, by session, in the order of the session. */
type WritesOfKey = Map<number, number[]>

const note = (at: number, { session }: CausalOperations, writes: WritesOfKey): void => {
  const own = writes.get(session.at(at))
  if (own === undefined) writes.set(session.at(at), [at])
  else own.push(at)
}

/** What a read misses. */
interface Missed {
  readonly read: number
  readonly kind: 'read of nothing' | 'overwritten read' | 'invented read'
  /** The write that is among its causes. Absent: the value is invented. */
  readonly over?: number
}

/** The last write of a session that is within reach and is not the operation itself. */
const latestWithin = (
  writes: readonly number[],
  { place }: CausalOperations,
  reach: number,
  self: number,
): number | undefined => {
  const last = lowerBound(writes, (write) => place.at(write), reach + 1) - 1
  return writes[writes[last] === self ? last - 1 : last]
}

/**
 * A write of the key that shows the read to be old; null: there is none.
 *
 * @param writes of its key. Sessions that are over are taken out
 */
const missedBy = (
  at: number,
  operations: CausalOperations,
  clocks: CausalClocks,
  writes: WritesOfKey,
): Missed | null => {
  const { read, session, place } = operations
  const writer = operations.writerOf(at)
  if (read.at(at) !== NOTHING && writer === NONE) return { read: at, kind: 'invented read' }
  // Nothing was written to the key after that value.
  if (writer !== NONE && clocks.isOver(at, session.at(writer))) return null
  for (const [writing, all] of writes) {
    if (clocks.isOver(at, writing)) {
      writes.delete(writing)
      continue
    }
    const latest = latestWithin(all, operations, clocks.reach(at, writing), at)
    if (latest === undefined || latest === writer) continue
    if (writer === NONE) return { read: at, kind: 'read of nothing', over: latest }
    if (clocks.reach(latest, session.at(writer)) >= place.at(writer))
      return { read: at, kind: 'overwritten read', over: latest }
  }
  return null
}

/** Limit of sessions that matter at a time, times operations: the size of the vector clocks. */
const MOST_CELLS = 2e8
/** The number of operations of a cycle that are named. */
const MOST_NAMED = 10

/** Keys of which reads of nothing are judged, if all are too many. */
const MOST_KEYS = 4

/** The first keys of which nothing was read although something was written before it in the order. */
const emptiedKeys = (
  { keys, key, read, written }: CausalOperations,
  order: Int32Array,
): ReadonlySet<number> => {
  const isWritten = new Uint8Array(keys)
  const emptied = new Set<number>()
  for (const at of order) {
    if (written.at(at) !== NONE) isWritten[key.at(at)] = 1
    else if (read.at(at) === NOTHING && isWritten[key.at(at)] === 1) emptied.add(key.at(at))
    if (emptied.size === MOST_KEYS) break
  }
  return emptied
}

interface Found {
  readonly findings: readonly CausalFinding[]
  /** Reads of nothing that were not judged. */
  readonly left: number
}

/** Finds what is wrong, and puts it into words. */
class Judgement {
  readonly #pairs: Sequence<Pair>
  readonly #operations: CausalOperations

  constructor(pairs: Sequence<Pair>, operations: CausalOperations) {
    this.#pairs = pairs
    this.#operations = operations
  }

  /** Null: there are too many operations for so many cells of vector clocks. */
  find(mostCells: number): Found | null {
    const ordered = causalOrder(this.#operations)
    if ('circle' in ordered) return { findings: [this.#circle(ordered.circle)], left: 0 }
    const { order } = ordered
    const all = new CausalClocks(this.#operations, order, () => true)
    if (all.cells <= mostCells) return this.#judge(all, () => true)
    const few = emptiedKeys(this.#operations, order)
    const judges = (key: number): boolean => few.has(key)
    const some = new CausalClocks(this.#operations, order, judges)
    return some.cells <= mostCells ? this.#judge(some, judges) : null
  }

  #judge(clocks: CausalClocks, judgesNothing: JudgesNothing): Found {
    const { keys, key, read, written } = this.#operations
    const writes = Array.from({ length: keys }, (): WritesOfKey => new Map())
    const missed: Missed[] = []
    let left = 0
    clocks.each((at) => {
      const ofKey = writes[key.at(at)] as WritesOfKey
      if (written.at(at) !== NONE) note(at, this.#operations, ofKey)
      if (read.at(at) === NONE) return
      const isLeft = read.at(at) === NOTHING && !judgesNothing(key.at(at))
      if (isLeft) left++
      const found = isLeft ? null : missedBy(at, this.#operations, clocks, ofKey)
      if (found !== null) missed.push(found)
    })
    const findings = missed.sort((a, b) => a.read - b.read).map((each) => this.#inWords(each))
    return { findings, left }
  }

  #pairOf(at: number): Pair {
    return this.#pairs.at(this.#operations.pair.at(at)) as Pair
  }

  #found(kind: CausalFinding['kind'], text: string, operations: readonly number[]): CausalFinding {
    const pairs = operations.map((at) => this.#pairOf(at))
    return finding(kind, text, pairs)
  }

  #show(at: number): string {
    const { invocation } = this.#pairOf(at)
    const { key } = invocation.value as { key: number }
    return `operation ${invocation.index} (${invocation.f} of ${key} by process ${invocation.process})`
  }

  #circle(circle: readonly number[]): CausalFinding {
    const named = circle.slice(0, MOST_NAMED)
    const more = circle.length - named.length
    const others = more === 0 ? '' : ` and ${more} more`
    const text = `${named.map((at) => this.#show(at)).join(', ')}${others} are causes of each other`
    return this.#found('causes in a circle', text, named)
  }

  #inWords({ read, kind, over = read }: Missed): CausalFinding {
    const value = printJson(valueRead(this.#pairOf(read)))
    if (kind === 'invented read')
      return this.#found(kind, `${this.#show(read)} read ${value}, which nobody wrote`, [read])
    const isSwap = this.#operations.written.at(read) !== NONE
    const told = isSwap ? 'swap of what was replaced' : kind
    if (kind === 'read of nothing') {
      const text = `${this.#show(read)} read nothing, although ${this.#show(over)} is among its causes`
      return this.#found(told, text, [over, read])
    }
    const first = this.#operations.writerOf(read)
    const text = `${this.#show(read)} read ${value}, written by ${this.#show(first)}, although ${this.#show(over)}, which is among its causes, had replaced it`
    return this.#found(told, text, [first, over, read])
  }
}

/** @param mayBeOld whether a plain read may miss its causes */
export const judgeCausal = (
  record: RunRecord,
  initial: RegisterValue,
  mayBeOld: boolean,
  mostCells = MOST_CELLS,
): Judged => {
  const { pairs } = record
  const operations = new CausalOperations(pairs, initial)
  const { sessions, reads, count, twice } = operations
  if (twice !== null) {
    const { key, value } = writtenBy(pairs.at(operations.pair.at(twice)) as Pair)
    return notJudged(
      `${inText(value)} was written to key ${inText(key)} twice, so it is unknown which of the two writes was read`,
    )
  }
  const found = new Judgement(pairs, operations).find(mostCells)
  if (found === null)
    return notJudged(
      `${count} operations of ${sessions} processes on keys that stay in use are too many to judge`,
    )
  return conclude(found.findings, {
    seen: `${reads} reads of ${sessions} sessions`,
    clean: 'no read misses one of its causes',
    unproven:
      reads === 0
        ? 'nothing was read'
        : found.left > 0
          ? `${found.left} reads that found nothing are too many to judge`
          : null,
    aside:
      found.left === 0 || found.findings.length === 0
        ? null
        : `${found.left} more reads that found nothing were not judged`,
    kinds: KINDS,
    anomalies: ANOMALIES,
    allows: (kind) => mayBeOld && STALE.has(kind),
    details: { reads, sessions },
  })
}

/** Promises for reads that say nothing about causes. */
const OLD: readonly PromiseName[] = ['consistent-prefix', 'eventual']

export const causal = ({ initial }: { readonly initial: RegisterValue }): Checker =>
  checkerOf({
    name: 'causal',
    judgesBeginnings: true,
    window: registersWindow,
    finds: 'effects that are read without their causes, values that a cause of the read had replaced',
    needs: ['history'],
    promise: promisedOf(REGISTER, 'causal consistency: every session sees causes before effects'),
    judge: (record) => judgeCausal(record, initial, OLD.includes(promiseOf(record, REGISTER, 'read').name)),
  })
