/** JUnit XML, in the structure that Jenkins, GitLab and GitHub's actions read. */
import { clip } from '../../support/visible.ts'
import { xmlAttribute, xmlText } from '../../support/xml.ts'

export interface TestCase {
  readonly name: string
  readonly seconds: number
  /** Null: it passed. */
  readonly problem: {
    /** What is not proved is an error: it is no pass, and a skipped case counts as none. */
    readonly element: 'failure' | 'error'
    readonly type: string
    readonly message: string
    readonly text: string
  } | null
  /** Of a case that passed. */
  readonly output: string
}

export interface TestSuite {
  readonly name: string
  readonly cases: readonly TestCase[]
  readonly seconds: number
  /** ISO 8601. Absent: not known. */
  readonly startedAt?: string
  readonly properties: readonly (readonly [string, string])[]
}

/** A CI server shows a text as a whole. */
const MOST_CHARACTERS = 20_000
/** Names and messages stand in one line. */
const MOST_IN_A_LINE = 2000

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlAttribute(clip(String(value), MOST_IN_A_LINE))}"`)
    .join('')

const textOf = (text: string): string => xmlText(clip(text, MOST_CHARACTERS))

const caseXml = ({ name, seconds, problem, output }: TestCase, classname: string): string => {
  const open = `    <testcase${attributes({ classname, name, time: seconds.toFixed(3) })}>`
  const inside =
    problem === null
      ? `      <system-out>${textOf(output)}</system-out>`
      : `      <${problem.element}${attributes({ message: problem.message, type: problem.type })}>${textOf(problem.text)}</${problem.element}>`
  return `${open}\n${inside}\n    </testcase>`
}

const propertiesXml = (properties: TestSuite['properties']): readonly string[] =>
  properties.length === 0
    ? []
    : [
        '    <properties>',
        ...properties.map(([name, value]) => `      <property${attributes({ name, value })}/>`),
        '    </properties>',
      ]

/** The document of one suite. */
export const junitXml = ({ name, cases, seconds, startedAt, properties }: TestSuite): string => {
  const count = (element: 'failure' | 'error'): number =>
    cases.filter(({ problem }) => problem?.element === element).length
  const counts = { tests: cases.length, failures: count('failure'), errors: count('error') }
  const suite = {
    name,
    ...counts,
    skipped: 0,
    time: seconds.toFixed(3),
    ...(startedAt === undefined ? {} : { timestamp: startedAt.slice(0, 19) }),
  }
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'faultline', ...counts })}>`,
    `  <testsuite${attributes(suite)}>`,
    ...propertiesXml(properties),
    ...cases.map((each) => caseXml(each, `faultline.${name.replace(/[^\w-]+/g, '-')}`)),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')}\n`
}
