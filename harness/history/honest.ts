/**
 * What a run's record says once nobody believes its traitors: nodes that lied at some time of the run (fault model
 * `byzantine`). All checkers judge this view, so they need not know of traitors; who they were is `traitors`.
 *
 * A traitor's status, logs and ends are left out. An operation that only a traitor answered has the outcome info: a change
 * may have happened or may still happen, and a read says nothing. So its process ends there, and what follows is another
 * process's. What several nodes vouched for (`meta.vouchedBy`) stays as it is: that is what such clients are for.
 */
import type { Operation, Pair, Sequence } from '../api/history.ts'
import type { FaultRecord, RunFacts, RunRecord } from '../api/record.ts'
import { LazySequence } from './sequence.ts'

/** A node that lied once is never believed again, nor was it before: nobody knows what it did to its state. */
const traitorsIn = (faults: readonly FaultRecord[] | null): readonly string[] => {
  const lied = (faults ?? []).filter(
    ({ planned, injectedAtNs, healedAtNs, effective }) =>
      planned.model === 'byzantine' &&
      injectedAtNs !== undefined &&
      // Without a last measurement nobody knows.
      (effective || healedAtNs === undefined),
  )
  return [...new Set(lied.flatMap(({ victims }) => victims))].toSorted()
}

/** The one node that the answer is from; null: several vouched for it, or it is no answer. */
const answererOf = ({ invocation, completion }: Pair): string | null => {
  if (completion === null || completion.type === 'info' || completion.meta?.vouchedBy !== undefined)
    return null
  const by = completion.meta?.servedBy ?? completion.node ?? invocation.node
  return by === undefined ? null : String(by)
}

/** Without its evidence, which is the traitor's as well. */
const withoutAnswer = (completion: Operation, invocation: Operation, traitor: string): Operation => ({
  index: completion.index,
  timeNs: completion.timeNs,
  process: completion.process,
  type: 'info',
  f: completion.f,
  value: invocation.value,
  ...(completion.node === undefined ? {} : { node: completion.node }),
  error: `only ${traitor} answered, which lies`,
})

const as = (operation: Operation, process: number): Operation =>
  operation.process === process
    ? operation
    : {
        index: operation.index,
        timeNs: operation.timeNs,
        process,
        type: operation.type,
        f: operation.f,
        value: operation.value,
        ...(operation.node === undefined ? {} : { node: operation.node }),
        ...(operation.meta === undefined ? {} : { meta: operation.meta }),
        ...(operation.error === undefined ? {} : { error: operation.error }),
      }

/** The process of each pair, by its place: another one after an answer that counts for nothing. */
const processesOf = (pairs: Sequence<Pair>, traitors: ReadonlySet<string>): Int32Array => {
  const processes = new Int32Array(pairs.length)
  const now = new Map<number, number>()
  let next = 0
  for (const { invocation } of pairs) next = Math.max(next, 1 + Number(invocation.process))
  for (const [place, pair] of pairs.entries()) {
    const process = Number(pair.invocation.process)
    processes[place] = now.get(process) ?? process
    const by = answererOf(pair)
    if (by !== null && traitors.has(by)) now.set(process, next++)
  }
  return processes
}

const believedPairs = (pairs: Sequence<Pair>, traitors: ReadonlySet<string>): Sequence<Pair> => {
  const processes = processesOf(pairs, traitors)
  return new LazySequence(pairs.length, (place): Pair => {
    const pair = pairs.at(place) as Pair
    const process = processes[place] as number
    const by = answererOf(pair)
    const { completion } = pair
    const believed =
      completion === null || by === null || !traitors.has(by)
        ? completion
        : withoutAnswer(completion, pair.invocation, by)
    return {
      invocation: as(pair.invocation, process),
      completion: believed === null ? null : as(believed, process),
    }
  })
}

const withoutNodes = (facts: RunFacts, traitors: ReadonlySet<string>): RunFacts => {
  const { recovery, endings } = facts
  const isHonest = (node: string): boolean => !traitors.has(node)
  const notReady = recovery?.notReady.filter(isHonest) ?? []
  // Only a traitor was missing, so nobody knows when the others were ready: that is left open.
  const isOpen = recovery !== null && recovery.notReady.length > 0 && notReady.length === 0
  return {
    ...facts,
    recovery: recovery === null || isOpen ? null : { ...recovery, notReady },
    leaderChanges: facts.leaderChanges.filter(({ leader }) => isHonest(leader)),
    ...(endings === undefined ? {} : { endings: endings.filter(({ node }) => isHonest(node)) }),
  }
}

/** The record itself, if nobody lied. Its faults stay: they say who lied, and how. */
export const believed = (record: RunRecord): RunRecord => {
  const names = traitorsIn(record.faults)
  if (names.length === 0) return record
  const traitors: ReadonlySet<string> = new Set(names)
  const isHonest = ({ node }: { readonly node: string }): boolean => !traitors.has(node)
  const { spec, facts, samples, logs } = record
  return {
    ...record,
    traitors: names,
    pairs: believedPairs(record.pairs, traitors),
    spec: spec === null ? null : { ...spec, nodes: spec.nodes - names.length },
    facts: facts === null ? null : withoutNodes(facts, traitors),
    samples: samples?.filter(isHonest) ?? null,
    logs: logs?.filter(isHonest) ?? null,
  }
}
