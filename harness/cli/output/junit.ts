/** The verdict as JUnit XML: one test case for each checker and promise. Invalid is a failure, unknown an error. */
import type { RunVerdict, Verdict } from '../../api/verdict.ts'
import { excuseOf } from '../../findings/groups.ts'
import { NS_PER_S } from '../../support/time.ts'
import type { Judged, OutputFormat } from './format.ts'
import { junitXml, type TestCase, type TestSuite } from './junit-xml.ts'

const evidenceText = ({ summary, evidence }: Verdict): string =>
  [summary, ...evidence.map(({ title, text }) => `${title}\n${text}`)].join('\n\n')

/** A broken promise that is not held against the cluster is no failure of its, and no pass. */
const problemOf = (each: Verdict, { record, verdict }: Judged): TestCase['problem'] => {
  if (each.status === 'valid') return null
  const isFailure = each.status === 'invalid' && excuseOf(record, verdict, each) === null
  return {
    element: isFailure ? 'failure' : 'error',
    type: isFailure ? 'invalid' : 'unknown',
    message: each.summary,
    text: evidenceText(each),
  }
}

/** Such as a run in which no operation was ok: no checker need be undecided, and still nothing was tested. */
const wholeCase = ({ status, summary }: RunVerdict, isTold: boolean): TestCase => {
  const isMissing = status === 'unknown' && !isTold
  return {
    name: 'the run tested something',
    seconds: 0,
    problem: isMissing ? { element: 'error', type: 'unknown', message: summary, text: summary } : null,
    output: summary,
  }
}

const casesOf = (judged: Judged): readonly TestCase[] => {
  const { verdict } = judged
  const cases = verdict.verdicts.map(
    (each): TestCase => ({
      name: each.promise.text === '' ? each.checker : `${each.checker}: ${each.promise.text}`,
      seconds: 0,
      problem: problemOf(each, judged),
      output: each.summary,
    }),
  )
  const isTold = cases.some(({ problem }) => problem?.element === 'error')
  return [...cases, wholeCase(verdict, isTold)]
}

const propertiesOf = ({ record, again, folder, reportFile }: Judged): TestSuite['properties'] =>
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
    const { history, facts } = judged.record
    return junitXml({
      name: suiteName(judged),
      cases: casesOf(judged),
      seconds: (history.at(-1)?.timeNs ?? 0) / NS_PER_S,
      ...(facts === null ? {} : { startedAt: facts.startedAt }),
      properties: propertiesOf(judged),
    })
  },
}
