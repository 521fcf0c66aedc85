/** Short histories written by hand: each step is an event, one millisecond after the previous one. */
import type { Operation } from '../api/history.ts'
import type { Checker, Verdict } from '../api/verdict.ts'
import { type RecordParts, recordOf } from './record.ts'

/** A completion without a `value` has that of its invocation. */
export type Step = readonly [process: number, type: Operation['type'], f: string, value?: unknown]

export const historyOf = (steps: readonly Step[]): readonly Operation[] => {
  const asked = new Map<number, unknown>()
  return steps.map(([process, type, f, given], index) => {
    const value = given ?? asked.get(process)
    if (type === 'invoke') asked.set(process, value)
    return { index, timeNs: index * 1e6, process, type, f, value }
  })
}

/** An operation that is invoked and then completed at once with ok. */
export const done = (
  process: number,
  f: string,
  asked: unknown,
  returned: unknown = asked,
): readonly Step[] => [
  [process, 'invoke', f, asked],
  [process, 'ok', f, returned],
]

export const judgeSteps = (
  checker: Checker,
  steps: readonly Step[],
  parts: RecordParts = {},
): Promise<Verdict> =>
  checker.check(recordOf({ history: historyOf(steps), ...parts }), new AbortController().signal)
