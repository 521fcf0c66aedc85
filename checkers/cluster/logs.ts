/**
 * What the nodes themselves say of their health: panics, failed assertions, data races, corruption, in their logs. Where
 * faults spoil disks, data, memory or settings, stopping with a word about it is what a node should do: that is shown and
 * not held against it.
 */
import type { FaultModel } from '../../harness/api/claims.ts'
import type { NodeLog, RunRecord } from '../../harness/api/record.ts'
import { assumed } from '../promise.ts'
import { checkerOf, conclude, type Judged } from '../verdict.ts'

const PATTERNS = {
  panic: /^panic: |"level":"panic"|\bfatal error: |(?<![-\w])panicked at /i,
  assertion: /assertion (?:failed|.{1,80} failed)|AssertionError/i,
  'data race': /WARNING: DATA RACE|ThreadSanitizer: data race/,
  'memory error': /AddressSanitizer|SIGSEGV|segmentation fault|double free|stack smashing/i,
  corruption: /(?<![-\w"])(?:corrupt(?:ed|ion)?|checksum mismatch|crc mismatch)(?![-\w"])/i,
} as const

type LogTrouble = keyof typeof PATTERNS

const KINDS = Object.keys(PATTERNS) as readonly LogTrouble[]

/** Under these a node may well stop, and say why. */
const EXCUSES: ReadonlySet<FaultModel> = new Set([
  'disk-errors',
  'data-loss',
  'corruption',
  'power-loss',
  'misconfiguration',
])

const LINE_CHARACTERS = 300

interface LogLine {
  readonly node: string
  readonly kind: LogTrouble
  readonly text: string
}

const linesOf = ({ node, text }: NodeLog): readonly LogLine[] =>
  text.split('\n').flatMap((line) => {
    const kind = KINDS.find((name) => PATTERNS[name].test(line))
    return kind === undefined ? [] : [{ node, kind, text: line.slice(0, LINE_CHARACTERS) }]
  })

const judge = ({ logs, faults }: RunRecord): Judged => {
  const all = logs ?? []
  const excuse = (faults ?? []).find(
    ({ injectedAtNs, planned }) => injectedAtNs !== undefined && EXCUSES.has(planned.model),
  )
  const findings = all
    .flatMap(linesOf)
    .map(({ node, kind, text }) => ({ kind, text: `${node}  ${text}`, operations: [] }))
  return conclude(findings, {
    seen: `${all.length} logs of nodes`,
    clean: 'no panic, failed assertion, data race or corruption',
    unproven: null,
    kinds: KINDS,
    allows: () => excuse !== undefined,
    because: `after faults of the kind ${excuse?.planned.model}, under which a node may stop`,
    details: { logs: all.length },
  })
}

export const logs = checkerOf({
  name: 'logs',
  finds: 'panics, failed assertions, data races and corruption in what nodes say',
  needs: ['logs', 'claims'],
  applies: (record) => record.logs !== null,
  promise: assumed('no node panics, fails an assertion or finds its data corrupt by itself'),
  judge,
})
