/** Records of a cluster for tests: two nodes, without any problem unless the test adds one. */
import type { Claims, FaultModel } from '../../../harness/api/claims.ts'
import type { Operation } from '../../../harness/api/history.ts'
import type { Link } from '../../../harness/api/nemesis.ts'
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

/** A fault that is in force between the two times, on n1. */
export const fault = (model: FaultModel, fromMs: number, toMs: number): FaultRecord => ({
  planned: plannedFault({ model }),
  victims: ['n1'],
  injectedAtNs: fromMs * 1e6,
  healedAtNs: toMs * 1e6,
  effects: [],
  effective: true,
})

interface ProvenFault {
  readonly id: string
  readonly model: FaultModel
  readonly victims: readonly string[]
  readonly links?: readonly Link[]
  /** From the injection to the beginning of the heal, in seconds. */
  readonly fromS: number
  readonly toS: number
}

/** A fault whose effect was measured at once. */
export const provenFault = ({ id, model, victims, links, fromS, toS }: ProvenFault): FaultRecord => ({
  planned: plannedFault({ id, model, atNs: fromS * 1e9, durationNs: (toS - fromS) * 1e9 }),
  victims,
  injectedAtNs: fromS * 1e9,
  healedAtNs: toS * 1e9,
  effects: [{ effective: true, summary: '', measurements: {}, ...(links === undefined ? {} : { links }) }],
  effective: true,
})

/** One request, with times in seconds. */
export interface Request {
  readonly node: string
  readonly f?: string
  readonly type: 'ok' | 'fail' | 'info'
  readonly fromS: number
  readonly toS: number
  readonly error?: string
}

/** The requests, and what the nemesis did for the faults, as a history. Each request has a process of its own. */
export const historyWith = (
  requests: readonly Request[],
  faults: readonly FaultRecord[] = [],
): readonly Operation[] => {
  const events: Omit<Operation, 'index'>[] = [
    ...faults.flatMap(({ planned: { id, atNs, durationNs } }): Omit<Operation, 'index'>[] => {
      const nemesis = { process: 'nemesis', value: { id } } as const
      return [
        { ...nemesis, timeNs: atNs, type: 'ok', f: 'inject' },
        { ...nemesis, timeNs: atNs + durationNs, type: 'invoke', f: 'heal' },
      ]
    }),
    ...requests.flatMap(
      ({ node, f = 'write', type, fromS, toS, error }, process): Omit<Operation, 'index'>[] => {
        const value = f === 'write' ? { key: 1, value: process } : { key: 1 }
        const call = { process, f, value, node }
        return [
          { ...call, timeNs: fromS * 1e9, type: 'invoke' },
          { ...call, timeNs: toS * 1e9, type, ...(error === undefined ? {} : { error }) },
        ]
      },
    ),
  ]
  return events.sort((a, b) => a.timeNs - b.timeNs).map((event, index) => ({ ...event, index }))
}

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
