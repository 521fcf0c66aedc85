/** `junit.xml` of a campaign: one test case for each run. What is not proved is an error, never skipped. */
import { isFailure } from '../../campaign/outcome.ts'
import type { CaseResult, SuiteResult } from '../../campaign/result.ts'
import { clip } from '../../support/visible.ts'
import { xmlAttribute, xmlText } from '../../support/xml.ts'
import { headlineOf } from './summary.ts'

const MOST_CHARACTERS = 2000

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlAttribute(clip(String(value), MOST_CHARACTERS))}"`)
    .join('')

const elementOf = ({ outcome }: CaseResult): 'failure' | 'error' | null => {
  if (outcome === 'passed') return null
  return isFailure(outcome) ? 'failure' : 'error'
}

const textOf = ({ why, command, runDir, findings }: CaseResult): string =>
  [
    why,
    ...findings.map(({ fingerprint, sentence }) => `${fingerprint}: ${sentence}`),
    `again: ${command}`,
    ...(runDir === null ? [] : [`run: ${runDir}`]),
  ].join('\n')

const caseXml = (result: CaseResult, suite: string): string => {
  const { name, seed, durationMs, outcome, why } = result
  const element = elementOf(result)
  const text = xmlText(textOf(result))
  const inside =
    element === null
      ? `<system-out>${text}</system-out>`
      : `<${element}${attributes({ message: why, type: outcome })}>${text}</${element}>`
  const about = {
    classname: `faultline.${suite}`,
    name: `${name} seed ${seed}`,
    time: (durationMs / 1000).toFixed(3),
  }
  return `    <testcase${attributes(about)}>\n      ${inside}\n    </testcase>`
}

export const junitOf = (suite: SuiteResult): string => {
  const { results, startedAt, endedAt } = suite
  const count = (element: 'failure' | 'error'): number =>
    results.filter((each) => elementOf(each) === element).length
  const counts = { tests: results.length, failures: count('failure'), errors: count('error') }
  const about = {
    name: suite.suite,
    ...counts,
    skipped: 0,
    time: ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(3),
    timestamp: startedAt.slice(0, 19),
  }
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'faultline', ...counts })}>`,
    `  <testsuite${attributes(about)}>`,
    ...results.map((each) => caseXml(each, suite.suite)),
    `    <system-out>${xmlText(headlineOf(suite))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')}\n`
}
