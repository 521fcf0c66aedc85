/**
 * The verdict as JUnit XML, in the structure that Jenkins, GitLab and GitHub's actions read: one test case for each checker and
 * promise. Invalid is a failure; unknown is an error, because it is never a pass and a skipped case counts as none.
 */
import type { RunVerdict, Verdict } from '../../api/verdict.ts'
import { excuseOf } from '../../findings/groups.ts'
import { NS_PER_S } from '../../support/time.ts'
import { clip } from '../../support/visible.ts'
import { xmlAttribute, xmlText } from '../../support/xml.ts'
import type { Judged, OutputFormat } from './format.ts'

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlAttribute(String(value))}"`)
    .join('')

interface TestCase {
  readonly name: string
  readonly problem: {
    readonly element: 'failure' | 'error'
    readonly message: string
    readonly text: string
  } | null
  readonly output: string
}

/** A CI server shows it as a whole. */
const MOST_CHARACTERS = 20_000
/** Names and messages stand in one line. */
const MOST_IN_A_LINE = 2000

const evidenceText = ({ summary, evidence }: Verdict): string =>
  clip([summary, ...evidence.map(({ title, text }) => `${title}\n${text}`)].join('\n\n'), MOST_CHARACTERS)

/** A broken promise that is not held against the cluster is no failure of its, and no pass. */
const problemOf = (each: Verdict, { record, verdict }: Judged): TestCase['problem'] => {
  if (each.status === 'valid') return null
  const isFailure = each.status === 'invalid' && excuseOf(record, verdict, each) === null
  return {
    element: isFailure ? 'failure' : 'error',
    message: clip(each.summary, MOST_IN_A_LINE),
    text: evidenceText(each),
  }
}

/** Such as a run in which no operation was ok: no checker need be undecided, and still nothing was tested. */
const wholeCase = (verdict: RunVerdict, isTold: boolean): TestCase => {
  const summary = clip(verdict.summary, MOST_IN_A_LINE)
  const isMissing = verdict.status === 'unknown' && !isTold
  return {
    name: 'the run tested something',
    problem: isMissing ? { element: 'error', message: summary, text: summary } : null,
    output: summary,
  }
}

const casesOf = (judged: Judged): readonly TestCase[] => {
  const { verdict } = judged
  const cases = verdict.verdicts.map(
    (each): TestCase => ({
      name: clip(
        each.promise.text === '' ? each.checker : `${each.checker}: ${each.promise.text}`,
        MOST_IN_A_LINE,
      ),
      problem: problemOf(each, judged),
      output: clip(each.summary, MOST_CHARACTERS),
    }),
  )
  const isTold = cases.some(({ problem }) => problem?.element === 'error')
  return [...cases, wholeCase(verdict, isTold)]
}

const caseXml = ({ name, problem, output }: TestCase, classname: string): string => {
  const open = `    <testcase${attributes({ classname, name, time: 0 })}>`
  const inside =
    problem === null
      ? `      <system-out>${xmlText(output)}</system-out>`
      : `      <${problem.element}${attributes({ message: problem.message, type: problem.element === 'failure' ? 'invalid' : 'unknown' })}>${xmlText(problem.text)}</${problem.element}>`
  return `${open}\n${inside}\n    </testcase>`
}

const propertiesOf = ({
  record,
  again,
  folder,
  reportFile,
}: Judged): readonly (readonly [string, string])[] =>
  [
    ['seed', record.spec?.seed],
    ['faultline', record.faultline],
    ['target', record.spec?.target],
    ['bug', record.spec?.bug],
    ...Object.entries(record.facts?.versions ?? {}).map(([name, version]) => [`version of ${name}`, version]),
    ['command', again],
    ['run', folder],
    ['report', reportFile],
  ].flatMap(([name, value]) => (value == null ? [] : [[String(name), String(value)] as const]))

/** The target and the workload, or the history's file. */
const suiteName = ({ record, file }: Judged): string => {
  const { spec } = record
  return spec === null ? (file ?? 'history') : `${spec.target} ${spec.workload}`
}

export const junit: OutputFormat = {
  name: 'junit',
  description: 'JUnit XML, for CI servers',
  render: (judged) => {
    const { record } = judged
    const cases = casesOf(judged)
    const count = (element: 'failure' | 'error'): number =>
      cases.filter(({ problem }) => problem?.element === element).length
    const counts = { tests: cases.length, failures: count('failure'), errors: count('error') }
    const name = suiteName(judged)
    const timestamp = record.facts?.startedAt.slice(0, 19)
    const suite = {
      name,
      ...counts,
      skipped: 0,
      time: ((record.history.at(-1)?.timeNs ?? 0) / NS_PER_S).toFixed(3),
      ...(timestamp === undefined ? {} : { timestamp }),
    }
    const properties = propertiesOf(judged)
    return `${[
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: 'faultline', ...counts })}>`,
      `  <testsuite${attributes(suite)}>`,
      ...(properties.length === 0
        ? []
        : [
            '    <properties>',
            ...properties.map(([key, value]) => `      <property${attributes({ name: key, value })}/>`),
            '    </properties>',
          ]),
      ...cases.map((each) => caseXml(each, `faultline.${name.replace(/[^\w-]+/g, '-')}`)),
      '  </testsuite>',
      '</testsuites>',
    ].join('\n')}\n`
  },
}
