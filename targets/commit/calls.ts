/** The calls of each vocabulary that the shards serve, as steps on single keys, and their answers. */
import type { Call } from '../../harness/api/history.ts'
import { ACCOUNTS, BANK, type BankCall, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { BOOKING, type BookingCall } from '../../harness/vocabularies/booking.ts'
import { MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import { REGISTER, type RegisterCall } from '../../harness/vocabularies/register.ts'
import { LIST_APPEND, RW_REGISTER, type TransactionCall } from '../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { Key, Step } from './core/steps.ts'

interface Plan {
  readonly steps: readonly Step[]
  /** @param results what the steps read */
  readonly done: (results: readonly unknown[]) => unknown
  /** The answer if a condition does not hold. */
  readonly refused?: unknown
}

type Keyed = (key: Scalar) => Key

const ofBank = (call: Call, keyed: Keyed): Plan => {
  const { f, value } = call as BankCall
  if (f === 'read')
    return {
      steps: Array.from({ length: ACCOUNTS }, (_, account) => ({ f: 'read', key: keyed(account) })),
      done: (results) => ({ balances: results.map((balance) => balance ?? INITIAL_BALANCE) }),
    }
  const { from, to, amount } = value
  const add = (account: number, by: number): Step => ({
    f: 'add',
    key: keyed(account),
    amount: by,
    initial: INITIAL_BALANCE,
  })
  return {
    steps: [add(from, -amount), add(to, amount)],
    done: () => ({ from, to, amount, applied: true }),
    refused: { from, to, amount, applied: false },
  }
}

const ofBooking = (call: Call, keyed: Keyed): Plan => {
  const { f, value } = call as BookingCall
  const key = keyed(value.seat)
  if (f === 'read')
    return { steps: [{ f: 'read', key }], done: ([customer]) => ({ seat: value.seat, customer }) }
  return {
    steps: [{ f: 'claim', key, value: value.customer }],
    done: () => ({ ...value, confirmed: true }),
    refused: { ...value, confirmed: false },
  }
}

const ofRegister = (call: Call, keyed: Keyed): Plan => {
  const { f, value } = call as RegisterCall
  const key = keyed(value.key)
  if (f === 'read') return { steps: [{ f, key }], done: ([read]) => ({ key: value.key, value: read }) }
  if (f === 'write') return { steps: [{ f, key, value: value.value }], done: () => value }
  const { expected, next } = value
  return {
    steps: [{ f: 'swap', key, expected, value: next }],
    done: () => ({ ...value, applied: true }),
    refused: { ...value, applied: false },
  }
}

const FS = { r: 'read', w: 'write', append: 'append' } as const

/** @param empty what a read returns of a key that was never written */
const ofTransaction =
  (empty: unknown) =>
  (call: Call, keyed: Keyed): Plan => {
    const { value } = call as TransactionCall
    return {
      steps: value.map(([f, key, put]) => ({ f: FS[f], key: keyed(key), value: put }) as Step),
      done: (results) =>
        value.map(([f, key, put], at) => (f === 'r' ? [f, key, results[at] ?? empty] : [f, key, put])),
    }
  }

const plans: Readonly<Record<string, (call: Call, keyed: Keyed) => Plan>> = {
  [BANK.name]: ofBank,
  [BOOKING.name]: ofBooking,
  [REGISTER.name]: ofRegister,
  [MULTI_REGISTER.name]: ofTransaction(null),
  [RW_REGISTER.name]: ofTransaction(null),
  [LIST_APPEND.name]: ofTransaction([]),
}

/** The vocabularies that are served. */
export const served: readonly string[] = Object.keys(plans)

/** Null: the vocabulary is not served. */
export const planOf = (vocabulary: string, call: Call): Plan | null =>
  plans[vocabulary]?.(call, (key) => `${vocabulary}/${key}`) ?? null
