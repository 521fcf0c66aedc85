/**
 * A set that elements are only added to, judged by the last reads: whatever was acknowledged before such a read began
 * must be in it, and whatever is in it must have been asked for. (Jepsen's set checker, per final read.)
 */
import type { Checker, Evidence, Operation, Verdict } from '../harness/api.ts'
import { type Pair, pairOperations } from '../harness/history/pairs.ts'
import { formatDurationMs, NS_PER_MS } from '../harness/support/time.ts'
import { SET } from '../harness/vocabularies/set.ts'

/** How many elements the evidence names. */
const SHOWN = 10

interface Add {
  readonly element: number
  readonly invocation: Operation
  /** Null: never acknowledged. */
  readonly acknowledged: Operation | null
}

interface Read {
  readonly invocation: Operation
  readonly elements: ReadonlySet<number>
}

const addsOf = (pairs: readonly Pair[]): ReadonlyMap<number, Add> =>
  new Map(
    pairs
      .filter(({ invocation }) => invocation.f === 'add')
      .map(({ invocation, completion }) => {
        const { element } = invocation.value as { element: number }
        return [element, { element, invocation, acknowledged: completion?.type === 'ok' ? completion : null }]
      }),
  )

const readsOf = (pairs: readonly Pair[]): readonly Read[] =>
  pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'read' && completion?.type === 'ok'
      ? [{ invocation, elements: new Set((completion.value as { elements: number[] }).elements) }]
      : [],
  )

/** What a read lacks although it was acknowledged before the read began. */
const lostIn = (read: Read, adds: ReadonlyMap<number, Add>): readonly Add[] =>
  [...adds.values()].filter(
    ({ element, acknowledged }) =>
      acknowledged !== null && acknowledged.timeNs < read.invocation.timeNs && !read.elements.has(element),
  )

const at = (operation: Operation): string => formatDurationMs(operation.timeNs / NS_PER_MS)

const lostEvidence = (lost: readonly Add[], read: Read): Evidence => {
  const shown = lost.slice(0, SHOWN)
  const lines = shown.map(
    ({ element, invocation, acknowledged }) =>
      `${element}: asked for at ${at(invocation)} on ${invocation.node ?? 'a node'}, acknowledged at ${at(acknowledged as Operation)}`,
  )
  const more = lost.length > SHOWN ? [`and ${lost.length - SHOWN} more`] : []
  return {
    title: `${lost.length} acknowledged elements are not in what was read at ${at(read.invocation)}`,
    text: [...lines, ...more].join('\n'),
    operations: [...shown.map(({ invocation }) => invocation.index), read.invocation.index],
  }
}

const strangersEvidence = (strangers: readonly number[], read: Read): Evidence => ({
  title: `${strangers.length} elements were read that nobody asked for`,
  text: strangers.slice(0, SHOWN).join(', '),
  operations: [read.invocation.index],
})

const judge = (
  history: readonly Operation[],
): Pick<Verdict, 'status' | 'summary' | 'evidence' | 'details'> => {
  const pairs = pairOperations(history)
  const adds = addsOf(pairs)
  const reads = readsOf(pairs)
  const last = reads.at(-1)
  const acknowledged = [...adds.values()].filter((add) => add.acknowledged !== null)
  if (last === undefined)
    return { status: 'unknown', summary: 'The set was never read.', evidence: [], details: {} }
  const losses = reads.map((read) => ({ read, lost: lostIn(read, adds) }))
  const worst = losses.reduce((a, b) => (b.lost.length > a.lost.length ? b : a))
  const strangers = reads.flatMap(({ elements }) => [...elements].filter((element) => !adds.has(element)))
  // Never acknowledged, and there: a timeout proves nothing.
  const recovered = [...last.elements].filter((element) => adds.get(element)?.acknowledged === null)
  const details = {
    attempted: adds.size,
    acknowledged: acknowledged.length,
    lost: worst.lost.length,
    unexpected: strangers.length,
    recovered: recovered.length,
    reads: reads.length,
  }
  const evidence = [
    ...(worst.lost.length === 0 ? [] : [lostEvidence(worst.lost, worst.read)]),
    ...(strangers.length === 0 ? [] : [strangersEvidence(strangers, last)]),
  ]
  if (evidence.length > 0)
    return {
      status: 'invalid',
      summary: `Of ${acknowledged.length} acknowledged elements ${worst.lost.length} were lost; ${strangers.length} appeared that nobody added.`,
      evidence,
      details,
    }
  return {
    status: acknowledged.length === 0 ? 'unknown' : 'valid',
    summary: `All of ${acknowledged.length} acknowledged elements were there in ${reads.length} reads.`,
    evidence,
    details,
  }
}

export const setOfElements: Checker = {
  name: 'set',
  needs: ['history'],
  check: async (record) => {
    const promised = record.claims?.consistency[SET]?.add
    const promise = {
      text: `what was acknowledged stays${promised === undefined ? '' : ` (${promised})`}`,
      source: record.claims?.source ?? 'assumed of an imported history',
    }
    return { checker: 'set', promise, ...judge(record.history) }
  },
}
