/** Judges transactions against the isolation that was promised. */
import type { Claims, IsolationModel } from '../../harness/api/claims.ts'
import type { RunRecord, RunSpec } from '../../harness/api/record.ts'
import type { Checker, Evidence, Verdict } from '../../harness/api/verdict.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'
import { isIsolationModel } from '../../harness/vocabularies/promises.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { ANOMALIES, meaningOf } from './anomalies.ts'
import { inWords, modelsBrokenBy } from './consistency.ts'
import type { Finding } from './finding.ts'
import { type Judgement, type JudgeOptions, judgeTransactions } from './judge.ts'
import { COMMITTED, readTransactions, type Transactions } from './transactions.ts'

const ASSUMED: IsolationModel = 'strict-serializable'

const promisedOf = (claims: Claims | null, spec: RunSpec | null, vocabulary: string): IsolationModel => {
  const promised = spec?.expect ?? claims?.consistency[vocabulary]?.txn ?? ASSUMED
  if (!isIsolationModel(promised)) throw new Error(`${promised} is no promise that a transaction could keep`)
  return promised
}

const sourceOf = ({ spec, claims }: RunRecord): string =>
  spec?.expect == null ? (claims?.source ?? 'assumed of an imported history') : '--expect on the command line'

const SHOWN_ELEMENTS = 12

/** Of a long list its end. */
const shown = (value: unknown): string => {
  if (!Array.isArray(value)) return String(value)
  const hidden = Math.max(0, value.length - SHOWN_ELEMENTS)
  return `[${hidden === 0 ? '' : `${hidden} more, `}${value.slice(hidden).join(', ')}]`
}

const describe = ({ history }: RunRecord, transactions: Transactions, row: number): string => {
  const invocation = history[transactions.invokedAt[row] as number]
  const ops = (transactions.ops[row] ?? [])
    .map(([f, key, value]) => `\n       ${f} ${key} ${shown(value)}`)
    .join('')
  const at = ((invocation?.timeNs ?? 0) / NS_PER_MS).toFixed(1)
  return `process ${transactions.process[row]} on ${invocation?.node ?? 'a node'} at ${at} ms${ops}`
}

const evidenceOf = (record: RunRecord, transactions: Transactions, finding: Finding): Evidence => {
  const { anomaly, because } = finding
  const who = finding.transactions.map((row, i) => `T${i + 1} = ${describe(record, transactions, row)}`)
  return {
    title: `${anomaly}: ${meaningOf(anomaly)}`,
    text: [...who, '', because].join('\n'),
    operations: finding.transactions.map((row) => transactions.invokedAt[row] as number),
  }
}

const summaryOf = (judgement: Judgement, promised: IsolationModel, committed: number): string => {
  const found = [...judgement.counts].map(([anomaly, count]) => `${anomaly} (${count})`).join(', ')
  const what = found === '' ? 'No anomaly' : found
  const isKept = !judgement.broken.has(promised)
  return `${what} in ${committed} committed transactions: ${inWords(judgement.broken)}${found !== '' && isKept ? `, and no more than ${promised} was promised` : ''}.`
}

/** Proofs of what breaks the promise come first, and all of one anomaly together. */
const byWeight = (findings: readonly Finding[], promised: IsolationModel): readonly Finding[] => {
  const breaks = ({ anomaly }: Finding): number => Number(!modelsBrokenBy([anomaly]).has(promised))
  const rank = ({ anomaly }: Finding): number => ANOMALIES.indexOf(anomaly)
  return findings.toSorted((a, b) => breaks(a) - breaks(b) || rank(a) - rank(b))
}

const check = (record: RunRecord, options: JudgeOptions): Verdict => {
  const { vocabulary } = options
  const promised = promisedOf(record.claims, record.spec, vocabulary.name)
  const transactions = readTransactions(record.history, vocabulary)
  const committed = transactions.outcome.filter((outcome) => outcome === COMMITTED).length
  const judgement = judgeTransactions(transactions, options)
  const isBroken = judgement.broken.has(promised)
  return {
    checker: 'transactions',
    status: isBroken ? 'invalid' : committed === 0 ? 'unknown' : 'valid',
    promise: { text: `txn: ${promised}`, source: sourceOf(record) },
    summary: summaryOf(judgement, promised, committed),
    evidence: byWeight(judgement.findings, promised).map((each) => evidenceOf(record, transactions, each)),
    details: {
      transactions: transactions.count,
      committed,
      dependencies: judgement.edges,
      anomalies: Object.fromEntries(judgement.counts),
      broken: [...judgement.broken],
      caveats: [...judgement.caveats, 'Predicates are not judged: no micro-operation has any.'],
    },
  }
}

const checker = (options: JudgeOptions): Checker => ({
  name: 'transactions',
  finds:
    'Adya’s anomalies (G0 to G2-item, in sessions and in real time), lost updates, dirty reads, and the isolation they break',
  needs: ['history'],
  check: async (record) => check(record, options),
})

export const listAppend: Checker = checker({ vocabulary: LIST_APPEND })

export const rwRegister = (keys: JudgeOptions['keys']): Checker =>
  checker({ vocabulary: RW_REGISTER, ...(keys === undefined ? {} : { keys }) })
