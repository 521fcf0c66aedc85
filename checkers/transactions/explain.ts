/** A cycle in words: why each of its transactions must come before the next, up to the contradiction. */

import { LIST_APPEND, type TransactionVocabulary } from '../../harness/vocabularies/transactions.ts'
import type { CycleEdges } from './cycles.ts'
import { PROCESS, REAL_TIME, WR, WW } from './graph.ts'
import type { Inference, Proof } from './proofs.ts'
import type { Transactions } from './transactions.ts'

interface Step {
  /** `T1` and `T2`, say. */
  readonly from: string
  readonly to: string
  readonly key: string
  /** What the two versions are, in words; null: the state before all versions. */
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

/** The text says what must hold of each step; the anomaly is the caller's to name. */
export const explainCycle = (
  cycle: CycleEdges,
  inference: Inference,
  transactions: Transactions,
  vocabulary: TransactionVocabulary,
): Omit<Proof, 'anomaly'> => {
  const { edges, keys, versions } = inference
  const sentences = vocabulary === LIST_APPEND ? APPENDS : WRITES
  const steps = rotate(cycle, inference)
  const rows = steps.map((edge) => edges.from[edge] as number)
  const why = (edge: number, from: string, to: string): string => {
    const kind = edges.kind[edge] as number
    if (kind === PROCESS)
      return `process ${transactions.process[edges.from[edge] as number]} was done with ${from} before it began ${to}`
    if (kind === REAL_TIME) return `${from} was over before ${to} began`
    const key = edges.key[edge] as number
    const version = (at: number): string | null => versionText(versions[key]?.[at])
    const step: Step = {
      from,
      to,
      key: String(keys[key]),
      before: version(edges.before[edge] as number),
      after: version(edges.after[edge] as number) ?? 'nothing',
    }
    return sentences[kind === WW ? 'ww' : kind === WR ? 'wr' : 'rw'](step)
  }
  const lines = steps.map((edge, i) => {
    const isLast = i === steps.length - 1
    const [from, to] = [`T${i + 1}`, `T${isLast ? 1 : i + 2}`]
    const reason = `${from} < ${to}, because ${why(edge, from, to)}`
    return isLast ? `However, ${reason}: a contradiction.` : `${reason}.`
  })
  return { transactions: rows, because: lines.join('\n') }
}
