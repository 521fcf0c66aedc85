/** `junit.xml` of a campaign: one test case for each run. What is not proved is an error, never skipped. */
import { isFailure } from '../../campaign/outcome.ts'
import type { CaseResult, SuiteResult } from '../../campaign/result.ts'
import { junitXml, type TestCase } from '../output/junit-xml.ts'

const textOf = ({ why, command, runDir, findings }: CaseResult): string =>
  [
    why,
    ...findings.map(({ fingerprint, sentence }) => `${fingerprint}: ${sentence}`),
    `again: ${command}`,
    ...(runDir === null ? [] : [`run: ${runDir}`]),
  ].join('\n')

const caseOf = (result: CaseResult): TestCase => {
  const { name, seed, durationMs, outcome, why } = result
  const text = textOf(result)
  return {
    name: `${name} seed ${seed}`,
    seconds: durationMs / 1000,
    problem:
      outcome === 'passed'
        ? null
        : { element: isFailure(outcome) ? 'failure' : 'error', type: outcome, message: why, text },
    output: text,
  }
}

export const junitOf = ({ suite, results, startedAt, endedAt }: SuiteResult): string =>
  junitXml({
    name: suite,
    cases: results.map(caseOf),
    seconds: (Date.parse(endedAt) - Date.parse(startedAt)) / 1000,
    startedAt,
    properties: [],
  })
