/** Records of a cluster for tests: two nodes, nothing wrong with them but what a test puts in. */
import type { Claims, FaultModel } from '../../../harness/api/claims.ts'
import type { FaultRecord, RunSpec, Sample } from '../../../harness/api/record.ts'
import type { NodeStatus } from '../../../harness/api/target.ts'
import type { Checker, Verdict } from '../../../harness/api/verdict.ts'
import { plannedFault } from '../../../harness/testing/faults.ts'
import type { RecordParts } from '../../../harness/testing/record.ts'
import { judgeSteps, type Step } from '../../../harness/testing/steps.ts'
import { REGISTER } from '../../../harness/vocabularies/register.ts'

export const CLAIMS: Claims = {
  source: 'the test',
  consistency: {},
  minority: 'refuse',
  tolerates: {},
  recoversWithinMs: 5000,
}

/** In force from one time to the other, on n1. */
export const fault = (model: FaultModel, fromMs: number, toMs: number): FaultRecord => ({
  planned: plannedFault({ model }),
  victims: ['n1'],
  injectedAtNs: fromMs * 1e6,
  healedAtNs: toMs * 1e6,
  effects: [],
  effective: true,
})

/** Null: the node did not answer. */
export const sample = (ms: number, node: string, status: Partial<NodeStatus> | null): Sample => ({
  timeNs: ms * 1e6,
  node,
  status: status === null ? null : { role: 'follower', ...status },
})

export const judge = (checker: Checker, parts: RecordParts, steps: readonly Step[] = []): Promise<Verdict> =>
  judgeSteps(checker, steps, {
    vocabulary: REGISTER,
    claims: CLAIMS,
    spec: { nodes: 2 } as RunSpec,
    faults: [],
    ...parts,
  })
