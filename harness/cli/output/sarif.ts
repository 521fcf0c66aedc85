/**
 * The findings as SARIF 2.1.0 (OASIS 2020), for code scanning: a rule for each checker and anomaly, a result for each finding,
 * with the fingerprint by which a later run recognises it. A run that proved nothing is a result too, and a tool that did not
 * succeed: an empty list would read as a pass.
 */
import path from 'node:path'
import type { Finding } from '../../api/finding.ts'
import { findingsOf } from '../../findings/findings.ts'
import { headlineOf } from '../../findings/headline.ts'
import { FILES } from '../../store/run-store.ts'
import { ownVersion } from '../../store/version.ts'
import { clip, visible } from '../../support/visible.ts'
import type { Judged, OutputFormat } from './format.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

const UNPROVED = 'run/unproved'
const MOST_CHARACTERS = 4000

const shown = (text: string): string => visible(clip(text, MOST_CHARACTERS))

const shownValues = (values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)]))

/** Rule identifiers are paths without blanks. */
const ruleOf = ({ checker, anomaly }: Finding): string =>
  anomaly === checker ? checker : `${checker}/${clip(anomaly, 80).replace(/[^\w.-]+/g, '-')}`

/** A relative reference (RFC 3986) from the working directory, with forward slashes. */
const uriOf = (file: string): string =>
  path.relative('.', path.resolve(file)).split(path.sep).map(encodeURIComponent).join('/')

/** Code scanning needs a file and a line: the line of the history in which the operation ends the evidence. */
const locationOf = ({ folder, file, record }: Judged, operations: readonly number[]): object => {
  const history = file ?? path.join(folder ?? '.', FILES.history)
  // In a run's history the header is the first line, and positions begin with 0.
  const startLine = record.spec === null ? 1 : Math.max(-1, ...operations.slice(0, 1000)) + 2
  return { physicalLocation: { artifactLocation: { uri: uriOf(history) }, region: { startLine } } }
}

const resultOf = (finding: Finding, judged: Judged): object => ({
  ruleId: ruleOf(finding),
  level: finding.excuse === null ? 'error' : 'warning',
  message: {
    text: shown(
      finding.excuse === null
        ? finding.sentence
        : `Not held against the cluster, because ${finding.excuse}: ${finding.sentence}`,
    ),
  },
  locations: [locationOf(judged, finding.operations)],
  partialFingerprints: { 'faultline/v1': finding.fingerprint },
  properties: {
    promise: shown(finding.promise),
    source: shown(finding.source),
    count: finding.count,
    firstAtNs: finding.firstAtNs,
    faults: finding.faults.map(shown),
    nodes: finding.nodes.map(shown),
  },
})

const unprovedResult = (judged: Judged, headline: string): object => ({
  ruleId: UNPROVED,
  level: 'warning',
  message: { text: headline },
  locations: [locationOf(judged, [])],
  partialFingerprints: { 'faultline/v1': UNPROVED },
})

const rulesOf = (findings: readonly Finding[], isUnproved: boolean): readonly object[] => [
  ...[...new Map(findings.map((finding) => [ruleOf(finding), finding]))].map(
    ([id, { checker, anomaly, promise }]) => ({
      id,
      shortDescription: { text: shown(`${checker}: ${anomaly}`) },
      fullDescription: { text: shown(promise === '' ? checker : `Promised: ${promise}`) },
    }),
  ),
  ...(isUnproved
    ? [
        {
          id: UNPROVED,
          shortDescription: { text: 'The run proved nothing, which is no pass' },
        },
      ]
    : []),
]

const propertiesOf = ({ record: { spec, facts }, verdict, again }: Judged): object => ({
  status: verdict.status,
  ...(spec === null ? {} : { seed: spec.seed, target: spec.target, workload: spec.workload }),
  ...(facts === null ? {} : { versions: shownValues(facts.versions) }),
  ...(again === undefined ? {} : { command: visible(again) }),
})

export const sarif: OutputFormat = {
  name: 'sarif',
  description: 'SARIF 2.1.0, for code scanning',
  render: (judged) => {
    const { record, verdict } = judged
    const findings = findingsOf(record, verdict)
    const headline = shown(headlineOf(record, verdict))
    const isUnproved = verdict.status === 'unknown'
    const log = {
      $schema: SCHEMA,
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'faultline',
              version: record.faultline ?? ownVersion(),
              rules: rulesOf(findings, isUnproved),
            },
          },
          invocations: [
            {
              executionSuccessful: !isUnproved,
              ...(isUnproved
                ? { toolExecutionNotifications: [{ level: 'error', message: { text: headline } }] }
                : {}),
            },
          ],
          results: [
            ...findings.map((finding) => resultOf(finding, judged)),
            ...(isUnproved ? [unprovedResult(judged, headline)] : []),
          ],
          properties: propertiesOf(judged),
        },
      ],
    }
    return `${JSON.stringify(log, null, 2)}\n`
  },
}
