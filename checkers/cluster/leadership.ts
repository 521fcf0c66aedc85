/**
 * Election safety, by the nodes' own word: at most one leader a term (Raft paper, section 5.2), no node's term ever goes
 * back, restarts included, and nodes that know a leader in one term know the same.
 */
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import { checkerOf, type Judged } from '../checker-of.ts'

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

interface Found {
  readonly what: string
  readonly said: readonly Said[]
}

const twoLeaders = (all: readonly Said[]): Found | null => {
  const first = new Map<number, Said>()
  for (const said of all) {
    const { term } = said.status
    if (leaderBy(said) === null) continue
    const known = first.get(term)
    if (known === undefined) first.set(term, said)
    else if (leaderBy(known) !== leaderBy(said))
      return {
        what: `two leaders in term ${term}: ${leaderBy(known)} by the word of ${known.node}, ${leaderBy(said)} by the word of ${said.node}`,
        said: [known, said],
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
const termBack = (all: readonly Said[], faults: RunRecord['faults']): Found | null => {
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
    return {
      what: `the term of ${said.node} goes back from ${before.status.term} to ${said.status.term}`,
      said: [before, said],
    }
  }
  return null
}

const evidenceOf = ({ what, said }: Found): Evidence => ({
  title: what,
  text: said
    .map(
      ({ node, timeNs, status }) =>
        `${(timeNs / 1e9).toFixed(3).padStart(8)} s  ${node}  ${status.role} in term ${status.term}, leader ${status.leader ?? 'unknown'}`,
    )
    .join('\n'),
  operations: said.flatMap(({ operation }) => operation ?? []),
  atNs: Math.max(...said.map(({ timeNs }) => timeNs)),
})

export const judgeElections = (all: readonly Said[], faults: RunRecord['faults']): Judged => {
  const found = [twoLeaders(all), termBack(all, faults)].filter((each) => each !== null)
  const terms = new Set(all.map(({ status }) => status.term)).size
  const details = { statuses: all.length, terms }
  const [worst] = found
  if (worst !== undefined)
    return {
      status: 'invalid',
      summary: `Elections are broken: ${worst.what}.`,
      evidence: found.map(evidenceOf),
      details,
    }
  const summary = `${all.length} statuses, ${terms} terms: never two leaders in one, and no term went back.`
  return { status: 'valid', summary, evidence: [], details }
}

export const leadership = checkerOf({
  name: 'leadership',
  finds: 'two leaders in one term, terms that go back, by the nodes’ own word',
  needs: ['samples', 'claims'],
  applies: ({ claims }) => claims?.tellsElections === true,
  promise: 'one leader a term; terms never go back',
  judge: (record) => judgeElections(saidOf(record.samples ?? []), record.faults),
})
