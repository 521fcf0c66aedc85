/**
 * The leader decides by its own state, before the call is in the log, and logs the decision. Another entry may come in
 * between, and the leader may no longer lead.
 */
import type { Call } from '../../../harness/api/history.ts'
import { BANK } from '../../../harness/vocabularies/bank.ts'
import { COUNTER } from '../../../harness/vocabularies/counter.ts'
import { QUEUE } from '../../../harness/vocabularies/queue.ts'
import { LIST_APPEND, RW_REGISTER } from '../../../harness/vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../../../harness/vocabularies/unique-ids.ts'
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import { Bank, type Transfer } from '../../protocol/structures/bank.ts'
import { Counters } from '../../protocol/structures/counters.ts'
import { Ids } from '../../protocol/structures/ids.ts'
import { Queues } from '../../protocol/structures/queues.ts'
import {
  type MicroOperation,
  type StoredValue,
  TransactionalLists,
  TransactionalRegisters,
} from '../../protocol/structures/transactions.ts'
import type { ServerApi } from '../server/client-api.ts'
import { rewritingCalls, withValue } from './altered-api.ts'
import type { BugDefinition } from './definition.ts'

/** What the leader's own state has now of the object that a call is about. */
const look = <T>(api: ServerApi, vocabulary: string, { value }: Call): T =>
  api.localRead(vocabulary, { f: 'read', value }) as T

// ------------------------------------------------------------------------------------------ transactions

/** A read that was answered before the transaction was logged. */
const ANSWERED = 'answered'

const withReadsAnswered = (api: ServerApi, vocabulary: string, call: Call): Call => {
  const ops = call.value as readonly MicroOperation[]
  const reads = ops.map(([, key]) => ['r', key, null])
  const answers = api.localRead(vocabulary, { f: 'txn', value: reads }) as readonly MicroOperation[]
  return {
    f: 'txn',
    value: ops.map((op, at) => (op[0] === 'r' ? [ANSWERED, op[1], answers[at]?.[2]] : op)),
  }
}

const repeatAnswers = (ops: readonly MicroOperation[]): readonly MicroOperation[] =>
  ops.map((op) => (op[0] === ANSWERED ? ['r', op[1], op[2]] : op))

class AnsweredLists extends TransactionalLists {
  override execute(call: Call): readonly MicroOperation[] {
    return repeatAnswers(super.execute(call))
  }
}

class AnsweredRegisters extends TransactionalRegisters {
  override execute(call: Call): readonly MicroOperation[] {
    return repeatAnswers(super.execute(call))
  }
}

/** The reads of two transactions come before the writes of both. */
export const txnReadsEarly: BugDefinition = {
  description: 'a leader answers the reads of a transaction before the transaction is in the log',
  workload: 'list-append',
  realRun: { args: '--time-limit 8s' },
  machine: {
    structures: {
      [LIST_APPEND.name]: (saved) => new AnsweredLists((saved ?? []) as [Scalar, StoredValue][]),
      [RW_REGISTER.name]: (saved) => new AnsweredRegisters((saved ?? []) as [Scalar, StoredValue][]),
    },
  },
  server: {
    clientApiOf: (api) =>
      rewritingCalls(api, ({ vocabulary, call }) =>
        vocabulary === LIST_APPEND.name || vocabulary === RW_REGISTER.name
          ? withReadsAnswered(api, vocabulary, call)
          : call,
      ),
  },
}

// ------------------------------------------------------------------------------------------ counters

class CountersOfSums extends Counters {
  override execute(call: Call): unknown {
    if (call.f !== 'add') return super.execute(call)
    const { key, delta, sum } = call.value as { key: number; delta: number; sum: number }
    this.values.set(key, sum)
    return { key, delta }
  }
}

/** Two adds to the same value leave one of them. */
export const counterOutsideLog: BugDefinition = {
  description: 'a leader adds to the value that it has, and logs the sum',
  workload: 'counter',
  realRun: { args: '--time-limit 8s' },
  machine: {
    structures: { [COUNTER.name]: (saved) => new CountersOfSums((saved ?? []) as [number, number][]) },
  },
  server: {
    clientApiOf: (api) =>
      rewritingCalls(api, ({ vocabulary, call }) => {
        if (vocabulary !== COUNTER.name) return call
        const { delta } = call.value as { delta: number }
        return withValue(call, { sum: look<{ value: number }>(api, vocabulary, call).value + delta })
      }),
  },
}

// ------------------------------------------------------------------------------------------ queues

class QueuesOfTaken extends Queues {
  override execute(call: Call): unknown {
    if (call.f !== 'dequeue') return super.execute(call)
    const { key, taken } = call.value as { key: number; taken: number | null }
    const values = this.values.get(key) ?? []
    this.values.set(
      key,
      values.filter((value) => value !== taken),
    )
    return { key, value: taken }
  }
}

/** Two dequeues see the same head, and both return it. */
export const dequeueBeforeCommit: BugDefinition = {
  description: 'a leader looks at the head of a queue before the dequeue is in the log',
  workload: 'queue',
  realRun: { args: '--time-limit 8s' },
  machine: {
    structures: {
      [QUEUE.name]: (saved) => new QueuesOfTaken((saved ?? []) as [number, readonly number[]][]),
    },
  },
  server: {
    clientApiOf: (api) =>
      rewritingCalls(api, ({ vocabulary, call }) =>
        call.f === 'dequeue'
          ? withValue(call, { taken: look<{ value: number | null }>(api, vocabulary, call).value })
          : call,
      ),
  },
}

// ------------------------------------------------------------------------------------------ ids

class ReservedIds extends Ids {
  override execute(call: Call): { id: number } {
    super.execute(call)
    return { id: (call.value as { reserved: number }).reserved }
  }
}

/** A new leader begins at what it has applied, below what the old leader gave out last. */
export const idsFromMemory: BugDefinition = {
  description: 'a leader draws ids from a number in its memory, which begins at what it has applied',
  workload: 'unique-ids',
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=2s,duration=1s --time-limit 20s',
  },
  machine: { structures: { [UNIQUE_IDS.name]: (saved) => new ReservedIds((saved ?? 0) as number) } },
  server: {
    clientApiOf: (api) => {
      let lastId = 0
      return rewritingCalls(api, ({ vocabulary, call }) => {
        if (vocabulary !== UNIQUE_IDS.name) return call
        lastId = Math.max(lastId, look<{ id: number }>(api, vocabulary, call).id) + 1
        return withValue(call, { reserved: lastId })
      })
    },
  },
}

// ------------------------------------------------------------------------------------------ bank

class BankOfChecked extends Bank {
  protected override covers(transfer: Transfer): boolean {
    return (transfer as Transfer & { allowed: boolean }).allowed
  }
}

/** Two transfers are each covered by the same money. */
export const fundsCheckedEarly: BugDefinition = {
  description:
    'a leader checks the balance before the transfer is in the log, and nothing checks it afterwards',
  workload: 'bank',
  realRun: { args: '--time-limit 8s' },
  machine: {
    structures: { [BANK.name]: (saved) => new BankOfChecked((saved ?? []) as [number, number][]) },
  },
  server: {
    clientApiOf: (api) =>
      rewritingCalls(api, ({ vocabulary, call }) => {
        if (call.f !== 'transfer') return call
        const { from, amount } = call.value as Transfer
        const { balances } = look<{ balances: readonly number[] }>(api, vocabulary, call)
        return withValue(call, { allowed: (balances[from] as number) >= amount })
      }),
  },
}
