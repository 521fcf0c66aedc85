/** An invalid verdict that rests on outcomes that the client may have recorded wrongly says so in its sentence. */
import type { Verdict } from '../harness/api/verdict.ts'

/** Of the many operations that a verdict may rest on, as many are named. */
const NAMED = 3

const operationsOf = ({ evidence }: Verdict): readonly number[] =>
  evidence.flatMap(({ operations }) => operations)

/** @param distrusted the operations, by index of their invocations */
export const withDistrust = (verdict: Verdict, distrusted: ReadonlySet<number>): Verdict => {
  if (verdict.status !== 'invalid') return verdict
  const shared = [...new Set(operationsOf(verdict))].filter((operation) => distrusted.has(operation))
  if (shared.length === 0) return verdict
  const names = `${shared.slice(0, NAMED).join(', ')}${shared.length > NAMED ? ` and ${shared.length - NAMED} more` : ''}`
  return {
    ...verdict,
    summary: `${verdict.summary.replace(/\.$/, '')}; this rests on outcomes that the client may have recorded wrongly (operations ${names}: see outcomes).`,
  }
}
