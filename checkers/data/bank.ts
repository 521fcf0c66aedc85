/** Accounts: no money appears or disappears, and none is overdrawn, in any read. (Jepsen's bank checker.) */
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { ACCOUNTS, BANK, type Balances, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { promisedOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'

const TOTAL = ACCOUNTS * INITIAL_BALANCE

const KINDS = ['wrong total', 'overdrawn', 'wrong number of accounts'] as const
type BalanceTrouble = Pick<Finding<(typeof KINDS)[number]>, 'kind' | 'text'>

const troubleWith = (balances: readonly number[]): BalanceTrouble | null => {
  const total = balances.reduce((sum, balance) => sum + balance, 0)
  if (balances.length !== ACCOUNTS)
    return { kind: 'wrong number of accounts', text: `${balances.length} accounts in place of ${ACCOUNTS}` }
  if (total !== TOTAL) return { kind: 'wrong total', text: `a total of ${total} in place of ${TOTAL}` }
  const overdrawn = balances.findIndex((balance) => balance < 0)
  if (overdrawn === -1) return null
  return { kind: 'overdrawn', text: `account ${overdrawn} at ${balances[overdrawn]}` }
}

const judge = ({ pairs }: RunRecord): Judged => {
  const reads = pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'read' && completion?.type === 'ok' ? [completion] : [],
  )
  const findings = reads.flatMap(({ index, timeNs, node = 'a node', value }) => {
    const { balances } = value as Balances
    const trouble = troubleWith(balances)
    if (trouble === null) return []
    const text = `${formatTimeNs(timeNs)}, on ${node}: ${trouble.text} (${balances.join(', ')})`
    return [{ kind: trouble.kind, text, operations: [index] }]
  })
  return conclude(findings, {
    seen: `${reads.length} reads of all accounts`,
    clean: `the total is always ${TOTAL}, and nothing is overdrawn`,
    unproven: reads.length === 0 ? 'they were never read' : null,
    kinds: KINDS,
    details: { reads: reads.length },
  })
}

export const bank = checkerOf({
  name: 'bank',
  finds: 'money made or lost, accounts overdrawn',
  needs: ['history'],
  promise: promisedOf(BANK, 'money is neither made nor lost, no account overdrawn'),
  judge,
})
