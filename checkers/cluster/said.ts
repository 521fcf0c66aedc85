/** What nodes say of the leader, of themselves or to clients. */
import type { Sample } from '../../harness/api/record.ts'
import type { NodeStatus } from '../../harness/api/target.ts'

export interface Said {
  readonly node: string
  readonly timeNs: number
  readonly status: NodeStatus & { readonly term: number }
  /** The earliest time at which the node can have read it; `timeNs` is when the answer arrived. */
  readonly sinceNs: number
  /** Index of the operation that it answered. */
  readonly operation?: number
}

/** The samples of a node are taken one after another: each was read after the previous answer had arrived. */
export const saidOf = (samples: readonly Sample[]): readonly Said[] =>
  samples.flatMap(({ node, timeNs, status }) =>
    status?.term === undefined
      ? []
      : [{ node, timeNs, sinceNs: timeNs, status: { ...status, term: status.term } }],
  )

/** The node that it considers the leader of its term; the node itself if it leads. */
export const leaderBy = ({ node, status }: Said): string | null =>
  status.role === 'leader' ? node : (status.leader ?? null)
