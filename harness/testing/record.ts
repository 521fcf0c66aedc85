/** Records for tests: the parts that matter, and nothing else. */
import type { RunRecord } from '../api/record.ts'
import { bareRecord } from '../store/run-store.ts'

export type RecordParts = Partial<Omit<RunRecord, 'pairs'>>

/** The history is paired, as it is wherever a record is made. */
export const recordOf = ({ history = [], ...parts }: RecordParts): RunRecord => ({
  ...bareRecord(history),
  ...parts,
})
