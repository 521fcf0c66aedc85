/** Tests of a checker with histories written by hand: some must pass and some must fail. */
import { describe, expect, it } from 'vitest'
import type { Checker, Status } from '../api/verdict.ts'
import type { RecordParts } from './record.ts'
import { judgeSteps, type Step } from './steps.ts'

export type Case = readonly [what: string, status: Status, ...steps: (readonly Step[])[]]

/** @param given other parts of the record, and a description of them for the test's name */
export const cases = (
  checker: Checker,
  all: readonly Case[],
  given: { readonly what?: string; readonly parts?: RecordParts } = {},
): void => {
  const { what: under, parts = {} } = given
  describe(under === undefined ? checker.name : `${checker.name}, ${under}`, () => {
    it.each(all.map(([what, status, ...steps]) => [what, status, steps.flat()] as const))(
      '%s: %s',
      async (_, status, steps) => {
        const verdict = await judgeSteps(checker, steps, parts)
        expect(verdict.status, verdict.summary).toBe(status)
        if (status === 'invalid') expect(verdict.evidence[0]?.operations.length).toBeGreaterThan(0)
      },
    )
  })
}

export const asked = (process: number, f: string, value: unknown): readonly Step[] => [
  [process, 'invoke', f, value],
]
export const inDoubt = (process: number, f: string, value: unknown): readonly Step[] => [
  [process, 'invoke', f, value],
  [process, 'info', f],
]
export const refused = (process: number, f: string, value: unknown): readonly Step[] => [
  [process, 'invoke', f, value],
  [process, 'fail', f],
]
