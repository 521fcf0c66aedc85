/** Short histories written by hand: each step is an event, a millisecond after the one before. */
import type { Operation } from '../api/history.ts'
import type { Checker, Verdict } from '../api/verdict.ts'
import { type RecordParts, recordOf } from './record.ts'

/** `value` of a completion that is left out is the invocation's. */
export type Step = readonly [process: number, type: Operation['type'], f: string, value?: unknown]

export const historyOf = (steps: readonly Step[]): readonly Operation[] => {
  const asked = new Map<number, unknown>()
  return steps.map(([process, type, f, given], index) => {
    const value = given ?? asked.get(process)
    if (type === 'invoke') asked.set(process, value)
    return { index, timeNs: index * 1e6, process, type, f, value }
  })
}

/** Invoked and completed at once. */
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
