/** Explains in words and in a diagram why a register history cannot be linearized. */
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import type { RegisterCall, RegisterResult, RegisterValue } from '../../harness/vocabularies/register.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { type Bar, drawDiagram } from '../porcupine-ts/evidence/diagram.ts'
import { latestOver } from './latest-over.ts'

export interface Counterexample {
  readonly key: string | number
  /** The shortest prefix that cannot be linearized, in order of call. */
  readonly prefix: readonly Pair[]
  /** The operation whose return made it impossible. */
  readonly blocked: Pair
  readonly initial: RegisterValue
  /** Whether reads were promised to be linearizable. If not, a stale read is allowed and explains nothing. */
  readonly readsMustBeFresh: boolean
}

/** Number of operations drawn: few if the text names them, more if the reader has to find the cause. */
const MAX_BARS_EXPLAINED = 6
const MAX_BARS_UNEXPLAINED = 12

const okValue = (pair: Pair): RegisterResult | null =>
  pair.completion?.type === 'ok' ? (pair.completion.value as RegisterResult) : null

const readValue = (pair: Pair): RegisterValue | undefined => {
  const result = okValue(pair)
  return pair.invocation.f === 'read' && result !== null && 'value' in result ? result.value : undefined
}

/** The value that an operation may have written into the register; undefined if it cannot have written any. */
const putValue = (pair: Pair): Scalar | undefined => {
  const call = { f: pair.invocation.f, value: pair.invocation.value } as RegisterCall
  if (call.f === 'write') return call.value.value
  if (call.f !== 'cas') return undefined
  const result = okValue(pair)
  return result !== null && 'applied' in result && !result.applied ? undefined : call.value.next
}

const completedBefore = (a: Pair, b: Pair): boolean =>
  a.completion?.type === 'ok' && a.completion.timeNs < b.invocation.timeNs

const seconds = ({ timeNs }: Operation): string => formatTimeNs(timeNs)

/** Texts in quotes, so that `4` and `"4"` stay apart. */
const show = (value: RegisterValue): string => {
  if (value === null) return 'nothing'
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

const on = (pair: Pair): string => (pair.invocation.node === undefined ? '' : ` on ${pair.invocation.node}`)

const labelOf = (pair: Pair): string => {
  const call = { f: pair.invocation.f, value: pair.invocation.value } as RegisterCall
  const result = okValue(pair)
  const doubt = result === null ? ' ?' : ''
  if (call.f === 'read') return `read -> ${show(readValue(pair) ?? null)}`
  if (call.f === 'write') return `write ${show(call.value.value)}${doubt}`
  const applied = result !== null && 'applied' in result && !result.applied ? ' (no match)' : doubt
  return `cas ${show(call.value.expected)}->${show(call.value.next)}${applied}`
}

interface Stale {
  readonly read: Pair
  readonly newer: Pair
}

/**
 * The first of the candidates that is stale by itself: a put was over before the read began, and that put had begun after
 * the put of the read value was over. That alone breaks linearizability, independent of the blocked operation.
 */
const findStaleRead = (candidates: readonly Pair[], prefix: readonly Pair[]): Stale | null => {
  const puts = prefix.filter((pair) => putValue(pair) !== undefined)
  const putsOf = Map.groupBy(puts, putValue)
  const latest = latestOver(puts)
  for (const read of candidates) {
    const value = readValue(read)
    if (value === undefined) continue
    const [source, again] = value === null ? [] : (putsOf.get(value) ?? [])
    // If a value was put twice, it is unknown which put was read. A value that nobody put is reported separately.
    if (again !== undefined || (value !== null && source === undefined)) continue
    const newer = latest(read.invocation.timeNs)
    if (newer === null || putValue(newer) === value) continue
    if (source === undefined || completedBefore(source, newer)) return { read, newer }
  }
  return null
}

interface Story {
  readonly story: string
  readonly because: Pair | null
  /** The stale read that the story is about, if there is one. */
  readonly read: Pair | null
  readonly anomaly?: string
}

const storyOf = ({ key, prefix, blocked, initial, readsMustBeFresh }: Counterexample): Story => {
  const value = readValue(blocked)
  const who = `process ${blocked.invocation.process}`
  if (value !== undefined) {
    const known = value === initial || prefix.some((pair) => putValue(pair) === value)
    if (!known)
      return {
        story: `${who} read ${show(value)} from key ${key}${on(blocked)}, which nobody had written.`,
        because: null,
        read: null,
        anomaly: 'read of a value nobody wrote',
      }
  }
  const stale = readsMustBeFresh ? findStaleRead([blocked, ...prefix.toReversed()], prefix) : null
  if (stale !== null) {
    const { read, newer } = stale
    const seen = show(readValue(read) ?? null)
    const story =
      `Stale read: process ${read.invocation.process} read ${seen} from key ${key}${on(read)} at ${seconds(read.completion as Operation)}, ` +
      `although ${labelOf(newer)} by process ${newer.invocation.process} had completed at ${seconds(newer.completion as Operation)}, before the read began.`
    return { story, because: newer, read, anomaly: 'stale read' }
  }
  const story =
    `Key ${key} is not linearizable: no order of its operations explains "${labelOf(blocked)}" of ${who}${on(blocked)}, ` +
    `which returned at ${seconds(blocked.completion as Operation)}.`
  return { story, because: null, read: null }
}

/** The operations that a reader needs: the blocked one, the write of the value it saw, what contradicts it, and the latest ones. */
const relevant = ({ prefix, blocked }: Counterexample, { because, read }: Story): readonly Pair[] => {
  const wanted = new Set<Pair>([blocked])
  if (because !== null) wanted.add(because)
  if (read !== null) wanted.add(read)
  const value = readValue(read ?? blocked)
  const source =
    value === undefined || value === null ? undefined : prefix.find((pair) => putValue(pair) === value)
  if (source !== undefined) wanted.add(source)
  const most = because === null ? MAX_BARS_UNEXPLAINED : MAX_BARS_EXPLAINED
  for (const pair of prefix.toReversed()) {
    if (wanted.size >= most) break
    const seen = readValue(pair)
    if (putValue(pair) !== undefined || (seen !== undefined && seen !== null)) wanted.add(pair)
  }
  return prefix.filter((pair) => wanted.has(pair))
}

const barOf = (pair: Pair, endNs: number, blocked: Pair): Bar => {
  const completion =
    pair.completion?.type === 'ok' && pair.completion.timeNs <= endNs ? pair.completion : null
  return {
    row: `p${pair.invocation.process}${pair.invocation.node === undefined ? '' : ` ${pair.invocation.node}`}`,
    start: pair.invocation.timeNs,
    end: completion?.timeNs ?? null,
    label: labelOf(pair),
    ...(pair === blocked ? { note: 'cannot be placed' } : {}),
  }
}

export const explainRegister = (counterexample: Counterexample): { summary: string; evidence: Evidence } => {
  const told = storyOf(counterexample)
  const shown = relevant(counterexample, told)
  const endNs = (counterexample.blocked.completion as Operation).timeNs
  const diagram = drawDiagram(shown.map((pair) => barOf(pair, endNs, counterexample.blocked)))
  const left = counterexample.prefix.length - shown.length
  const footer = `\n\n${left} more operations on key ${counterexample.key} up to this point are not drawn. "?" and "..." mark operations that may or may not have happened.`
  return {
    summary: told.story,
    evidence: {
      title: `Key ${counterexample.key}`,
      text: `${diagram}${footer}`,
      operations: shown.map(({ invocation }) => invocation.index),
      ...(told.anomaly === undefined ? {} : { anomaly: told.anomaly }),
    },
  }
}
