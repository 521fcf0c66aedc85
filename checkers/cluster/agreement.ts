/**
 * State machine safety, seen from outside: at one position of the replicated log all nodes have one state, and none that it
 * had there is ever another's or its own again (Raft paper, figure 3). Nodes that report digests of their state with the
 * positions they belong to are compared with each other and with themselves, over the whole run and across restarts. A
 * digest that covers the log as a whole stays different for ever once an entry was: so what was applied between two
 * positions that are compared is compared too.
 */
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import type { Checker, Evidence, Verdict } from '../../harness/api/verdict.ts'

interface Seen {
  readonly node: string
  readonly digest: string
  readonly timeNs: number
}

interface Disagreement {
  readonly position: number
  readonly first: Seen
  readonly second: Seen
}

interface Told {
  readonly position: number
  readonly seen: Seen
}

const digestsOf = ({ node, timeNs, status }: Sample): readonly Told[] => {
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
  readonly found: Disagreement | null
}

const compare = (samples: readonly Sample[]): Compared => {
  const byPosition = new Map<number, Seen>()
  const shared = new Set<number>()
  for (const sample of samples)
    for (const { position, seen } of digestsOf(sample)) {
      const first = byPosition.get(position)
      if (first === undefined) byPosition.set(position, seen)
      else if (first.digest !== seen.digest)
        return { positions: shared.size, found: { position, first, second: seen } }
      else if (first.node !== seen.node) shared.add(position)
    }
  return { positions: shared.size, found: null }
}

const evidenceOf = (samples: readonly Sample[], { position, first, second }: Disagreement): Evidence => {
  const lines = samples.flatMap((sample) =>
    digestsOf(sample)
      .filter((told) => told.position === position)
      .map(
        ({ seen: { node, timeNs, digest } }) =>
          `${(timeNs / 1e9).toFixed(3).padStart(8)} s  ${node}  ${digest}  (${sample.status?.role} in term ${sample.status?.term})`,
      ),
  )
  return {
    title: `Digests at position ${position}`,
    text: [...new Set(lines)].slice(0, 20).join('\n'),
    operations: [],
    atNs: Math.max(first.timeNs, second.timeNs),
  }
}

const show = ({ node, timeNs, digest }: Seen): string =>
  `${node} had digest ${digest} at ${(timeNs / 1e9).toFixed(3)} s`

const judge = (samples: readonly Sample[]): Pick<Verdict, 'status' | 'summary' | 'evidence' | 'details'> => {
  const { positions, found } = compare(samples)
  if (found !== null) {
    const { position, first, second } = found
    const summary = `Replicas disagree: at position ${position} of the log ${show(first)}, ${show(second)}.`
    return { status: 'invalid', summary, evidence: [evidenceOf(samples, found)], details: { position } }
  }
  const summary =
    positions === 0
      ? 'No two nodes told of one position.'
      : `At ${positions} positions of the log more than one node told its digest: all equal.`
  return {
    status: positions === 0 ? 'unknown' : 'valid',
    summary,
    evidence: [],
    details: { compared: positions },
  }
}

export const agreement: Checker = {
  name: 'agreement',
  finds: 'states that differ at one position of the log, and applied entries that were replaced',
  needs: ['samples', 'claims'],
  applies: (record: RunRecord) => record.samples?.some((sample) => digestsOf(sample).length > 0) ?? false,
  check: async (record) => ({
    checker: 'agreement',
    promise: {
      text: 'replicas never differ at one position of the log',
      source: record.claims?.source ?? '',
    },
    ...judge(record.samples ?? []),
  }),
}
