/** What was promised, and by whom. */
import type { RunRecord, Verdict } from '../harness/api.ts'

export const promised = ({ claims }: RunRecord, text: string): Verdict['promise'] => ({
  text,
  source: claims?.source ?? 'assumed of an imported history',
})
