/** What the cluster was doing, by the sampled status of its nodes. */
import type { Sample } from '../../harness/api/record.ts'
import type { ClusterActivity } from '../../harness/api/verdict.ts'
import { NS_PER_S } from '../../harness/support/time.ts'
import { lowerBound } from '../lower-bound.ts'
import { overlapsAny, type Span } from './spans.ts'

/** What was not sampled for so long is not known. */
const SAMPLE_LIFETIME_NS = 0.7 * NS_PER_S

/** The latest sample of a node, and the one before. */
interface Seen {
  readonly sample: Sample
  readonly members: string | null
  readonly before: Sample | null
}

/** A time at which a node was sampled. */
export interface Moment {
  readonly atNs: number
  /** All nodes of the run answer, and all know a leader. */
  readonly isWhole: boolean
  /** `steady` where it may be recovering. */
  readonly activity: ClusterActivity
}

export interface Activity extends Span {
  readonly activity: ClusterActivity
}

const membersText = ({ status }: Sample): string | null => status?.members?.toSorted().join() ?? null

const isWhole = (answering: readonly Seen[], nodes: number): boolean =>
  answering.length === nodes &&
  answering.every(({ sample: { status } }) => status?.leader !== null && status?.role !== 'candidate')

const hasCompacted = ({ sample, before }: Seen): boolean => {
  const earlier = before?.status?.snapshotIndex
  const now = sample.status?.snapshotIndex
  return earlier !== undefined && now !== undefined && now > earlier
}

const activityOf = (answering: readonly Seen[]): ClusterActivity => {
  if (answering.length === 0) return 'unknown'
  const lists = new Set(answering.map(({ members }) => members).filter((text) => text !== null))
  if (lists.size > 1) return 'membership change'
  const roles = new Set(answering.map(({ sample }) => sample.status?.role))
  if (!roles.has('leader') || roles.has('candidate')) return 'election'
  return answering.some(hasCompacted) ? 'snapshot' : 'steady'
}

/** @param nodes of the run, in number */
export const momentsOf = (samples: readonly Sample[], nodes: number): readonly Moment[] => {
  const seen = new Map<string, Seen>()
  return samples.map((sample) => {
    const { node, timeNs: atNs } = sample
    seen.set(node, { sample, members: membersText(sample), before: seen.get(node)?.sample ?? null })
    const answering = [...seen.values()].filter(
      ({ sample: { timeNs, status } }) => status !== null && atNs - timeNs <= SAMPLE_LIFETIME_NS,
    )
    return { atNs, isWhole: isWhole(answering, nodes), activity: activityOf(answering) }
  })
}

/** @param recovering when it was not whole yet, after a heal */
export const activitiesOf = (
  moments: readonly Moment[],
  recovering: readonly Span[],
): readonly Activity[] => {
  const isRecovering = overlapsAny(recovering)
  return moments.map(({ atNs, activity }, i) => {
    const nextNs = moments[i + 1]?.atNs ?? atNs + SAMPLE_LIFETIME_NS
    return {
      fromNs: atNs,
      toNs: Math.min(nextNs, atNs + SAMPLE_LIFETIME_NS),
      activity:
        activity === 'steady' && isRecovering({ fromNs: atNs, toNs: atNs + 1 }) ? 'recovery' : activity,
    }
  })
}

/** Everything that went on in the span; `unknown` for what no sample covers. */
export const activitiesIn = (all: readonly Activity[], span: Span): ReadonlySet<ClusterActivity> => {
  const found = new Set<ClusterActivity>()
  let coveredNs = 0
  for (let i = lowerBound(all, ({ toNs }) => toNs, span.fromNs); i < all.length; i++) {
    const { fromNs, toNs, activity } = all[i] as Activity
    if (fromNs > span.toNs) break
    found.add(activity)
    coveredNs += Math.min(toNs, span.toNs) - Math.max(fromNs, span.fromNs)
  }
  if (coveredNs < span.toNs - span.fromNs || found.size === 0) found.add('unknown')
  return found
}
