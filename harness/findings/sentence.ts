/** One sentence about a broken promise: what was promised by whom, when it was broken, under which faults, and by what. */
import type { RunRecord } from '../api/record.ts'
import type { Evidence, Verdict } from '../api/verdict.ts'
import { formatTimeNs } from '../support/time.ts'
import { clip } from '../support/visible.ts'
import { type Moment, momentOf, pairsAt } from './evidence.ts'
import { faultsOn, listed, oddPhrase, underFaults } from './faults.ts'
import type { Group, Part } from './groups.ts'

/** Names of keys and promises come from histories and targets of others, and may be long. */
const MOST_CHARACTERS = 200

/** `read: linearizable, write: linearizable`: the promises of calls, and nothing else. */
const CALLS = /^[\w-]+: [\w-]+(?:, [\w-]+: [\w-]+)*$/

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** `Read, write and cas of register were promised linearizable (etcd's documentation), which was broken`. */
const promisePhrase = ({ vocabulary }: RunRecord, { promise }: Verdict): string => {
  const { text, source, assumed } = promise
  if (text === '') return 'A promise was broken'
  const made = assumed === undefined ? 'promised' : 'assumed'
  const by = assumed === undefined ? ` (${clip(source, MOST_CHARACTERS)})` : ' (nobody promised it)'
  const calls = CALLS.test(text) ? text.split(', ').map((part) => part.split(': ')) : []
  const names = [...new Set(calls.map(([, name]) => name ?? ''))]
  if (names.length !== 1)
    return `The ${made === 'assumed' ? 'assumed ' : ''}promise "${clip(text, MOST_CHARACTERS)}"${by} was broken`
  const who = listed(
    calls.map(([call]) => call ?? ''),
    calls.length,
  )
  const whose = vocabulary === null ? '' : ` of ${vocabulary.name}`
  const verb = calls.length === 1 ? 'was' : 'were'
  return `${capitalised(who)}${whose} ${verb} ${made} ${names[0]}${by}, which was broken`
}

/** ` on key 4`, if all of them concern one object that has a name. */
const keyPhrase = (record: RunRecord, { operations }: Evidence): string => {
  const calls = record.vocabulary?.calls ?? {}
  const keys = new Set(
    pairsAt(record, operations).flatMap(({ invocation: { f, value } }) =>
      Object.hasOwn(calls, f) ? (calls[f]?.objects?.(value) ?? []) : [],
    ),
  )
  const [key] = keys
  return key === undefined || keys.size > 1 ? '' : ` on key ${clip(key, MOST_CHARACTERS)}`
}

/**
 * `stale read, shown by 2 operations on key 4`; `lost effect (141 times), shown by 20 operations`. What has no name, or is
 * all that was found and shown by no operation, is told by the checker's own sentence.
 */
const whatPhrase = (
  record: RunRecord,
  { verdict, anomaly, kind }: Group,
  shown: Part | undefined,
): string => {
  const name = anomaly ?? kind
  const { length } = shown === undefined ? [] : pairsAt(record, shown.evidence.operations)
  const isAll = verdict.evidence.length <= 1
  if (shown === undefined || name === null || (length === 0 && isAll))
    return clip(verdict.summary.replace(/\.$/, ''), MOST_CHARACTERS)
  const times = shown.count > 1 ? ` (${shown.count} times)` : ''
  if (length === 0) return `${name}${times}`
  return `${name}${times}, shown by ${length} ${length === 1 ? 'operation' : 'operations'}${keyPhrase(record, shown.evidence)}`
}

/**
 * When, and under which faults. Where the very time is not known, no fault is named for it. Where odd nodes are known, what hit
 * them is named instead of what was in force elsewhere.
 */
const whenPhrase = (record: RunRecord, first: Evidence, moment: Moment | null): string => {
  if (moment === null || moment.isKnown === 'by') return ''
  const { atNs, isKnown } = moment
  const isHit = (first.odd ?? []).some((odd) => faultsOn(record, odd).length > 0)
  return ` ${isKnown} ${formatTimeNs(atNs)}${isKnown === 'at' && !isHit ? underFaults(record, atNs) : ''}`
}

/** Nothing, or what follows the anomaly: the odd nodes, and when all that is shown had happened. */
const endPhrase = (record: RunRecord, { odd = [] }: Evidence, moment: Moment | null): string => {
  const nodes = odd.length === 0 ? '' : `; it shows on ${oddPhrase(record, odd)}`
  return moment?.isKnown === 'by'
    ? `${nodes}; all that is shown had happened by ${formatTimeNs(moment.atNs)}`
    : nodes
}

/**
 * @param firstAtNs the earliest time at which a part of the evidence was complete; it is told if it is not the time of the
 * evidence that a reader is shown
 */
export const sentenceOf = (record: RunRecord, group: Group, firstAtNs: number | null): string => {
  const promise = promisePhrase(record, group.verdict)
  const [shown] = group.parts
  const what = whatPhrase(record, group, shown)
  if (shown === undefined) return `${promise}: ${what}.`
  const { evidence, count } = shown
  const moment = momentOf(record, evidence, count)
  const shownAtNs = moment?.atNs ?? null
  const earlier =
    firstAtNs === null || shownAtNs === null || firstAtNs >= shownAtNs
      ? ''
      : `; other evidence of it is from ${formatTimeNs(firstAtNs)} on`
  return `${promise}${whenPhrase(record, evidence, moment)}: ${what}${endPhrase(record, evidence, moment)}${earlier}.`
}
