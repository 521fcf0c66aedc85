/** Judges transactions against the promised isolation. */
import type { IsolationModel } from '../../harness/api/claims.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Evidence, Fold } from '../../harness/api/verdict.ts'
import { assert } from '../../harness/support/assert.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'
import { isIsolationModel } from '../../harness/vocabularies/promises.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { foldingChecker, type Judged, notJudged } from '../verdict.ts'
import { ANOMALIES, type AnomalyName, meaningOf } from './anomalies.ts'
import { inWords, modelsBrokenBy } from './consistency.ts'
import { drawnProof } from './cycle-view.ts'
import { firstBroken } from './first-broken.ts'
import { type Judgement, type JudgeOptions, judgeTransactions } from './judge.ts'
import type { MicroOp } from './micro-op.ts'
import { type FinalLists, findMissing, foldFinalLists } from './missing.ts'
import type { Proof, Proofs } from './proofs.ts'
import { COMMITTED, foldTransactions, type Transactions } from './transactions.ts'
import { transactionsWindow } from './window.ts'

const isolationOf = (record: RunRecord, { vocabulary }: JudgeOptions): IsolationModel => {
  const { name } = promiseOf(record, vocabulary, 'txn')
  const isolation = isIsolationModel(name) ? name : null
  assert(isolation !== null, `${name} is not an isolation level`)
  return isolation
}

const SHOWN_ELEMENTS = 12

/** For a long list, only its end. */
const shown = (value: unknown): string => {
  if (!Array.isArray(value)) return String(value)
  const hidden = Math.max(0, value.length - SHOWN_ELEMENTS)
  return `[${hidden === 0 ? '' : `${hidden} more, `}${value.slice(hidden).join(', ')}]`
}

const describe = ({ pairs }: RunRecord, transactions: Transactions, row: number): string => {
  const invocation = pairs.at(row)?.invocation
  const ops = transactions
    .opsOf(row)
    .map(([f, key, value]) => `\n       ${f} ${key} ${shown(value)}`)
    .join('')
  const at = ((invocation?.timeNs ?? 0) / NS_PER_MS).toFixed(1)
  return `process ${transactions.process[row]} on ${invocation?.node ?? 'a node'} at ${at} ms${ops}`
}

/** They show what should be there, and not when it went missing. */
const FOR_GOOD: readonly AnomalyName[] = ['torn-transaction', 'lost-append']

const evidenceOf = (
  record: RunRecord,
  transactions: Transactions,
  proof: Proof,
  promised: IsolationModel,
): Evidence => {
  const { anomaly, because } = proof
  const isAllowed = !modelsBrokenBy([anomaly]).has(promised)
  const who = proof.transactions.map((row, i) => `T${i + 1} = ${describe(record, transactions, row)}`)
  return {
    title: `${anomaly}: ${meaningOf(anomaly)}${isAllowed ? ` (allowed by ${promised})` : ''}`,
    text: [...who, '', because].join('\n'),
    operations: proof.transactions.map((row) => transactions.invokedAt[row] as number),
    ...(isAllowed ? { isAllowed } : {}),
    ...(FOR_GOOD.some((each) => each === anomaly) ? { isMissing: true } : {}),
    ...drawnProof(proof, transactions),
  }
}

const summaryOf = (
  judgement: Judgement,
  counts: Judgement['counts'],
  promised: IsolationModel,
  committed: number,
): string => {
  const found = [...counts].map(([anomaly, count]) => `${anomaly} (${count})`).join(', ')
  const what = found === '' ? 'No anomaly' : found
  const isKept = !judgement.broken.has(promised)
  return `${what} in ${committed} committed transactions: ${inWords(judgement.broken)}${found !== '' && isKept ? `, which the promised ${promised} allows` : ''}.`
}

/** Proofs that break the promise come first, of these what broke it first; proofs of the same anomaly stay together. */
const byWeight = (
  proofs: readonly Proof[],
  promised: IsolationModel,
  first: readonly Proof[],
): readonly Proof[] => {
  const early = new Set(first.map(({ anomaly }) => anomaly))
  const breaks = ({ anomaly }: Proof): number => Number(!modelsBrokenBy([anomaly]).has(promised))
  const isLate = ({ anomaly }: Proof): number => Number(!early.has(anomaly))
  const rank = ({ anomaly }: Proof): number => ANOMALIES.indexOf(anomaly)
  return [...first, ...proofs].sort(
    (a, b) => breaks(a) - breaks(b) || isLate(a) - isLate(b) || rank(a) - rank(b),
  )
}

/** How often each was found. What only the beginning shows is counted as it was proved. */
const countsOf = ({ counts }: Judgement, first: readonly Proof[]): Judgement['counts'] => {
  const all = new Map(counts)
  for (const [anomaly, proofs] of Map.groupBy(first, (proof) => proof.anomaly))
    all.set(anomaly, counts.get(anomaly) ?? proofs.length)
  return all
}

