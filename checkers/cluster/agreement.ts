/**
 * State machine safety, seen from outside: at one position of the replicated log all nodes have one state, and none that it
 * had there is ever another's or its own again (Raft paper, figure 3). Nodes that report digests of their state with the
 * positions they belong to are compared with each other and with themselves, over the whole run and across restarts. A
 * digest that covers the log as a whole stays different for ever once an entry was: so what was applied between two
 * positions that are compared is compared too.
 */
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { assumed } from '../promise.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'

/** Lines of the table that proves a disagreement. */
const SHOWN = 20

interface Digest {
  readonly node: string
  readonly digest: string
  readonly timeNs: number
}

interface Disagreement {
  readonly position: number
  readonly first: Digest
  readonly second: Digest
}

interface DigestAt {
  readonly position: number
  readonly seen: Digest
}

const digestsOf = ({ node, timeNs, status }: Sample): readonly DigestAt[] => {
  const earlier = Object.entries(status?.earlierDigests ?? {}).map(([position, digest]) => ({
    position: Number(position),
    seen: { node, timeNs, digest },
  }))
  if (status?.digest === undefined || status.digestAt === undefined) return earlier
  return [...earlier, { position: status.digestAt, seen: { node, timeNs, digest: status.digest } }]
}

interface Compared {
  /** Positions of which two nodes told. */
  readonly positions: number
  readonly disagreement: Disagreement | null
}

const compare = (samples: readonly Sample[]): Compared => {
  const byPosition = new Map<number, Digest>()
  const shared = new Set<number>()
  for (const sample of samples)
    for (const { position, seen } of digestsOf(sample)) {
      const first = byPosition.get(position)
      if (first === undefined) byPosition.set(position, seen)
      else if (first.digest !== seen.digest)
        return { positions: shared.size, disagreement: { position, first, second: seen } }
      else if (first.node !== seen.node) shared.add(position)
    }
  return { positions: shared.size, disagreement: null }
}

/** Every digest that was told of the position. */
const tableOf = (samples: readonly Sample[], position: number): string => {
  const lines = samples.flatMap((sample) =>
    digestsOf(sample)
      .filter((told) => told.position === position)
      .map(
        ({ seen: { node, timeNs, digest } }) =>
          `${formatTimeNs(timeNs).padStart(10)}  ${node}  ${digest}  (${sample.status?.role} in term ${sample.status?.term})`,
      ),
  )
  return [...new Set(lines)].slice(0, SHOWN).join('\n')
}

const show = ({ node, timeNs, digest }: Digest): string =>
  `${node} had digest ${digest} at ${formatTimeNs(timeNs)}`

const found = (
  samples: readonly Sample[],
  { position, first, second }: Disagreement,
): Finding<'replicas disagree'> => ({
  kind: 'replicas disagree',
  text: `at position ${position} of the log ${show(first)}, ${show(second)}`,
  proof: tableOf(samples, position),
  operations: [],
  atNs: Math.max(first.timeNs, second.timeNs),
})

const judge = (record: RunRecord): Judged => {
  const samples = record.samples ?? []
  const { positions, disagreement } = compare(samples)
  return conclude(disagreement === null ? [] : [found(samples, disagreement)], {
    seen: `the digests of ${samples.length} samples`,
    clean: `more than one node told of ${positions} positions of the log, and all are equal`,
    unproven: positions === 0 ? 'no two nodes told of one position' : null,
    kinds: ['replicas disagree'],
    details: disagreement === null ? { compared: positions } : { position: disagreement.position },
  })
}

export const agreement = checkerOf({
  name: 'agreement',
  finds: 'states that differ at one position of the log, and applied entries that were replaced',
  needs: ['samples', 'claims'],
  applies: (record) => record.samples?.some((sample) => digestsOf(sample).length > 0) ?? false,
  promise: assumed('replicas never differ at one position of the log'),
  judge,
})
