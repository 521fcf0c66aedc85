/**
 * Election safety, by the nodes' own word: at most one leader a term (Raft paper, section 5.2), no node's term ever goes
 * back, restarts included, and nodes that know a leader in one term know the same.
 */
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { claimed } from '../promise.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'

export interface Said {
  readonly node: string
  readonly timeNs: number
  readonly status: NodeStatus & { readonly term: number }
  /** When it can have been read at the earliest: `timeNs` is when the answer came. */
  readonly sinceNs: number
  /** Index of the operation that it was an answer to. */
  readonly operation?: number
}

/** A node's samples are taken one after another: each was read after the answer before it. */
export const saidOf = (samples: readonly Sample[]): readonly Said[] =>
  samples.flatMap(({ node, timeNs, status }) =>
    status?.term === undefined
      ? []
      : [{ node, timeNs, sinceNs: timeNs, status: { ...status, term: status.term } }],
  )

/** Whom a node takes for the leader of its term; itself where it leads. */
const leaderBy = ({ node, status }: Said): string | null =>
  status.role === 'leader' ? node : (status.leader ?? null)

const KINDS = ['two leaders in one term', 'a term that goes back'] as const
type ElectionFinding = Finding<(typeof KINDS)[number]>

const found = (kind: ElectionFinding['kind'], text: string, said: readonly Said[]): ElectionFinding => ({
  kind,
  text,
  proof: said
    .map(
      ({ node, timeNs, status }) =>
        `${formatTimeNs(timeNs).padStart(10)}  ${node}  ${status.role} in term ${status.term}, leader ${status.leader ?? 'unknown'}`,
    )
    .join('\n'),
  operations: said.flatMap(({ operation }) => operation ?? []),
  atNs: Math.max(...said.map(({ timeNs }) => timeNs)),
})

const twoLeaders = (all: readonly Said[]): ElectionFinding | null => {
  const first = new Map<number, Said>()
  for (const said of all) {
    const { term } = said.status
    if (leaderBy(said) === null) continue
    const known = first.get(term)
    if (known === undefined) first.set(term, said)
    else if (leaderBy(known) !== leaderBy(said)) {
      const text = `term ${term}: ${leaderBy(known)} by the word of ${known.node}, ${leaderBy(said)} by the word of ${said.node}`
      return found('two leaders in one term', text, [known, said])
    }
  }
  return null
}

/**
 * Its data taken away, or itself taken out and added anew: the same name, another member. Such a fault does it while it is
 * made, so its time begins as planned; one that failed midway names no victims.
 */
const mayStartAnew = (faults: RunRecord['faults'], node: string, fromNs: number, toNs: number): boolean =>
  (faults ?? []).some(
    ({ planned: { model, atNs }, victims, healedAtNs }) =>
      (model === 'membership' || model === 'data-loss') &&
      (victims.length === 0 || victims.includes(node)) &&
      atNs < toNs &&
      (healedAtNs ?? Number.POSITIVE_INFINITY) > fromNs,
  )

/** Of two words of one node, where the second was surely read after the first had come. */
const termBack = (all: readonly Said[], faults: RunRecord['faults']): ElectionFinding | null => {
  const arrived = all.toSorted((a, b) => a.timeNs - b.timeNs)
  const highest = new Map<string, Said>()
  let next = 0
  for (const said of all.toSorted((a, b) => a.sinceNs - b.sinceNs)) {
    for (; next < arrived.length && (arrived[next] as Said).timeNs < said.sinceNs; next++) {
      const earlier = arrived[next] as Said
      const known = highest.get(earlier.node)
      if (known === undefined || earlier.status.term >= known.status.term) highest.set(earlier.node, earlier)
    }
    const before = highest.get(said.node)
    if (before === undefined || said.status.term >= before.status.term) continue
    if (mayStartAnew(faults, said.node, before.timeNs, said.timeNs)) {
      highest.set(said.node, said)
      continue
    }
    const text = `the term of ${said.node} goes back from ${before.status.term} to ${said.status.term}`
    return found('a term that goes back', text, [before, said])
  }
  return null
}

interface Heard {
  readonly faults: RunRecord['faults']
  /** Why it proves nothing that nothing is found; null: it does. */
  readonly unproven: string | null
  /** Whether what was said may be of an older state. */
  readonly mayBeOld: boolean
}

export const judgeElections = (all: readonly Said[], { faults, unproven, mayBeOld }: Heard): Judged => {
  const terms = new Set(all.map(({ status }) => status.term)).size
  const findings = [twoLeaders(all), termBack(all, faults)].filter((each) => each !== null)
  return conclude(findings, {
    seen: `${all.length} statuses, ${terms} terms`,
    clean: 'never two leaders in one, and no term went back',
    unproven,
    kinds: KINDS,
    allows: (kind) => mayBeOld && kind === 'a term that goes back',
    details: { statuses: all.length, terms },
  })
}

export const leadership = checkerOf({
  name: 'leadership',
  finds: 'two leaders in one term, terms that go back, by the nodes’ own word',
  needs: ['samples', 'claims'],
  applies: ({ claims }) => claims?.tellsElections === true,
  promise: (record) => claimed(record, 'one leader a term; terms never go back'),
  judge: ({ samples, faults }) => {
    const all = saidOf(samples ?? [])
    const unproven = all.length === 0 ? 'no node told its term' : null
    return judgeElections(all, { faults, unproven, mayBeOld: false })
  },
})
