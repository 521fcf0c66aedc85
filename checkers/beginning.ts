/** What the beginning of a run proves of the whole. */
import type { Verdict } from '../harness/api/verdict.ts'

/**
 * The verdict on the beginning of a run without what may still turn out well: what is missing so far may come. What is left was
 * broken, whatever follows. Nothing else is proved: a beginning that is right says nothing of the rest.
 *
 * @param verdict of a checker that judges beginnings
 */
export const provedAlready = (verdict: Verdict): Verdict => {
  const evidence = verdict.evidence.filter(
    ({ isMissing, isAllowed }) => isMissing !== true && isAllowed !== true,
  )
  const isBroken = verdict.status === 'invalid' && evidence.length > 0
  return isBroken ? { ...verdict, evidence } : { ...verdict, status: 'unknown', evidence: [] }
}
