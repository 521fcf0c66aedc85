/** Records for tests, with only the parts that matter. */
import type { RunRecord } from '../api/record.ts'
import { bareRecord } from '../store/run-store.ts'

export type RecordParts = Partial<Omit<RunRecord, 'pairs'>>

/** A record with these parts. Its history is paired, as in every record. */
export const recordOf = ({ history = [], ...parts }: RecordParts): RunRecord => ({
  ...bareRecord(history),
  ...parts,
})
