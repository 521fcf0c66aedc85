/** What most checkers are: a promise in one sentence, and a pure judgement of the record. */
import type { RunRecord } from '../harness/api/record.ts'
import type { Checker, Verdict } from '../harness/api/verdict.ts'
import { promised } from './promise.ts'

export type Judged = Pick<Verdict, 'status' | 'summary' | 'evidence' | 'details'>

interface Parts extends Pick<Checker, 'name' | 'finds' | 'needs' | 'applies'> {
  /** What must hold, for the verdict. */
  readonly promise: string
  judge(record: RunRecord): Judged
}

export const checkerOf = ({ promise, judge, ...checker }: Parts): Checker => ({
  ...checker,
  check: async (record) => ({
    checker: checker.name,
    promise: promised(record, promise),
    ...judge(record),
  }),
})

/** How many there are of each kind. */
export const countBy = <T>(found: readonly T[], kindOf: (each: T) => string): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const each of found) counts[kindOf(each)] = (counts[kindOf(each)] ?? 0) + 1
  return counts
}
