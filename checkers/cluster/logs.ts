/**
 * What the nodes themselves say of their health: panics, failed assertions, data races, corruption, in their logs. Where
 * faults spoil disks, data, memory or settings, stopping with a word about it is what a node should do: that is shown and
 * not held against it.
 */
import type { FaultModel } from '../../harness/api/claims.ts'
import type { NodeLog, RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import { checkerOf, countBy, type Judged } from '../checker-of.ts'

const PATTERNS: Readonly<Record<string, RegExp>> = {
  panic: /^panic: |"level":"panic"|\bfatal error: |(?<![-\w])panicked at /i,
  assertion: /assertion (?:failed|.{1,80} failed)|AssertionError/i,
  'data race': /WARNING: DATA RACE|ThreadSanitizer: data race/,
  'memory error': /AddressSanitizer|SIGSEGV|segmentation fault|double free|stack smashing/i,
  corruption: /(?<![-\w"])(?:corrupt(?:ed|ion)?|checksum mismatch|crc mismatch)(?![-\w"])/i,
}

/** Under these a node may well stop, and say why. */
const EXCUSES: ReadonlySet<FaultModel> = new Set([
  'disk-errors',
  'data-loss',
  'corruption',
  'power-loss',
  'misconfiguration',
])

const SHOWN = 10
const LINE_CHARACTERS = 300

interface Line {
  readonly node: string
  readonly kind: string
  readonly text: string
}

const linesOf = ({ node, text }: NodeLog): readonly Line[] =>
  text.split('\n').flatMap((line) => {
    const kind = Object.keys(PATTERNS).find((name) => (PATTERNS[name] as RegExp).test(line))
    return kind === undefined ? [] : [{ node, kind, text: line.slice(0, LINE_CHARACTERS) }]
  })

const judge = ({ logs, faults }: RunRecord): Judged => {
  const found = (logs ?? []).flatMap(linesOf)
  const counts = countBy(found, ({ kind }) => kind)
  const details = { logs: (logs ?? []).length, ...counts }
  if (found.length === 0)
    return {
      status: 'valid',
      summary: `${details.logs} logs: no panic, failed assertion, data race or corruption.`,
      evidence: [],
      details,
    }
  const evidence: Evidence = {
    title: Object.entries(counts)
      .map(([kind, count]) => `${kind}: ${count} lines`)
      .join(', '),
    text: found
      .slice(0, SHOWN)
      .map(({ node, text }) => `${node}  ${text}`)
      .join('\n'),
    operations: [],
  }
  const excuse = (faults ?? []).find(
    ({ injectedAtNs, planned }) => injectedAtNs !== undefined && EXCUSES.has(planned.model),
  )
  const summary = `The nodes' logs tell of trouble (${evidence.title}); first, ${found[0]?.node}: ${found[0]?.text.slice(0, 120)}`
  if (excuse !== undefined)
    return {
      status: 'valid',
      summary: `${summary} (there were faults of the kind ${excuse.planned.model}, under which a node may stop)`,
      evidence: [evidence],
      details,
    }
  return { status: 'invalid', summary, evidence: [evidence], details }
}

export const logs = checkerOf({
  name: 'logs',
  finds: 'panics, failed assertions, data races and corruption in what nodes say',
  needs: ['logs', 'claims'],
  applies: (record) => record.logs !== null,
  promise: 'no node panics, fails an assertion or finds its data corrupt by itself',
  judge,
})
