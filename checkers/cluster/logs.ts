/**
 * What the logs of the nodes say about their health: panics, failed assertions, data races, memory errors, corruption. The
 * patterns here match only what no healthy server prints: the form in which a language's runtime or a library reports it, or
 * the plain statement that data is corrupt. A server's own words belong to its target (`logPatterns` and `harmlessLogs` in its
 * claims).
 *
 * If faults damage disks, data, memory or settings, a node should stop with a message. Such messages are shown, but are not
 * counted against the node.
 */
import type { Claims, FaultModel } from '../../harness/api/claims.ts'
import type { NodeLog, RunRecord } from '../../harness/api/record.ts'
import { messageOf, UserError } from '../../harness/support/assert.ts'
import { assumed, claimed } from '../promise.ts'
import { checkerOf, conclude, type Judged } from '../verdict.ts'

const PATTERNS: Readonly<Record<string, RegExp>> = {
  // Go, its loggers, Rust, PostgreSQL, and the fatal lines of glog (CockroachDB).
  panic:
    /^panic: |^fatal error: |"level":"(?:panic|dpanic)"|^thread '.*panicked at |\bPANIC: {2}|^F\d{4,6} \d\d:\d\d:\d\d/,
  // C's assert, Java, Python, Node, Redis, PostgreSQL.
  assertion:
    /\bassertion (?:failed\b|.{1,80} failed\b)|\bAssertionError\b|=== ASSERTION FAILED ===|\bTRAP: /i,
  'data race': /WARNING: DATA RACE|WARNING: ThreadSanitizer: data race/,
  'memory error':
    /ERROR: \w+Sanitizer: |\bSIGSEGV(?: \(0x|: segmentation violation)|signal 11: Segmentation fault|^Segmentation fault|\bdouble free or corruption|stack smashing detected|\bcrashed by signal: \d/,
  corruption:
    /(?<!\b(?:if|unless|whether|when)\b.{0,60})\b(?:is|are|was|were|has been|have been) corrupt(?:ed)?\b/i,
}

/** After these faults a node may stop and say why. */
const EXCUSES: ReadonlySet<FaultModel> = new Set([
  'disk-errors',
  'data-loss',
  'corruption',
  'power-loss',
  'misconfiguration',
])

const LINE_CHARACTERS = 300

const HOLDS = 'no node panics, fails an assertion or finds its data corrupt without a fault that explains it'
/** Blamed are lines that match a pattern of the target's own. */
const OWN = 'logPatterns'
const UNCLAIMED = {
  text: 'the lines that no healthy server prints',
  toClaim: "claim `neverPanics` in the target's claims, or name the lines in its `logPatterns`",
}

/** @throws UserError that names the pattern if it is no regular expression */
const patternOf = (source: string, name: string): RegExp => {
  try {
    return new RegExp(source)
  } catch (error) {
    throw new UserError(`the target's claims: ${name} is not a regular expression (${messageOf(error)})`)
  }
}

interface Patterns {
  readonly troubles: readonly (readonly [kind: string, pattern: RegExp])[]
  readonly harmless: readonly RegExp[]
}

const patternsOf = (claims: Claims | null): Patterns => ({
  troubles: [
    ...Object.entries(claims?.logPatterns ?? {}).map(
      ([kind, source]) => [kind, patternOf(source, `the log pattern ${kind}`)] as const,
    ),
    ...Object.entries(PATTERNS),
  ],
  harmless: (claims?.harmlessLogs ?? []).map((source) => patternOf(source, 'a pattern of harmlessLogs')),
})

interface LogLine {
  readonly node: string
  readonly kind: string
  readonly text: string
}

const linesOf = ({ node, text }: NodeLog, { troubles, harmless }: Patterns): readonly LogLine[] =>
  text.split('\n').flatMap((line) => {
    const [kind] = troubles.find(([, pattern]) => pattern.test(line)) ?? []
    if (kind === undefined || harmless.some((pattern) => pattern.test(line))) return []
    return [{ node, kind, text: line.slice(0, LINE_CHARACTERS) }]
  })

const judge = ({ logs, faults, claims }: RunRecord): Judged => {
  const all = logs ?? []
  const patterns = patternsOf(claims)
  const excuse = (faults ?? []).find(
    ({ injectedAtNs, planned }) => injectedAtNs !== undefined && EXCUSES.has(planned.model),
  )
  const findings = all
    .flatMap((log) => linesOf(log, patterns))
    .map(({ node, kind, text }) => ({ kind, text: `${node}  ${text}`, operations: [] }))
  const kinds = [...new Set(patterns.troubles.map(([kind]) => kind))]
  return conclude(findings, {
    seen: `${all.length} node logs`,
    clean: `no ${kinds.join(', no ')}`,
    unproven: null,
    kinds,
    anomalies: Object.fromEntries(kinds.map((kind) => [kind, kind])),
    allows: () => excuse !== undefined,
    because: `explained by a ${excuse?.planned.model} fault, after which a node may stop`,
    ...(findings.some(({ kind }) => Object.hasOwn(claims?.logPatterns ?? {}, kind)) ? { blamed: OWN } : {}),
    details: { logs: all.length },
  })
}

export const logs = checkerOf({
  name: 'logs',
  finds: 'panics, failed assertions, data races and corruption in the logs of the nodes',
  needs: ['logs', 'claims'],
  applies: (record) => record.logs !== null,
  promise: (record, blamed) =>
    record.claims?.neverPanics === true || blamed === OWN
      ? claimed(record, HOLDS)
      : assumed(HOLDS, UNCLAIMED),
  judge,
})
