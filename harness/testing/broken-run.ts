/** A run with a stale read, by parts: what is found in it differs with its faults and its verdict. */
import type { FaultRecord, RunRecord, RunSpec } from '../api/record.ts'
import type { Evidence, RunVerdict } from '../api/verdict.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { plannedFault } from './faults.ts'
import { type RecordParts, recordOf } from './record.ts'
import { historyOf } from './steps.ts'
import { evidenceOf, runVerdictOf, verdictOf } from './verdicts.ts'

/** A write by process 0 from 10 to 11 s, and a read by process 1 from 12 to 12.41 s that misses it. */
export const STALE = historyOf([
  [0, 'invoke', 'write', { key: 4, value: 1 }],
  [0, 'ok', 'write', { key: 4, value: 1 }],
  [1, 'invoke', 'read', { key: 4 }],
  [1, 'ok', 'read', { key: 4, value: null }],
]).map((operation, i) => ({
  ...operation,
  node: `n${1 + (i >> 1)}`,
  timeNs: ([10, 11, 12, 12.41][i] as number) * 1e9,
}))

export const spec = { target: 'etcd', nodes: 3, seed: 7, workload: 'register' } as RunSpec

export const partition = (fromS: number, toS: number | undefined, id = 'partition-3'): FaultRecord => ({
  planned: plannedFault({ id, nemesis: 'partition', kind: 'partition/one' }),
  victims: ['n1', 'n2', 'n3'],
  injectedAtNs: fromS * 1e9,
  ...(toS === undefined ? {} : { healedAtNs: toS * 1e9 }),
  effects: [
    {
      effective: true,
      summary: '4 packets dropped',
      measurements: {},
      links: [
        { from: 'n1', to: 'n2' },
        { from: 'n2', to: 'n1' },
        { from: 'n1', to: 'n3' },
        { from: 'n3', to: 'n1' },
      ],
    },
  ],
  effective: true,
})

export const record = (parts: RecordParts = {}): RunRecord =>
  recordOf({ history: STALE, vocabulary: REGISTER, spec, faults: [], ...parts })

export const stale = (change: Partial<Evidence> = {}): RunVerdict =>
  runVerdictOf([verdictOf({ evidence: [evidenceOf([0, 2], { anomaly: 'stale read', ...change })] })])
