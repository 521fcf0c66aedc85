/** Accounts: no money appears or disappears, and none is overdrawn, in any read. (Jepsen's bank checker.) */
import type { Operation } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import { ACCOUNTS, type Balances, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { checkerOf, type Judged } from '../checker-of.ts'

const TOTAL = ACCOUNTS * INITIAL_BALANCE
const SHOWN = 10

const problemOf = (balances: readonly number[]): string | null => {
  const total = balances.reduce((sum, balance) => sum + balance, 0)
  if (balances.length !== ACCOUNTS) return `${balances.length} accounts in place of ${ACCOUNTS}`
  if (total !== TOTAL) return `a total of ${total} in place of ${TOTAL}`
  const overdrawn = balances.findIndex((balance) => balance < 0)
  return overdrawn === -1 ? null : `account ${overdrawn} at ${balances[overdrawn]}`
}

const judge = ({ pairs }: RunRecord): Judged => {
  const reads = pairs.flatMap(({ invocation, completion }) =>
    invocation.f === 'read' && completion?.type === 'ok' ? [completion] : [],
  )
  const wrong = reads.flatMap((completion) => {
    const problem = problemOf((completion.value as Balances).balances)
    return problem === null ? [] : [{ completion, problem }]
  })
  const details = { reads: reads.length, wrong: wrong.length }
  const [first] = wrong
  if (first === undefined)
    return {
      status: reads.length === 0 ? 'unknown' : 'valid',
      summary: `${reads.length} reads: the total is always ${TOTAL}, and nothing is overdrawn.`,
      evidence: [],
      details,
    }
  const line = ({ completion, problem }: { completion: Operation; problem: string }): string =>
    `${(completion.timeNs / 1e9).toFixed(3)} s, on ${completion.node ?? 'a node'}: ${problem} (${(completion.value as Balances).balances.join(', ')})`
  const evidence: Evidence = {
    title: `${wrong.length} reads of accounts that could never be`,
    text: wrong.slice(0, SHOWN).map(line).join('\n'),
    operations: wrong.slice(0, SHOWN).map(({ completion }) => completion.index),
  }
  return {
    status: 'invalid',
    summary: `Of ${reads.length} reads ${wrong.length} are of accounts that could never be; the first has ${first.problem}.`,
    evidence: [evidence],
    details,
  }
}

export const bank = checkerOf({
  name: 'bank',
  finds: 'money made or lost, accounts overdrawn',
  needs: ['history'],
  promise: 'money is neither made nor lost, no account overdrawn',
  judge,
})
