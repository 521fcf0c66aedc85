/**
 * Where a planted bug (`../bugs/`) can make the core break a rule of the paper. The healthy value of each field follows the rule.
 */
import type { NodeId } from '../../protocol/commands.ts'
import { quorumOf } from './quorums.ts'
import type { Signed, ViewChange } from './types.ts'

export interface CoreDeviations {
  /** Replicas of a quorum. */
  readonly quorumOf: (nodes: number) => number
  /** Replicas that must agree on a checkpoint from which a state is taken. */
  readonly stateQuorumOf: (healthy: number) => number
  /** Messages count without a look at their signatures, and so do the requests of clients. */
  readonly skipsSignatures: boolean
  /** A batch is taken without a look at whether its digest is the one that is agreed on. */
  readonly skipsDigests: boolean
  /** Sequence numbers outside of the window are taken. */
  readonly skipsWindow: boolean
  /** The view changes from which a new view's pre-prepares are made. */
  readonly considered: (
    viewChanges: readonly Signed<ViewChange>[],
    primary: NodeId,
  ) => readonly Signed<ViewChange>[]
}

export const healthyCore: CoreDeviations = {
  quorumOf,
  stateQuorumOf: (healthy) => healthy,
  skipsSignatures: false,
  skipsDigests: false,
  skipsWindow: false,
  considered: (viewChanges) => viewChanges,
}
