/** The first sentence about a run or a history. It answers: broken, what was tried, or what was missing. */
import type { RunRecord } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { clip } from '../support/visible.ts'
import { effectiveFaults, endNs } from './faults.ts'
import { findingsOf } from './findings.ts'

interface Interval {
  readonly fromNs: number
  readonly toNs: number
}

/**
 * The times in which any effective fault was in force, as intervals that do not touch. What was acknowledged while it was still
 * being injected proves nothing.
 */
const disturbedTimes = (record: RunRecord): readonly Interval[] => {
  const merged: { fromNs: number; toNs: number }[] = []
  const faults = effectiveFaults(record).toSorted((a, b) => a.injectedAtNs - b.injectedAtNs)
  for (const fault of faults) {
    const last = merged.at(-1)
    if (last === undefined || fault.injectedAtNs > last.toNs)
      merged.push({ fromNs: fault.injectedAtNs, toNs: endNs(fault) })
    else last.toNs = Math.max(last.toNs, endNs(fault))
  }
  return merged
}

/** In one pass: of a run of hours there are thousands of times and millions of operations. */
const acknowledgedUnderFaults = (record: RunRecord): number => {
  const times = disturbedTimes(record)
  let [count, next] = [0, 0]
  for (const { invocation, completion } of record.pairs) {
    while ((times[next]?.toNs ?? Number.POSITIVE_INFINITY) < invocation.timeNs) next++
    const fromNs = times[next]?.fromNs ?? Number.POSITIVE_INFINITY
    if (completion?.type === 'ok' && completion.timeNs >= fromNs) count++
  }
  return count
}

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

/** `partition (12), kill (8)`. */
const kindsOf = (record: RunRecord): string =>
  [...Map.groupBy(effectiveFaults(record), ({ planned }) => planned.nemesis)]
    .map(([nemesis, faults]) => `${nemesis} (${faults.length})`)
    .join(', ')

const servedPhrase = ({ impact }: RunVerdict): string =>
  impact?.served === undefined
    ? ''
    : `, and the cluster served in ${impact.served.servedS} of ${impact.served.askedS} s`

/** Nothing for a history without faults. */
const faultPhrase = (record: RunRecord, verdict: RunVerdict): string => {
  const { planned, effective } = verdict.faults
  if (planned === 0) return record.spec === null ? '' : ', without faults'
  const kinds = kindsOf(record)
  return `, ${acknowledgedUnderFaults(record)} of them while a fault was in force; ${effective} of ${plural(planned, 'planned fault')} took effect${kinds === '' ? '' : `: ${kinds}`}${servedPhrase(verdict)}`
}

const triedSentence = (record: RunRecord, verdict: RunVerdict): string => {
  const { ok } = verdict.counts
  const whose = record.vocabulary === null ? '' : ` of ${record.vocabulary.name}`
  const proved = verdict.verdicts.filter(({ status }) => status === 'valid').length
  return `No promise was broken (${plural(proved, 'checker')} proved it for this history): ${plural(record.pairs.length, 'operation')}${whose}, ${ok} acknowledged${faultPhrase(record, verdict)}.`
}

const MOST_CHARACTERS = 200

/** What says more about the reason, where nothing was acknowledged. */
const errorPhrase = ({ errors = [] }: RunVerdict): string => {
  const [most] = errors
  if (most === undefined) return ' Look at the logs of the nodes.'
  return ` The most frequent error (${most.count} times) was: ${clip(most.message, MOST_CHARACTERS)}.`
}

/** The undecided checkers besides the one that the summary tells of. */
const undecidedPhrase = ({ verdicts, summary }: RunVerdict): string => {
  const others = verdicts.filter((each) => each.status === 'unknown' && !summary.includes(each.summary))
  return others.length === 0 ? '' : ` Not decided either: ${others.map(({ checker }) => checker).join(', ')}.`
}

/** What can be changed, for reasons whose own sentence does not say it. */
const changePhrase = (verdict: RunVerdict): string => {
  const { counts, faults, summary } = verdict
  if (counts.ok === 0) return errorPhrase(verdict)
  if (summary.includes('no fault fitted into the run'))
    return ' A longer --time-limit, or a shorter interval (--nemesis-opts), makes room for faults.'
  if (faults.planned > 0 && faults.effective * 10 < faults.planned && !summary.includes('left out'))
    return ' `faultline doctor` tells which faults work on this machine, and faults.jsonl what each of them did.'
  return ''
}

const isVacuous = ({ summary }: RunVerdict): boolean => summary.startsWith('Vacuous')

/** The sentence of the verdict says why nothing was decided, and that of broken promises why they do not count. */
const unknownSentence = (record: RunRecord, verdict: RunVerdict): string => {
  const [broken] = findingsOf(record, verdict)
  if (broken?.excuse != null) {
    const { excuse, sentence } = broken
    const vacuous = isVacuous(verdict) ? ` ${verdict.summary}` : ''
    return `Not held against the cluster, because ${excuse}: ${sentence}${vacuous}`
  }
  const reason = verdict.summary === '' ? 'No checker had anything to judge.' : verdict.summary
  const isPartial = !isVacuous(verdict) && verdict.verdicts.some(({ status }) => status === 'valid')
  return `${isPartial ? 'Not everything' : 'Nothing'} was proved: ${reason}${changePhrase(verdict)}${undecidedPhrase(verdict)}`
}

/**
 * One sentence about the whole: of an invalid run its first finding, of a valid one what was tried, of an unknown one what
 * was missing (with what to change, as further sentences).
 *
 * @param record its vocabulary, if it is known, gives the names of keys
 */
export const headlineOf = (record: RunRecord, verdict: RunVerdict): string => {
  if (verdict.status === 'valid') return triedSentence(record, verdict)
  if (verdict.status === 'unknown') return unknownSentence(record, verdict)
  return findingsOf(record, verdict)[0]?.sentence ?? verdict.summary
}
