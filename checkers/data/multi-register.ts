/**
 * Transactions that read and write several registers. Registers that some transaction uses together, directly or through
 * others, are judged as one linearizable object. If only sequential consistency is promised, Adya's anomalies in sessions
 * refute it; else one order of all transactions is looked for, as for single registers (sequential.ts).
 *
 * While a run goes on, it is judged by windows in which calls are cut down to registers that no call before used
 * (transactions/window.ts). An order that explains all calls, and keeps real time, explains them also if they touch fewer
 * registers: each read finds what the last write before it left, and which write that is depends on its own register alone. So if
 * no order explains the cut, none explains the whole. A sequential order likewise, and what refutes it besides is argued with
 * the window of transactions. A cut by time would not do: while some call has no answer, it may take effect at any time later,
 * and under load there is no moment at which none is open.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import { UserError } from '../../harness/support/assert.ts'
import { MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import { type RegisterOp, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { held, inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { multiRegister as modelOf, type Transaction } from '../porcupine-ts/models/multi-register.ts'
import { meaningOf } from '../transactions/anomalies.ts'
import { modelsBrokenBy } from '../transactions/consistency.ts'
import { drawnProof } from '../transactions/cycle-view.ts'
import { judgeTransactions } from '../transactions/judge.ts'
import { readTransactions } from '../transactions/transactions.ts'
import { transactionsWindow } from '../transactions/window.ts'
import { type Judged, listCounts, notJudged } from '../verdict.ts'
import { linearizableObject } from './objects.ts'
import { decideOrder, whyVain } from './sequential-decision.ts'
import type { Held, Step } from './sequential-search.ts'

const stepsOf = (ops: readonly RegisterOp[]): Transaction =>
  ops.map(([f, key, value]) => ({
    f: f === 'r' ? 'read' : 'write',
    key,
    value: value ?? null,
  }))

/** Keys in the name of a component. */
const SHOWN = 3

/** Key -> name of the component of keys that it is in: keys of one transaction are in one component. */
export const componentsOf = (
  transactions: readonly Transaction[],
): readonly (readonly [Scalar, string])[] => {
  const parent = new Map<Scalar, Scalar>()
  const rootOf = (key: Scalar): Scalar => {
    let root = key
    for (let next = parent.get(root); next !== undefined && next !== root; next = parent.get(root))
      root = next
    parent.set(key, root)
    return root
  }
  for (const transaction of transactions)
    for (const { key } of transaction) parent.set(rootOf(key), rootOf(transaction[0]?.key ?? key))
  const components = Map.groupBy([...parent.keys()], rootOf)
  return [...components.values()].flatMap((keys) => {
    const more = keys.length > SHOWN ? ` and ${keys.length - SHOWN} more` : ''
    const name = `${keys.slice(0, SHOWN).map(inText).join(', ')}${more}`
    return keys.map((key) => [key, name] as const)
  })
}

const SESSION_ORDER = 'strong-session-serializable'

/** What breaks strong session serializability, which one order that keeps that of each process has; null: nothing found. */
const refutation = (record: RunRecord): Judged | null => {
  const transactions = readTransactions(record.pairs, RW_REGISTER)
  const { broken, counts, proofs } = judgeTransactions(transactions, {
    vocabulary: RW_REGISTER,
    keys: 'sequential',
  })
  if (!broken.has(SESSION_ORDER)) return null
  const anomalies = listCounts(Object.fromEntries(counts))
  return {
    status: 'invalid',
    summary: `No order of the transactions keeps the order of each process: ${anomalies}.`,
    evidence: proofs.map((proof) => ({
      title: `${proof.anomaly}: ${meaningOf(proof.anomaly)}`,
      text: proof.because,
      operations: proof.transactions.map((row) => transactions.invokedAt[row] as number),
      ...(modelsBrokenBy([proof.anomaly]).has(SESSION_ORDER) ? {} : { isAllowed: true }),
      ...drawnProof(proof, transactions),
    })),
    details: { anomalies: Object.fromEntries(counts) },
  }
}

