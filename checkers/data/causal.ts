/**
 * Causal consistency of register histories (Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency", POPL 2017,
 * table 2): a process is a session, what it did comes before what it does, and what was read before its reading; so causes
 * come before their effects, on whichever keys. A history whose written values are unique is causally consistent if and only
 * if it has none of these patterns:
 *
 * - read of nothing: a read finds nothing, though a write of that key is among its causes;
 * - overwritten read: a read finds a value that another write, itself among its causes, had replaced;
 * - invented read: nobody wrote the value;
 * - causes in a circle: an operation is among its own causes.
 *
 * The first two are told apart from a compare-and-set that replaced such a value, since where reads may be old (consistent
 * prefix) no more than a read breaks no promise: causal consistency over several registers was then not promised.
 *
 * A compare-and-set that was applied reads and writes; one that was not tells nothing. What failed never happened; a write in
 * doubt happened if its value was read.
 */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import { REGISTER, type RegisterValue } from '../../harness/vocabularies/register.ts'
import { lowerBound } from '../lower-bound.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, finding, type Judged, notJudged } from '../verdict.ts'

/** One operation as a session's step. */
interface Node {
  readonly pair: Pair
  readonly key: number
  /** Undefined: it does not read. */
  readonly read: RegisterValue | undefined
  /** Null: it does not write. */
  readonly written: number | null
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

/** What old answers explain; a compare-and-set gives none. */
const STALE: ReadonlySet<CausalFinding['kind']> = new Set(['read of nothing', 'overwritten read'])
type CausalFinding = Finding<(typeof KINDS)[number]>

const found = (kind: CausalFinding['kind'], text: string, nodes: readonly Node[]): CausalFinding =>
  finding(
    kind,
    text,
    nodes.map(({ pair }) => pair),
  )

type Meaning = Pick<Node, 'key' | 'read' | 'written'>

/** Null for what tells nothing. */
const meaningOf = ({ invocation, completion }: Pair): Meaning | null => {
  const { f, value } = invocation
  const { key } = value as { key: number }
  if (completion?.type === 'fail') return null
  const isOk = completion?.type === 'ok'
  if (f === 'write') return { key, read: undefined, written: (value as { value: number }).value }
  if (f === 'cas') {
    const { expected, next } = value as { expected: RegisterValue; next: number }
    // In doubt, whether it read what it expected is in doubt too.
    if (!isOk) return { key, read: undefined, written: next }
    return (completion.value as { applied: boolean }).applied ? { key, read: expected, written: next } : null
  }
  return isOk ? { key, read: (completion.value as { value: RegisterValue }).value, written: null } : null
}

/** @param initial what an unwritten register holds: to read it is to find nothing */
const nodesOf = (pairs: readonly Pair[], initial: RegisterValue): readonly Node[] => {
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

/** Index in the list of nodes -> those that must come right before it. */
const causesOf = (nodes: readonly Node[], writers: ReadonlyMap<string, number>): readonly number[][] => {
  const last = new Map<number, number>()
  return nodes.map(({ key, read, session }, at) => {
    const before = last.get(session)
    last.set(session, at)
    const writer = read == null ? undefined : writers.get(`${key} ${read}`)
    return [before, writer].filter((cause) => cause !== undefined && cause !== at) as number[]
  })
}

/** Causes before effects; shorter than the list where there is a circle. */
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

/** Node -> of each session, how far into it its causes reach, itself included. */
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

/** Key -> session -> its writes of that key, in order. */
type Writes = ReadonlyMap<number, ReadonlyMap<number, readonly number[]>>

const writesOf = (nodes: readonly Node[]): Writes => {
  const writes = new Map<number, Map<number, number[]>>()
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

/** Of writes of one session, the last that is within reach and is not the node itself. */
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
  const writer = read === null ? null : writers.get(`${key} ${read}`)
  if (writer === undefined)
    return found('invented read', `${show(node)} found ${read}, which nobody wrote`, [node])
  for (const [session, all] of writes.get(key) ?? []) {
    const reach = (clocks[at] as Int32Array)[session] as number
    const latest = latestWithin(all, nodes, reach, at)
    if (latest === undefined || latest === writer) continue
    const over = nodes[latest] as Node
    if (writer === null) {
      const text = `${show(node)} found nothing, and ${show(over)} is among its causes`
      return found(staleKind(node, 'read of nothing'), text, [over, node])
    }
    const first = nodes[writer] as Node
    if (((clocks[latest] as Int32Array)[first.session] as number) < first.place) continue
    const text = `${show(node)} found ${read} of ${show(first)}, which ${show(over)} had replaced, and that is among its causes`
    return found(staleKind(node, 'overwritten read'), text, [first, over, node])
  }
  return null
}

/** Sessions times operations: what the clocks take. */
const MOST_CELLS = 2e8
/** Of a circle, so many operations are named. */
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
    const text = `${circle.length} operations or more are, or come after, causes of themselves`
    return [found('causes in a circle', text, circle)]
  }
  const sessions = nodes.reduce((most, { session }) => Math.max(most, session + 1), 0)
  const clocks = clocksOf(nodes, causes, order, sessions)
  const writes = writesOf(nodes)
  return nodes.flatMap(({ read }, at) =>
    read === undefined ? [] : (judgeRead(at, nodes, clocks, writes, writers) ?? []),
  )
}

const judge = (record: RunRecord, initial: RegisterValue): Judged => {
  const { pairs } = record
  const nodes = nodesOf(pairs, initial)
  const writers = new Map<string, number>()
  for (const [at, { key, written }] of nodes.entries()) {
    if (written === null) continue
    if (writers.has(`${key} ${written}`))
      return notJudged(`${written} was written to key ${key} twice, so that nobody knows which was read`)
    writers.set(`${key} ${written}`, at)
  }
  const sessions = new Set(nodes.map(({ session }) => session)).size
  if (sessions * nodes.length > MOST_CELLS)
    return notJudged(`${nodes.length} operations of ${sessions} processes are too many at once`)
  const reads = nodes.filter(({ read }) => read !== undefined).length
  const readsMayBeOld = promiseOf(record, REGISTER, 'read').name === 'consistent-prefix'
  return conclude(findBroken(nodes, writers), {
    seen: `${reads} reads of ${sessions} sessions`,
    clean: 'none misses what caused it',
    unproven: reads === 0 ? 'nothing was read' : null,
    kinds: KINDS,
    allows: (kind) => readsMayBeOld && STALE.has(kind),
    details: { reads, sessions },
  })
}

export const causal = ({ initial }: { readonly initial: RegisterValue }): Checker =>
  checkerOf({
    name: 'causal',
    finds: 'effects seen without their causes, values that causes had replaced',
    needs: ['history'],
    promise: promisedOf(REGISTER, 'every session sees causes before effects: causal consistency'),
    judge: (record) => judge(record, initial),
  })
