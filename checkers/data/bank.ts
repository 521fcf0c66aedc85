/** Accounts: in every read, the total is unchanged and no account is overdrawn. (Jepsen's bank checker.) */
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { ACCOUNTS, BANK, type Balances, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { promisedOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'

const KINDS = ['wrong total', 'overdrawn', 'wrong number of accounts'] as const
type BalanceTrouble = Pick<Finding<(typeof KINDS)[number]>, 'kind' | 'text'>

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
const expectedOf = ({ spec }: RunRecord, first: Balances | undefined, { total }: BankOptions): Expected => {
  const known = { accounts: ACCOUNTS, total: ACCOUNTS * INITIAL_BALANCE, assumption: null }
  if (spec !== null || first === undefined) return known
  const accounts = first.balances.length
  if (total > 0) return { accounts, total, assumption: `${accounts} accounts, as in the first read` }
  const assumed = totalOf(first.balances)
  return {
    accounts,
    total: assumed,
    assumption: `${accounts} accounts and a total of ${assumed}, as in the first read`,
  }
}

const judge = (record: RunRecord, options: BankOptions): Judged => {
  const { pairs } = record
  const reads = pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'read' && completion?.type === 'ok' ? [completion] : [],
  )
  const expected = expectedOf(record, reads[0]?.value as Balances | undefined, options)
  const findings = reads.flatMap(({ index, timeNs, node = 'a node', value }) => {
    const { balances } = value as Balances
    const trouble = troubleWith(balances, expected)
    if (trouble === null) return []
    const text = `${formatTimeNs(timeNs)}, on ${node}: ${trouble.text} (${balances.join(', ')})`
    return [{ kind: trouble.kind, text, operations: [index] }]
  })
  return conclude(findings, {
    seen: `${reads.length} reads of all accounts`,
    clean: `the total is always ${expected.total}, and nothing is overdrawn`,
    unproven: reads.length === 0 ? 'they were never read' : null,
    kinds: KINDS,
    aside: expected.assumption === null ? null : `assumed: ${expected.assumption}`,
    details: { reads: reads.length },
  })
}

/** The total of all balances; 0: of an imported history, that of its first read. */
export interface BankOptions {
  readonly total: number
}

export const bank = (options: BankOptions): Checker =>
  checkerOf({
    name: 'bank',
    finds: 'money created or lost, accounts overdrawn',
    needs: ['history'],
    promise: promisedOf(BANK, 'money is neither created nor lost, and no account is overdrawn'),
    judge: (record) => judge(record, options),
  })