/** Null also if values repeat: then it is unknown which write a read saw. */
const refutationIfTold = (record: RunRecord): Judged | null => {
  try {
    return refutation(record)
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

/** Null if a transaction contradicts itself: it did not read what it had written before. */
const stepOf = (pair: Pair, ops: Transaction): Step | null => {
  const { index, process } = pair.invocation
  const wrote = new Map<Scalar, Held>()
  const found: Held[] = []
  for (const { f, key, value } of ops) {
    const own = wrote.get(key)
    if (f === 'write') wrote.set(key, { key, value })
    else if (own === undefined) found.push({ key, value })
    else if (own.value !== value) return null
  }
  return { index, process: Number(process), found, not: [], wrote: [...wrote.values()] }
}

/** Null if some transaction contradicts itself. One with an unknown outcome counts if somebody read what it wrote. */
const allSteps = (pairs: Sequence<Pair>): readonly Step[] | null => {
  const opsOf = (value: unknown): Transaction => stepsOf(value as readonly RegisterOp[])
  const done = pairs.filter(({ completion }) => completion?.type === 'ok')
  const read = new Set(
    done.flatMap(({ completion }) =>
      opsOf(completion?.value).flatMap(({ f, key, value }) =>
        f === 'read' && value !== null ? [held(key, value)] : [],
      ),
    ),
  )
  const steps: Step[] = []
  for (const pair of pairs) {
    const { invocation, completion } = pair
    if (completion?.type === 'fail') continue
    const isOk = completion?.type === 'ok'
    const ops = isOk ? opsOf(completion.value) : opsOf(invocation.value).filter(({ f }) => f === 'write')
    if (!isOk && !ops.some(({ key, value }) => read.has(held(key, value as Scalar)))) continue
    const step = stepOf(pair, ops)
    if (step === null) return null
    steps.push(step)
  }
  return steps
}

const sequential = async (
  record: RunRecord,
  initial: Scalar | null,
  judgeModel: () => Promise<Judged>,
): Promise<Judged> => {
  const refuted = refutationIfTold(record)
  if (refuted !== null) return refuted
  const steps = allSteps(record.pairs)
  const vain = steps === null ? null : whyVain(steps, initial)
  if (vain !== null) return notJudged(vain)
  const decided = steps === null ? null : decideOrder(record.pairs, steps, initial, true)
  if (decided !== null) return { ...decided, details: { transactions: steps?.length ?? 0 } }
  const linearizable = await judgeModel()
  return linearizable.status === 'valid'
    ? linearizable
    : notJudged('whether the history is sequentially consistent was not decided: nothing refutes it')
}

const FILE = 'multi-register'

/** @param initial the value of a register that was never written; null: nothing */
export const multiRegister = (initial: Scalar | null): Checker =>
  linearizableObject<string, Transaction, Transaction>('multi-register', {
    finds: 'reads that see half of a write, and anything else that no order of the operations explains',
    vocabulary: MULTI_REGISTER,
    holds: 'a transaction reads and writes all its keys at once',
    model: modelOf(initial, []),
    reference: { file: FILE, name: 'multiRegister', args: [initial, []] },
    forHistory: ({ pairs }) => {
      const args = [
        initial,
        componentsOf(pairs.map(({ invocation }) => stepsOf(invocation.value as readonly RegisterOp[]))),
      ] as const
      return { model: modelOf(...args), reference: { file: FILE, name: 'multiRegister', args } }
    },
    window: transactionsWindow,
    weaker: { sequential: (record, judgeModel) => sequential(record, initial, judgeModel) },
    read: ({ invocation, completion }) => ({
      input: stepsOf(invocation.value as readonly RegisterOp[]),
      output: completion?.type === 'ok' ? stepsOf(completion.value as readonly RegisterOp[]) : undefined,
    }),
  })
