/**
 * State machine safety, seen from outside (Raft paper, figure 3): at the same position of the replicated log all nodes have
 * the same state, and a node never has a different state at that position later. The nodes report digests of their state
 * together with log positions. Each digest is compared with those of the other nodes and with the node's own, over the
 * whole run and across restarts. A digest that covers the whole log stays different after one entry differed, so a
 * comparison at two positions also covers the entries between them.
 */
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import type { TableRow } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'
import { AgreementFollower } from './agreement-follower.ts'
import { type Digest, type DigestAt, Digests, digestsOf, keyOf } from './digests.ts'

/** Lines of the table that proves a disagreement. */
const SHOWN = 20

interface Disagreement {
  readonly place: DigestAt
  readonly first: Digest
  readonly second: Digest
}

interface Compared {
  /** The number of positions that at least two nodes reported. */
  readonly positions: number
  readonly disagreement: Disagreement | null
}

const compare = (samples: readonly Sample[]): Compared => {
  const byPlace = new Map<string, Digest>()
  const shared = new Set<number>()
  for (const sample of samples)
    for (const place of digestsOf(sample)) {
      const { position, seen } = place
      const first = byPlace.get(keyOf(place))
      if (first === undefined) byPlace.set(keyOf(place), seen)
      else if (first.digest !== seen.digest)
        return { positions: shared.size, disagreement: { place, first, second: seen } }
      else if (first.node !== seen.node) shared.add(position)
    }
  return { positions: shared.size, disagreement: null }
}

/** Every digest that was reported there. */
const tableOf = (samples: readonly Sample[], place: DigestAt): string => {
  const lines = samples.flatMap((sample) =>
    digestsOf(sample)
      .filter((told) => keyOf(told) === keyOf(place))
      .map(
        ({ seen: { node, timeNs, digest } }) =>
          `${formatTimeNs(timeNs).padStart(10)}  ${node}  ${digest}  (${sample.status?.role} in term ${sample.status?.term})`,
      ),
  )
  return [...new Set(lines)].slice(0, SHOWN).join('\n')
}

const show = ({ node, timeNs, digest }: Digest): string =>
  `${node} had digest ${digest} at ${formatTimeNs(timeNs)}`

const COLUMNS = ['at', 'node', 'position', 'digest', 'role', 'term']

/** The first report of each digest by each node. */
const rowsAt = (samples: readonly Sample[], place: DigestAt, first: string): readonly TableRow[] => {
  const rows = new Map<string, TableRow>()
  for (const sample of samples)
    for (const told of digestsOf(sample)) {
      const { node, timeNs, digest } = told.seen
      const name = `${node} ${digest}`
      if (keyOf(told) !== keyOf(place) || rows.has(name)) continue
      const { role = '', term = '' } = sample.status ?? {}
      const mark = digest === first ? 'first digest' : 'differs'
      rows.set(
        name,
        tableRow([formatTimeNs(timeNs), node, place.position, digest, role, term], [], mark, [
          { kind: 'sample', node, timeNs },
        ]),
      )
    }
  return [...rows.values()]
}

const found = (
  samples: readonly Sample[],
  { place, first, second }: Disagreement,
): Finding<'replicas disagree'> => {
  const digests = new Digests(samples)
  return {
    kind: 'replicas disagree',
    text: `at position ${place.position} of the log ${show(first)}, ${show(second)}`,
    proof: tableOf(samples, place),
    operations: [],
    atNs: Math.max(first.timeNs, second.timeNs),
    odd: digests.wrongAt(place).flatMap((node) => digests.odd(node) ?? []),
    rows: rowsAt(samples, place, first.digest),
  }
}

const judge = (record: RunRecord): Judged => {
  const samples = record.samples ?? []
  const { positions, disagreement } = compare(samples)
  return conclude(disagreement === null ? [] : [found(samples, disagreement)], {
    seen: `the digests of ${samples.length} samples`,
    clean: `${positions} log positions were reported by more than one node, and all digests are equal`,
    unproven: positions === 0 ? 'no two nodes reported the same position' : null,
    kinds: ['replicas disagree'],
    firstOnly: true,
    anomalies: { 'replicas disagree': 'diverging replicas' },
    table: { columns: COLUMNS },
    details: disagreement === null ? { compared: positions } : { position: disagreement.place.position },
  })
}

export const agreement = checkerOf({
  name: 'agreement',
  judgesBeginnings: true,
  finds: 'states that differ at the same log position, and applied entries that were replaced later',
  needs: ['samples', 'claims'],
  applies: ({ samples, spec }) => {
    if (samples === null || !samples.some((sample) => digestsOf(sample).length > 0)) return false
    // One node has nobody to agree with. That it differs from itself is found all the same.
    return spec?.nodes !== 1 || compare(samples).disagreement !== null
  },
  whyNot: ({ samples, claims, spec }) =>
    claims === null || samples === null || (spec?.nodes ?? 1) < 2
      ? null
      : 'Whether the replicas agree was not judged: their status has no digest of their state (`digest` and `digestAt`).',
  // The contract of NodeStatus: equal positions have equal digests.
  promise: () => ({
    text: 'replicas never differ at the same log position',
    source: "the target, whose nodes' status tells digests",
  }),
  follow: () => new AgreementFollower(),
  judge,
})
