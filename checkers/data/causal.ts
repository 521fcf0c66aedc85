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
import { held, inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { lowerBound } from '../lower-bound.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, finding, type Judged, notJudged } from '../verdict.ts'
import { registersWindow } from './registers-window.ts'

/** One operation as a step of its session. */
interface Node {
  readonly pair: Pair
  readonly key: Scalar
  /** Undefined: it does not read. */
  readonly read: RegisterValue | undefined
  /** Null: it does not write. */
  readonly written: Scalar | null
  readonly session: number
  /** Within its session, from 1. */
  readonly place: number
}

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

const found = (kind: CausalFinding['kind'], text: string, nodes: readonly Node[]): CausalFinding =>
  finding(
    kind,
    text,
    nodes.map(({ pair }) => pair),
  )

type Meaning = Pick<Node, 'key' | 'read' | 'written'>

/** Null for an operation that restricts nothing. */
const meaningOf = ({ invocation, completion }: Pair): Meaning | null => {
  const { f, value } = invocation
  const { key } = value as { key: Scalar }
  if (completion?.type === 'fail') return null
  const isOk = completion?.type === 'ok'
  if (f === 'write') return { key, read: undefined, written: (value as { value: Scalar }).value }
  if (f === 'cas') {
    const { expected, next } = value as { expected: RegisterValue; next: Scalar }
    // If the outcome is unknown, it is also unknown whether it read the expected value.
    if (!isOk) return { key, read: undefined, written: next }
    return (completion.value as { applied: boolean }).applied ? { key, read: expected, written: next } : null
  }
  return isOk ? { key, read: (completion.value as { value: RegisterValue }).value, written: null } : null
}

/** @param initial the value of an unwritten register: reading it means finding nothing */
const nodesOf = (pairs: Sequence<Pair>, initial: RegisterValue): readonly Node[] => {
  const sessions = new Map<number | string, { readonly session: number; length: number }>()
  return pairs.flatMap((pair) => {
    const meaning = meaningOf(pair)
    if (meaning === null) return []
    const { process } = pair.invocation
    const known = sessions.get(process) ?? { session: sessions.size, length: 0 }
    sessions.set(process, known)
    known.length++
    const read = meaning.read === initial ? null : meaning.read
    return [{ pair, ...meaning, read, session: known.session, place: known.length }]
  })
}

/** Index in the list of nodes -> its direct causes. */
const causesOf = (nodes: readonly Node[], writers: ReadonlyMap<string, number>): readonly number[][] => {
  const last = new Map<number, number>()
  return nodes.map(({ key, read, session }, at) => {
    const before = last.get(session)
    last.set(session, at)
    const writer = read == null ? undefined : writers.get(held(key, read))
    return [before, writer].filter((cause) => cause !== undefined && cause !== at) as number[]
  })
}

/** Causes before effects; shorter than the list if there is a cycle. */
const inOrder = (causes: readonly (readonly number[])[]): readonly number[] => {
  const left = causes.map((all) => all.length)
  const effects: number[][] = causes.map(() => [])
  for (const [at, all] of causes.entries()) for (const cause of all) (effects[cause] as number[]).push(at)
  const order = [...left.keys()].filter((at) => left[at] === 0)
  for (const at of order)
    for (const effect of effects[at] as number[]) {
      left[effect] = (left[effect] as number) - 1
      if (left[effect] === 0) order.push(effect)
    }
  return order
}

/** Node -> for each session, how far its causes reach into that session, including the node itself. */
const clocksOf = (
  nodes: readonly Node[],
  causes: readonly (readonly number[])[],
  order: readonly number[],
  sessions: number,
): readonly Int32Array[] => {
  const clocks: Int32Array[] = []
  for (const at of order) {
    const clock = new Int32Array(sessions)
    for (const cause of causes[at] as readonly number[]) {
      const reached = clocks[cause] as Int32Array
      for (let of = 0; of < sessions; of++)
        if ((reached[of] as number) > (clock[of] as number)) clock[of] = reached[of] as number
    }
    const { session, place } = nodes[at] as Node
    clock[session] = place
    clocks[at] = clock
  }
  return clocks
}

/** Key -> session -> the writes of that key in the session, in order. */
type Writes = ReadonlyMap<Scalar, ReadonlyMap<number, readonly number[]>>

const writesOf = (nodes: readonly Node[]): Writes => {
  const writes = new Map<Scalar, Map<number, number[]>>()
  for (const [at, { key, written, session }] of nodes.entries()) {
    if (written === null) continue
    const ofKey = writes.get(key) ?? new Map<number, number[]>()
    writes.set(key, ofKey)
    const ofSession = ofKey.get(session) ?? []
    ofKey.set(session, ofSession)
    ofSession.push(at)
  }
  return writes
}

const show = ({ pair: { invocation } }: Node): string =>
  `operation ${invocation.index} (${invocation.f} of ${(invocation.value as { key: number }).key} by process ${invocation.process})`

/** The last write of a session that is within reach and is not the node itself. */
const latestWithin = (
  writes: readonly number[],
  nodes: readonly Node[],
  reach: number,
  self: number,
): number | undefined => {
  const last = lowerBound(writes, (write) => (nodes[write] as Node).place, reach + 1) - 1
  return writes[writes[last] === self ? last - 1 : last]
}

const staleKind = ({ written }: Node, kind: CausalFinding['kind']): CausalFinding['kind'] =>
  written === null ? kind : 'swap of what was replaced'

const judgeRead = (
  at: number,
  nodes: readonly Node[],
  clocks: readonly Int32Array[],
  writes: Writes,
  writers: ReadonlyMap<string, number>,
): CausalFinding | null => {
  const node = nodes[at] as Node
  const { key, read } = node
  const writer = read == null ? null : writers.get(held(key, read))
  if (writer === undefined)
    return found('invented read', `${show(node)} read ${printJson(read)}, which nobody wrote`, [node])
  for (const [session, all] of writes.get(key) ?? []) {
    const reach = (clocks[at] as Int32Array)[session] as number
    const latest = latestWithin(all, nodes, reach, at)
    if (latest === undefined || latest === writer) continue
    const over = nodes[latest] as Node
    if (writer === null) {
      const text = `${show(node)} read nothing, although ${show(over)} is among its causes`
      return found(staleKind(node, 'read of nothing'), text, [over, node])
    }
    const first = nodes[writer] as Node
    if (((clocks[latest] as Int32Array)[first.session] as number) < first.place) continue
    const text = `${show(node)} read ${printJson(read)}, written by ${show(first)}, although ${show(over)}, which is among its causes, had replaced it`
    return found(staleKind(node, 'overwritten read'), text, [first, over, node])
  }
  return null
}

/** Limit of sessions times operations, the size of the vector clocks. */
const MOST_CELLS = 2e8
/** The number of operations of a cycle that are named. */
const MOST_NAMED = 10

const findBroken = (
  nodes: readonly Node[],
  writers: ReadonlyMap<string, number>,
): readonly CausalFinding[] => {
  const causes = causesOf(nodes, writers)
  const order = inOrder(causes)
  if (order.length < nodes.length) {
    const ordered = new Set(order)
    const circle = nodes.filter((_, at) => !ordered.has(at)).slice(0, MOST_NAMED)
    const text = `at least ${circle.length} operations are their own causes, or come after such operations`
    return [found('causes in a circle', text, circle)]
  }
  const sessions = nodes.reduce((most, { session }) => Math.max(most, session + 1), 0)
  const clocks = clocksOf(nodes, causes, order, sessions)
  const writes = writesOf(nodes)
  return nodes.flatMap(({ read }, at) =>
    read === undefined ? [] : (judgeRead(at, nodes, clocks, writes, writers) ?? []),
  )
}

/** @param mayBeOld whether a plain read may miss its causes */
export const judgeCausal = (record: RunRecord, initial: RegisterValue, mayBeOld: boolean): Judged => {
  const { pairs } = record
  const nodes = nodesOf(pairs, initial)
  const writers = new Map<string, number>()
  for (const [at, { key, written }] of nodes.entries()) {
    if (written === null) continue
    if (writers.has(held(key, written)))
      return notJudged(
        `${inText(written)} was written to key ${inText(key)} twice, so it is unknown which of the two writes was read`,
      )
    writers.set(held(key, written), at)
  }
  const sessions = new Set(nodes.map(({ session }) => session)).size
  if (sessions * nodes.length > MOST_CELLS)
    return notJudged(`${nodes.length} operations of ${sessions} processes are too many to judge`)
  const reads = nodes.filter(({ read }) => read !== undefined).length
  return conclude(findBroken(nodes, writers), {
    seen: `${reads} reads of ${sessions} sessions`,
    clean: 'no read misses one of its causes',
    unproven: reads === 0 ? 'nothing was read' : null,
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
