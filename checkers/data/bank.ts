/**
 * Accounts: in every read, the total is unchanged and no account is overdrawn. (Jepsen's bank checker.)
 *
 * Linearizable reads also show every transfer that was over when they began, and none that had not begun when they ended:
 * that bounds each balance. It is a necessary condition. The initial balances, which an imported history does not tell, are
 * bounded in the same way by all its reads. `consistent-prefix`: a read may be old, but shows one state. `eventual`: only the last reads must, and all the same.
 */
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { ACCOUNTS, BANK, type Balances, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { type Answered, finalAnswers, readsAtTheEnd } from '../final-answers.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'
import { unseenTransfers } from './bank-balances.ts'

const KINDS = [
  'wrong total',
  'overdrawn',
  'wrong number of accounts',
  'transfer lost or not seen',
  'inconsistent for a while',
] as const
type BankFinding = Finding<(typeof KINDS)[number]>
type BalanceTrouble = Pick<BankFinding, 'kind' | 'text'>

/** What every read must show. */
interface Expected {
  readonly accounts: number
  readonly total: number
  /** The assumption behind it; null: none. */
  readonly assumption: string | null
}

const totalOf = (balances: readonly number[]): number => balances.reduce((sum, balance) => sum + balance, 0)

const troubleWith = (balances: readonly number[], expected: Expected): BalanceTrouble | null => {
  const total = totalOf(balances)
  const { accounts } = expected
  if (balances.length !== accounts)
    return { kind: 'wrong number of accounts', text: `${balances.length} accounts instead of ${accounts}` }
  if (total !== expected.total)
    return { kind: 'wrong total', text: `a total of ${total} instead of ${expected.total}` }
  const overdrawn = balances.findIndex((balance) => balance < 0)
  if (overdrawn === -1) return null
  return { kind: 'overdrawn', text: `account ${overdrawn} has ${balances[overdrawn]}` }
}

/** In a run of ours the accounts are known. For an imported history, the first read sets the expectation. */
const expectedOf = ({ spec }: RunRecord, first: Balances | undefined, given: BankOptions): Expected => {
  const known = { accounts: ACCOUNTS, total: ACCOUNTS * INITIAL_BALANCE, assumption: null }
  if (spec !== null || first === undefined) return known
  const accounts = given.accounts > 0 ? given.accounts : first.balances.length
  const total = given.total > 0 ? given.total : totalOf(first.balances)
  const assumed = [
    ...(given.accounts > 0 ? [] : [`${accounts} accounts`]),
    ...(given.total > 0 ? [] : [`a total of ${total}`]),
  ]
  const assumption = assumed.length === 0 ? null : `${assumed.join(' and ')}, as in the first read`
  return { accounts, total, assumption }
}

const balancesIn = ({ completion }: Answered): readonly number[] => (completion.value as Balances).balances

const found = (kind: BankFinding['kind'], read: Answered, what: string): BankFinding => {
  const { timeNs, node = 'a node' } = read.completion
  const { index } = read.invocation
  const balances = balancesIn(read)
  const text = `${formatTimeNs(timeNs)}, on ${node}: ${what} (${balances.join(', ')})`
  const cells = [formatTimeNs(timeNs), node, what, balances.join(', '), totalOf(balances)]
  return { kind, text, operations: [index], rows: [tableRow(cells, [index], kind)] }
}

const COLUMNS = ['read at', 'on', 'what is wrong', 'balances', 'total']

const ANOMALIES: Readonly<Record<BankFinding['kind'], string>> = {
  'wrong total': 'wrong total',
  overdrawn: 'overdrawn account',
  'wrong number of accounts': 'wrong number of accounts',
  'transfer lost or not seen': 'lost or unseen transfer',
  'inconsistent for a while': 'inconsistent read',
}

const troublesIn = (reads: readonly Answered[], expected: Expected): readonly BankFinding[] =>
  reads.flatMap((read) => {
    const trouble = troubleWith(balancesIn(read), expected)
    return trouble === null ? [] : [found(trouble.kind, read, trouble.text)]
  })

interface Result {
  readonly findings: readonly BankFinding[]
  readonly unproven: string | null
}

/**
 * Nothing is known of the initial balances of an imported history, and nothing of the transfers where it has none: then somebody
 * else has made them.
 */
const unseenIn = (record: RunRecord, reads: readonly Answered[]): readonly BankFinding[] => {
  const isImported = record.spec === null
  if (isImported && !record.pairs.some(({ invocation }) => invocation.f === 'transfer')) return []
  return unseenTransfers(record.pairs, reads, isImported ? null : INITIAL_BALANCE).map(({ read, text }) =>
    found('transfer lost or not seen', read, text),
  )
}

/** Only the last reads count. What earlier ones show is told. */
const judgeEnd = (record: RunRecord, reads: readonly Answered[], expected: Expected): Result => {
  const { answers, unproven } = finalAnswers(readsAtTheEnd(record, BANK), record)
  const last = new Set(answers)
  const earlier = troublesIn(
    reads.filter((read) => !last.has(read)),
    expected,
  ).map((trouble) => ({ ...trouble, kind: 'inconsistent for a while' as const }))
  const agree = new Set(answers.map((read) => balancesIn(read).join(' '))).size <= 1
  const reason = unproven ?? (agree ? null : 'the last reads of the nodes differ')
  if (reason !== null) return { findings: earlier, unproven: reason }
  const atTheEnd = [...troublesIn(answers, expected), ...unseenIn(record, answers)]
  return { findings: [...atTheEnd, ...earlier], unproven: null }
}

const judgeAll = (record: RunRecord, reads: readonly Answered[], expected: Expected): Result => {
  const promise = promiseOf(record, BANK, 'read').name
  if (promise === 'eventual') return judgeEnd(record, reads, expected)
  const unseen = promise === 'linearizable' ? unseenIn(record, reads) : []
  return {
    findings: [...troublesIn(reads, expected), ...unseen],
    unproven: reads.length === 0 ? 'they were never read' : null,
  }
}

const judge = (record: RunRecord, options: BankOptions): Judged => {
  const reads = record.pairs.filter(
    (pair): pair is Answered => pair.invocation.f === 'read' && pair.completion?.type === 'ok',
  )
  const expected = expectedOf(record, reads[0]?.completion.value as Balances | undefined, options)
  const { findings, unproven } = judgeAll(record, reads, expected)
  const promise = promiseOf(record, BANK, 'read').name
  const when = promise === 'eventual' ? 'at the end' : 'always'
  const seen = promise === 'linearizable' ? ', and no transfer is lost from sight' : ''
  return conclude(findings, {
    seen: `${reads.length} reads of all accounts`,
    clean: `the total is ${when} ${expected.total}, nothing is overdrawn${seen}`,
    unproven,
    kinds: KINDS,
    allows: (kind) => kind === 'inconsistent for a while',
    aside: expected.assumption === null ? null : `assumed: ${expected.assumption}`,
    blamed: 'read',
    anomalies: ANOMALIES,
    table: {
      columns: COLUMNS,
      fine: reads.length - new Set(findings.flatMap(({ operations }) => operations)).size,
    },
    details: { reads: reads.length },
  })
}

/** What an imported history does not tell. */
export interface BankOptions {
  /** 0: as many as in its first read. */
  readonly accounts: number
  /** Of all balances; 0: that of its first read. */
  readonly total: number
}

export const bank = (options: BankOptions): Checker =>
  checkerOf({
    name: 'bank',
    judgesBeginnings: true,
    finds: 'money created or lost, accounts overdrawn',
    needs: ['history'],
    promise: promisedOf(BANK, 'money is neither created nor lost, and no account is overdrawn'),
    judge: (record) => judge(record, options),
  })
