/** A cycle in words: why each transaction must come before the next one, which ends in a contradiction. */

import type { EdgeKind } from '../../harness/api/verdict.ts'
import { LIST_APPEND, type TransactionVocabulary } from '../../harness/vocabularies/transactions.ts'
import type { CycleEdges } from './cycles.ts'
import { PROCESS, REAL_TIME, RW_KINDS, WR } from './graph.ts'
import type { Inference, Proof } from './proofs.ts'
import type { Transactions } from './transactions.ts'

interface Step {
  /** Names such as `T1` and `T2`. */
  readonly from: string
  readonly to: string
  readonly key: string
  /** The two versions in words; null: the state before all versions. */
  readonly before: string | null
  readonly after: string
}

type Sentences = Readonly<Record<'ww' | 'wr' | 'rw', (step: Step) => string>>

const APPENDS: Sentences = {
  ww: ({ from, to, key, before, after }) =>
    `${to} appended ${after} to ${key} after ${from} appended ${before}`,
  wr: ({ from, to, key, before }) => `${from}'s append of ${before} to ${key} was read by ${to}`,
  rw: ({ from, to, key, before, after }) =>
    `${from} read ${key} ${before === null ? 'empty' : `up to ${before}`} and did not see ${to}'s append of ${after}`,
}

const WRITES: Sentences = {
  ww: ({ from, to, key, before, after }) => `${to} wrote ${after} to ${key} over ${from}'s ${before}`,
  wr: ({ from, to, key, before }) => `${from}'s write of ${before} to ${key} was read by ${to}`,
  rw: ({ from, to, key, before, after }) =>
    `${from} read ${key} as ${before ?? 'never written'}, which ${to} overwrote with ${after}`,
}

const versionText = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value)

/** The cycle begins at the transaction that was invoked first. */
const rotate = (cycle: CycleEdges, inference: Inference): CycleEdges => {
  const { from } = inference.edges
  const start = cycle.reduce(
    (best, edge, i) => ((from[edge] as number) < (from[cycle[best] as number] as number) ? i : best),
    0,
  )
  return [...cycle.slice(start), ...cycle.slice(0, start)]
}

const kindOf = (kind: number): EdgeKind => {
  if (kind === PROCESS) return 'process'
  if (kind === REAL_TIME) return 'realtime'
  if (kind === WR) return 'wr'
  return RW_KINDS.includes(kind) ? 'rw' : 'ww'
}

/** The text explains each step; the caller names the anomaly. */
export const explainCycle = (
  cycle: CycleEdges,
  inference: Inference,
  transactions: Transactions,
  vocabulary: TransactionVocabulary,
): Omit<Proof, 'anomaly'> => {
  const { edges, keys } = inference
  const sentences = vocabulary === LIST_APPEND ? APPENDS : WRITES
  const steps = rotate(cycle, inference)
  const rows = steps.map((edge) => edges.from[edge] as number)
  const nameOf = (row: number): string => `T${rows.includes(row) ? rows.indexOf(row) + 1 : rows.push(row)}`
  const why = (edge: number, from: string, to: string): string => {
    const kind = edges.kind[edge] as number
    if (kind === PROCESS)
      return `process ${transactions.process[edges.from[edge] as number]} completed ${from} before it began ${to}`
    if (kind === REAL_TIME) return `${from} completed before ${to} began`
    const key = edges.key(edge)
    const version = (at: number): string | null => versionText(inference.valueOf(key, at))
    const step: Step = {
      from,
      to,
      key: String(keys[key]),
      before: version(edges.before(edge)),
      after: version(edges.after(edge)) ?? 'nothing',
    }
    if (kind === WR) return sentences.wr(step)
    const sentence = sentences[RW_KINDS.includes(kind) ? 'rw' : 'ww'](step)
    const inferred = inference.whyBefore?.(edge, nameOf) ?? null
    return inferred === null
      ? sentence
      : `${sentence} (${step.before} comes before ${step.after}: ${inferred})`
  }
  const reasons = steps.map((edge, i) => {
    const [from, to] = [`T${i + 1}`, `T${i === steps.length - 1 ? 1 : i + 2}`]
    return { from, to, kind: kindOf(edges.kind[edge] as number), why: why(edge, from, to) }
  })
  const lines = reasons.map((step, i) => {
    const isLast = i === steps.length - 1
    const reason = `${step.from} < ${step.to}, because ${step.why}`
    return isLast ? `However, ${reason}: a contradiction.` : `${reason}.`
  })
  return {
    transactions: rows,
    because: lines.join('\n'),
    edges: reasons.map(({ kind, why: reason }) => ({ kind, why: reason })),
  }
}
