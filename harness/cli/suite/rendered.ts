/** The result of a campaign in every form that a person or a CI server reads. */
import type { SuiteResult } from '../../campaign/result.ts'
import { junitOf } from './junit.ts'
import { pageOf } from './page.ts'
import { markdownOf } from './summary.ts'

/** @param dir the folder that they are written to */
export const rendered = (
  result: SuiteResult,
  dir: string,
): Readonly<Record<'junit' | 'summary' | 'page', string>> => ({
  junit: junitOf(result),
  summary: markdownOf(result),
  page: pageOf(result, dir),
})
