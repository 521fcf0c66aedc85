/**
 * State machine safety, seen from outside: at one position of the replicated log all nodes have one state (Raft
 * paper, figure 3). Nodes that report a digest of their state with the position it belongs to are compared with
 * each other and with themselves, over the whole run and across restarts.
 */
import type { Checker, Evidence, RunRecord, Sample, Verdict } from '../harness/api.ts'

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

const digestOf = ({
  node,
  timeNs,
  status,
}: Sample): { readonly position: number; readonly seen: Seen } | null => {
  if (status?.digest === undefined || status.digestAt === undefined) return null
  return { position: status.digestAt, seen: { node, timeNs, digest: status.digest } }
}

const findDisagreement = (
  samples: readonly Sample[],
): { readonly compared: number; readonly found: Disagreement | null } => {
  const byPosition = new Map<number, Seen>()
  let compared = 0
  for (const sample of samples) {
    const digest = digestOf(sample)
    if (digest === null) continue
    const { position, seen } = digest
    const first = byPosition.get(position)
    if (first === undefined) {
      byPosition.set(position, seen)
      continue
    }
    compared++
    if (first.digest !== seen.digest) return { compared, found: { position, first, second: seen } }
  }
  return { compared, found: null }
}

const evidenceOf = (samples: readonly Sample[], { position }: Disagreement): Evidence => {
  const lines = samples.flatMap((sample) => {
    const digest = digestOf(sample)
    if (digest === null || digest.position !== position) return []
    const { node, timeNs, digest: value } = digest.seen
    return [
      `${(timeNs / 1e9).toFixed(3).padStart(8)} s  ${node}  ${value}  (${sample.status?.role} in term ${sample.status?.term})`,
    ]
  })
  return {
    title: `Digests at position ${position}`,
    text: [...new Set(lines)].slice(0, 20).join('\n'),
    operations: [],
  }
}

const show = ({ node, timeNs, digest }: Seen): string =>
  `${node} had digest ${digest} at ${(timeNs / 1e9).toFixed(3)} s`

const judge = (samples: readonly Sample[]): Pick<Verdict, 'status' | 'summary' | 'evidence' | 'details'> => {
  const { compared, found } = findDisagreement(samples)
  if (found !== null) {
    const { position, first, second } = found
    const summary = `Replicas disagree: at position ${position} of the log ${show(first)}, ${show(second)}.`
    return { status: 'invalid', summary, evidence: [evidenceOf(samples, found)], details: { position } }
  }
  const summary =
    compared === 0
      ? 'No two samples were of one position.'
      : `${compared} digests were compared with another of the same position: all equal.`
  return { status: compared === 0 ? 'unknown' : 'valid', summary, evidence: [], details: { compared } }
}

export const agreement: Checker = {
  name: 'agreement',
  needs: ['samples', 'claims'],
  applies: (record: RunRecord) => record.samples?.some((sample) => digestOf(sample) !== null) ?? false,
  check: async (record) => ({
    checker: 'agreement',
    promise: {
      text: 'replicas never differ at one position of the log',
      source: record.claims?.source ?? '',
    },
    ...judge(record.samples ?? []),
  }),
}
