/**
 * Registers that promise only to agree in the end (Vogels 2009): a read may return any value that somebody had begun to
 * write. Once changes and faults are over, all replicas return the same value of a key, and not the initial one if a write
 * was acknowledged. Which of several writes wins is not promised.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import {
  REGISTER,
  type RegisterCall,
  type RegisterResult,
  type RegisterValue,
} from '../../harness/vocabularies/register.ts'
import { held, inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { type Answered, finalAnswers, foldLastReadsByObject } from '../final-answers.ts'
import { foldPairs } from '../fold.ts'
import { conclude, type Finding, finding, type Judged } from '../verdict.ts'

const KINDS = ['lost', 'invented'] as const
type RegisterFinding = Finding<(typeof KINDS)[number]>

const keyOf = ({ invocation }: Pair): Scalar => (invocation.value as RegisterCall['value']).key
const valueIn = ({ completion }: Answered): RegisterValue =>
  (completion.value as { value: RegisterValue }).value
const shown = (value: RegisterValue): string => (value === null ? 'nothing' : inText(value))

/** What the operation wrote, or may have written; null: certainly nothing. */
const writtenBy = ({ invocation, completion }: Pair): Scalar | null => {
  const call = { f: invocation.f, value: invocation.value } as RegisterCall
  if (call.f === 'read' || completion?.type === 'fail') return null
  if (call.f === 'write') return call.value.value
  const result = completion?.type === 'ok' ? (completion.value as RegisterResult) : null
  return result !== null && 'applied' in result && !result.applied ? null : call.value.next
}

const inventedIn = (
  pairs: Sequence<Pair>,
  reads: readonly Answered[],
  initial: RegisterValue,
): readonly RegisterFinding[] => {
  /** Value of a key -> when somebody first began to write it. */
  const begunAt = new Map<string, number>()
  for (const pair of pairs) {
    const written = writtenBy(pair)
    if (written === null) continue
    const name = held(keyOf(pair), written)
    if (!begunAt.has(name)) begunAt.set(name, pair.invocation.index)
  }
  return reads.flatMap((read) => {
    const value = valueIn(read)
    if (value === null || value === initial) return []
    const begun = begunAt.get(held(keyOf(read), value))
    if (begun !== undefined && begun < read.completion.index) return []
    const text = `key ${inText(keyOf(read))}: ${shown(value)} was read, and ${begun === undefined ? 'nobody wrote it' : 'its write began only later'}`
    return [finding('invented', text, [read])]
  })
}

interface AtTheEnd {
  readonly findings: readonly RegisterFinding[]
  readonly unproven: string | null
}

const judgeEnd = (
  key: Scalar,
  pairs: Sequence<Pair>,
  reads: readonly Answered[],
  initial: RegisterValue,
  record: RunRecord,
): AtTheEnd => {
  const { answers, unproven } = finalAnswers(reads, record)
  const values = new Set(answers.map(valueIn))
  const name = `key ${inText(key)}`
  if (unproven !== null) return { findings: [], unproven: `of ${name}, ${unproven}` }
  if (values.size > 1)
    return {
      findings: [],
      unproven: `the last reads of ${name} differ (${[...values].map(shown).join(', ')})`,
    }
  const acknowledged = pairs.find((pair) => pair.completion?.type === 'ok' && writtenBy(pair) !== null)
  if (acknowledged === undefined || !values.has(initial)) return { findings: [], unproven: null }
  const text = `${name}: at the end every read showed ${shown(initial)}, as if nothing had been written`
  return { findings: [finding('lost', text, [acknowledged, ...answers])], unproven: null }
}

export const judgeEventual = (record: RunRecord, initial: RegisterValue): Judged => {
  const { pairs } = record
  const reads = pairs.filter(
    (pair): pair is Answered => pair.invocation.f === 'read' && pair.completion?.type === 'ok',
  )
  const end = foldPairs(record, foldLastReadsByObject(record, REGISTER, keyOf))
  const byKey = [...Map.groupBy(pairs, keyOf)].map(([key, all]) =>
    judgeEnd(key, all, end.get(key) ?? [], initial, record),
  )
  return conclude([...byKey.flatMap(({ findings }) => findings), ...inventedIn(pairs, reads, initial)], {
    seen: `${reads.length} reads of ${byKey.length} keys`,
    clean: 'at the end all replicas agree on values that were written',
    unproven:
      reads.length === 0 ? 'nothing was read' : (byKey.find(({ unproven }) => unproven)?.unproven ?? null),
    kinds: KINDS,
    anomalies: { lost: 'lost write', invented: 'read of a value nobody wrote' },
    blamed: 'read',
    details: { reads: reads.length, keys: byKey.length },
  })
}
