/**
 * Accounts: in every read, the total is unchanged and no account is overdrawn. (Jepsen's bank checker.)
 *
 * Linearizable reads also show every transfer that was over when they began, and none that had not begun when they ended:
 * that bounds each balance. It is a necessary condition. The initial balances, which an imported history does not tell, are
 * bounded in the same way by all its reads. `consistent-prefix`: a read may be old, but shows one state. `eventual`: only the last reads must, and all the same.
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Fold } from '../../harness/api/verdict.ts'
import { Growing } from '../../harness/support/growing.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { ACCOUNTS, BANK, type Balances, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { type Answered, finalAnswers, foldLastReads } from '../final-answers.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { conclude, type Finding, foldingChecker, type Judged } from '../verdict.ts'
import { Flows, unseenTransfers } from './bank-balances.ts'
import { bankWindow } from './bank-window.ts'

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

interface Result {
  readonly findings: readonly BankFinding[]
  readonly unproven: string | null
}

/** What is kept of a history: the places of its reads, what each transfer moved, and reads that are wrong by themselves. */
class Seen {
  readonly #record: RunRecord
  readonly #options: BankOptions
  readonly #reads = new Growing(Uint32Array)
  readonly #flows = new Flows()
  readonly #atTheEnd: Fold<readonly Answered[]>
  readonly #troubles: BankFinding[] = []
  #expected: Expected | null = null

  constructor(record: RunRecord, options: BankOptions) {
    this.#record = record
    this.#options = options
    this.#atTheEnd = foldLastReads(record, BANK)
  }

  take(pair: Pair, place: number): void {
    this.#atTheEnd.take(pair, place)
    if (pair.invocation.f === 'transfer') this.#flows.take(pair)
    else if (pair.completion?.type === 'ok') {
      const read = pair as Answered
      this.#reads.push(place)
      this.#expected ??= expectedOf(this.#record, read.completion.value as Balances, this.#options)
      const trouble = troubleWith(balancesIn(read), this.#expected)
      if (trouble !== null) this.#troubles.push(found(trouble.kind, read, trouble.text))
    }
  }

  get count(): number {
    return this.#reads.length
  }

  get expected(): Expected {
    return this.#expected ?? expectedOf(this.#record, undefined, this.#options)
  }

  *#all(): Iterable<Answered> {
    for (const place of this.#reads.all()) yield this.#record.pairs.at(place) as Answered
  }

  /**
   * Nothing is known of the initial balances of an imported history, and nothing of the transfers where it has none: then
   * somebody else has made them.
   */
  #unseenIn(reads: Iterable<Answered>): readonly BankFinding[] {
    const isImported = this.#record.spec === null
    if (isImported && !this.#flows.isAsked) return []
    return unseenTransfers(this.#flows, reads, isImported ? null : INITIAL_BALANCE).map(({ read, text }) =>
      found('transfer lost or not seen', read, text),
    )
  }

  /** Only the last reads count. What earlier ones show is told. */
  #judgeEnd(): Result {
    const { answers, unproven } = finalAnswers(this.#atTheEnd.result(), this.#record)
    const last = new Set(answers.map(({ invocation }) => invocation.index))
    const isLast = ({ operations }: BankFinding): boolean => operations.some((index) => last.has(index))
    const earlier = this.#troubles
      .filter((trouble) => !isLast(trouble))
      .map((trouble) => ({ ...trouble, kind: 'inconsistent for a while' as const }))
    const atTheEnd = answers.flatMap(({ invocation }) =>
      this.#troubles.filter(({ operations }) => operations.includes(invocation.index)),
    )
    const agree = new Set(answers.map((read) => balancesIn(read).join(' '))).size <= 1
    const reason = unproven ?? (agree ? null : 'the last reads of the nodes differ')
    if (reason !== null) return { findings: earlier, unproven: reason }
    return {
      findings: [...atTheEnd, ...this.#unseenIn(answers), ...earlier],
      unproven: null,
    }
  }

  judge(promise: PromiseName): Result {
    if (promise === 'eventual') return this.#judgeEnd()
    const unseen = promise === 'linearizable' ? this.#unseenIn(this.#all()) : []
    return {
      findings: [...this.#troubles, ...unseen],
      unproven: this.count === 0 ? 'they were never read' : null,
    }
  }
}

const judge = (record: RunRecord, reads: Seen): Judged => {
  const { count, expected } = reads
  const promise = promiseOf(record, BANK, 'read').name
  const { findings, unproven } = reads.judge(promise)
  const when = promise === 'eventual' ? 'at the end' : 'always'
  const seen = promise === 'linearizable' ? ', and no transfer is lost from sight' : ''
  return conclude(findings, {
    seen: `${count} reads of all accounts`,
    clean: `the total is ${when} ${expected.total}, nothing is overdrawn${seen}`,
    unproven,
    kinds: KINDS,
    allows: (kind) => kind === 'inconsistent for a while',
    aside: expected.assumption === null ? null : `assumed: ${expected.assumption}`,
    blamed: 'read',
    anomalies: ANOMALIES,
    table: {
      columns: COLUMNS,
      fine: count - new Set(findings.flatMap(({ operations }) => operations)).size,
    },
    details: { reads: count },
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
  foldingChecker({
    name: 'bank',
    judgesBeginnings: true,
    // The first read of an imported history says what is expected of the others.
    window: ({ spec }) => (spec === null ? null : bankWindow()),
    finds: 'money created or lost, accounts overdrawn',
    needs: ['history'],
    promise: promisedOf(BANK, 'money is neither created nor lost, and no account is overdrawn'),
    fold: (record) => {
      const seen = new Seen(record, options)
      return { take: (pair, place) => seen.take(pair, place), result: () => judge(record, seen) }
    },
  })