const NOTHING_WRITTEN =
  'no transaction that wrote anything committed, and no read found anything, which proves nothing; a committed write would have been needed'

/** Whether some committed transaction wrote, or read something that was written. */
const isTelling = ({ count, outcome, ...history }: Transactions): boolean => {
  for (let row = 0; row < count; row++) {
    if (outcome[row] !== COMMITTED) continue
    const isTold = ([f, , value]: MicroOp): boolean =>
      f !== 'r' || (Array.isArray(value) ? value.length > 0 : value !== null)
    if (history.opsOf(row).some(isTold)) return true
  }
  return false
}

const fold = (record: RunRecord, options: JudgeOptions): Fold<Judged> => {
  const transactions = foldTransactions(record.pairs, options.vocabulary)
  if (options.vocabulary !== LIST_APPEND)
    return { take: transactions.take, result: () => judge(record, options, transactions.result(), new Map()) }
  const lists = foldFinalLists(record)
  return {
    take: (pair, place) => {
      transactions.take(pair, place)
      lists.take(pair, place)
    },
    result: () => judge(record, options, transactions.result(), lists.result()),
  }
}

/** Together with what is missing for good. */
const withMissing = (judgement: Judgement, { counts: missing, kept }: Proofs): Judgement => {
  if (missing.size === 0) return judgement
  const counts = new Map([...judgement.counts, ...missing])
  return {
    ...judgement,
    counts,
    proofs: [...judgement.proofs, ...kept],
    broken: modelsBrokenBy(counts.keys()),
  }
}

/** What is wrong with the shortest beginning that breaks the promise, as far as it is not among what is wrong with the whole. */
const provedFirst = (
  transactions: Transactions,
  options: JudgeOptions,
  promised: IsolationModel,
  known: readonly Proof[],
): { readonly proofs: readonly Proof[]; readonly isFirst: boolean } => {
  const { beginning, isShortest } = firstBroken(transactions, (each) =>
    judgeTransactions(each, options).broken.has(promised),
  )
  if (beginning === null) return { proofs: [], isFirst: isShortest }
  const told = new Set(known.map((proof) => `${proof.anomaly} ${proof.transactions}`))
  const proofs = judgeTransactions(beginning, options).proofs.filter(
    ({ anomaly, transactions: rows }) =>
      modelsBrokenBy([anomaly]).has(promised) && !told.has(`${anomaly} ${rows}`),
  )
  return { proofs, isFirst: isShortest }
}

const judge = (
  record: RunRecord,
  options: JudgeOptions,
  transactions: Transactions,
  lists: FinalLists,
): Judged => {
  const promised = isolationOf(record, options)
  let committed = 0
  for (const outcome of transactions.outcome) if (outcome === COMMITTED) committed++
  const judgement = withMissing(judgeTransactions(transactions, options), findMissing(transactions, lists))
  const isBroken = judgement.broken.has(promised)
  if (!isBroken && !isTelling(transactions)) return notJudged(NOTHING_WRITTEN, { committed })
  const { proofs: first, isFirst } = isBroken
    ? provedFirst(transactions, options, promised, judgement.proofs)
    : { proofs: [], isFirst: true }
  const counts = countsOf(judgement, first)
  return {
    status: isBroken ? 'invalid' : committed === 0 ? 'unknown' : 'valid',
    summary: summaryOf(judgement, counts, promised, committed),
    evidence: byWeight(judgement.proofs, promised, first).map((each) =>
      evidenceOf(record, transactions, each, promised),
    ),
    details: {
      transactions: transactions.count,
      committed,
      dependencies: judgement.edges,
      anomalies: Object.fromEntries(counts),
      broken: [...judgement.broken],
      caveats: [
        ...judgement.caveats,
        ...(isFirst
          ? []
          : ['The promise may have been broken earlier: the history is too long to look for it.']),
        'Predicates are not judged: no micro-operation uses one.',
      ],
    },
  }
}

const checker = (options: JudgeOptions): Checker =>
  foldingChecker({
    name: 'transactions',
    judgesBeginnings: true,
    window: transactionsWindow,
    finds:
      'Adya’s anomalies (G0 to G2-item, in sessions and in real time), lost updates, dirty reads, appends that are missing for good, and the isolation levels that they break',
    needs: ['history'],
    promise: promisedOf(options.vocabulary, null),
    fold: (record) => fold(record, options),
  })

export const listAppend: Checker = checker({ vocabulary: LIST_APPEND })

export const rwRegister = (keys: JudgeOptions['keys']): Checker =>
  checker({ vocabulary: RW_REGISTER, ...(keys === undefined ? {} : { keys }) })
