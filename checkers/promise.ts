/** What was promised, and by whom. */
import type { RunRecord } from '../harness/api/record.ts'
import type { Verdict } from '../harness/api/verdict.ts'

export const promised = ({ claims }: RunRecord, text: string): Verdict['promise'] => ({
  text,
  source: claims?.source ?? 'assumed of an imported history',
})
