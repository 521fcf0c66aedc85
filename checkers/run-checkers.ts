/** Runs checkers over a record. One that crashes, or lacks a part of the record, is unknown. */
import type { RunRecord } from '../harness/api/record.ts'
import type { Checker, ErrorGroup, Fold, RunVerdict, Verdict } from '../harness/api/verdict.ts'
import { messageOf, UserError } from '../harness/support/assert.ts'
import { foldErrors } from './error-groups.ts'
import { GuardedFold } from './fold.ts'

interface Outcome {
  readonly verdicts: readonly Verdict[]
  readonly counts: RunVerdict['counts']
  readonly errors: readonly ErrorGroup[]
}

const unknown = (checker: Checker, summary: string): Verdict => ({
  checker: checker.name,
  status: 'unknown',
  promise: { text: '', source: '' },
  summary,
  evidence: [],
  details: {},
})

// A UserError means that the record cannot be judged; any other error is a bug in the checker.
const failed = (checker: Checker, error: unknown): Verdict =>
  unknown(checker, `${error instanceof UserError ? 'Not judged' : 'The checker failed'}: ${messageOf(error)}`)

/** How a checker comes to its verdict: alone, or by what it has seen of each pair. */
interface Started {
  readonly checker: Checker
  readonly fold: GuardedFold<Promise<Verdict>> | null
}

const start = (checker: Checker, record: RunRecord): Started => {
  const begin = checker.fold?.bind(checker)
  return { checker, fold: begin === undefined ? null : new GuardedFold(() => begin(record)) }
}

const finish = async (
  { checker, fold }: Started,
  record: RunRecord,
  signal: AbortSignal,
): Promise<Verdict> => {
  try {
    if (fold === null) return await checker.check(record, signal)
    const folded = fold.result()
    return 'error' in folded ? failed(checker, folded.error) : await folded.result
  } catch (error) {
    return failed(checker, error)
  }
}

/** The verdict of each, in their order, and what is counted besides. They share one reading of the history. */
export const runCheckers = async (
  checkers: readonly Checker[],
  record: RunRecord,
  signal: AbortSignal,
): Promise<Outcome> => {
  const lacking = (checker: Checker): readonly string[] =>
    checker.needs.filter((part) => record[part] === null)
  const started = checkers
    .filter((checker) => lacking(checker).length === 0)
    .map((each) => start(each, record))
  const counts = foldCounts()
  const errors = foldErrors(record)
  const folds = [counts, errors, ...started.flatMap(({ fold }) => fold ?? [])]
  for (const [place, pair] of record.pairs.entries()) for (const fold of folds) fold.take(pair, place)
  const verdicts: Verdict[] = []
  for (const checker of checkers) {
    const own = started.find((each) => each.checker === checker)
    verdicts.push(
      own === undefined
        ? unknown(checker, `Not judged: the record lacks ${lacking(checker).join(', ')}.`)
        : await finish(own, record, signal),
    )
  }
  return { verdicts, counts: counts.result(), errors: errors.result() }
}

const foldCounts = (): Fold<RunVerdict['counts']> => {
  const counts = { ok: 0, fail: 0, info: 0 }
  return {
    take: ({ completion }) => {
      if (completion !== null) counts[completion.type as keyof typeof counts]++
    },
    result: () => counts,
  }
}
