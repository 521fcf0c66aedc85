/**
 * Objects of one znode each: its value is read, and then written if its version is still the same (optimistic). A conflict is
 * a fail, since nothing was written. What is only told and not written is told of an up-to-date state.
 */
import type { Call } from '../../harness/api/history.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { ACCOUNTS, BANK, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { PERMITS, SEMAPHORE } from '../../harness/vocabularies/locks.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { CODES } from './errors.ts'
import { create, type Node, setData } from './requests.ts'
import { Conflict, type Store } from './store.ts'

interface Change {
  /** The new value, as JSON; undefined: it stays as it is. */
  readonly next: unknown
  readonly returned: unknown
}

const contentsOf = (node: Node | null): unknown => (node === null ? undefined : JSON.parse(node.data))

/** @param change undefined for a znode that does not exist */
const update = async (store: Store, path: string, change: (value: unknown) => Change): Promise<unknown> => {
  let node = await store.find(path)
  let { next, returned } = change(contentsOf(node))
  if (next === undefined) {
    await store.catchUp()
    node = await store.find(path)
    ;({ next, returned } = change(contentsOf(node)))
  }
  if (next === undefined) return returned
  const data = JSON.stringify(next)
  const written =
    node === null
      ? await store.trySend(create(path, data), CODES.nodeExists)
      : await store.trySend(setData(path, data, node.version), CODES.badVersion)
  if (written === null) throw new Conflict('conflict')
  return returned
}

const read = async (store: Store, path: string, tell: (value: unknown) => unknown): Promise<unknown> => {
  await store.beforeRead()
  return tell(contentsOf(await store.find(path)))
}

/** Keys may be texts. */
const pathOf = (kind: string, key: unknown): string => `/${kind}-${encodeURIComponent(JSON.stringify(key))}`

export const actOnRegister = async (store: Store, raw: Call): Promise<unknown> => {
  const call = asCall(REGISTER, raw)
  const { key } = call.value
  const path = pathOf('register', key)
  if (call.f === 'read') return read(store, path, (value = null) => ({ key, value }))
  if (call.f === 'write') {
    await store.put(path, JSON.stringify(call.value.value))
    return call.value
  }
  const { expected, next } = call.value
  return update(store, path, (value = null) => {
    const applied = value === expected
    return { next: applied ? next : undefined, returned: { ...call.value, applied } }
  })
}

export const actOnCounter = (store: Store, raw: Call): Promise<unknown> => {
  const call = asCall(COUNTER, raw)
  const { key } = call.value
  const path = pathOf('counter', key)
  if (call.f === 'read') return read(store, path, (value = 0) => ({ key, value }))
  const { delta } = call.value
  return update(store, path, (value = 0) => ({ next: (value as number) + delta, returned: call.value }))
}

export const actOnLog = (store: Store, raw: Call): Promise<unknown> => {
  const call = asCall(APPEND_LOG, raw)
  const { key } = call.value
  const path = pathOf('log', key)
  if (call.f === 'read') return read(store, path, (values = []) => ({ key, values }))
  const { value } = call.value
  return update(store, path, (values = []) => {
    const list = values as readonly unknown[]
    return { next: [...list, value], returned: { key, value, offset: list.length } }
  })
}

/** The value lists the owners that hold permits. */
export const actOnSemaphore = (store: Store, raw: Call): Promise<unknown> => {
  const { f, value } = asCall(SEMAPHORE, raw)
  return update(store, pathOf('semaphore', value.key), (held = []) => {
    const owners = held as readonly number[]
    const done = f === 'acquire' ? owners.length < PERMITS : owners.includes(value.owner)
    const next = f === 'acquire' ? [...owners, value.owner] : owners.filter((owner) => owner !== value.owner)
    return { next: done ? next : undefined, returned: { done } }
  })
}

export const actOnBank = (store: Store, raw: Call): Promise<unknown> => {
  const call = asCall(BANK, raw)
  const first = Array.from({ length: ACCOUNTS }, () => INITIAL_BALANCE)
  if (call.f === 'read') return read(store, '/bank', (balances = first) => ({ balances }))
  const { from, to, amount } = call.value
  return update(store, '/bank', (balances = first) => {
    const now = balances as readonly number[]
    const applied = (now[from] as number) >= amount
    const returned = { ...call.value, applied }
    if (!applied) return { next: undefined, returned }
    const paid = now.with(from, (now[from] as number) - amount)
    return { next: paid.with(to, (paid[to] as number) + amount), returned }
  })
}

/** A seat is a znode, created by the first customer and never written again. */
export const actOnBooking = async (store: Store, raw: Call): Promise<unknown> => {
  const call = asCall(BOOKING, raw)
  const { seat } = call.value
  const path = pathOf('seat', seat)
  if (call.f === 'read') return read(store, path, (customer = null) => ({ seat, customer }))
  const { customer } = call.value
  const created = await store.trySend(create(path, JSON.stringify(customer)), CODES.nodeExists)
  // The server that passed on the refusal has applied what it was refused for.
  const confirmed = created !== null || contentsOf(await store.find(path)) === customer
  return { seat, customer, confirmed }
}

export const actOnAccess = async (store: Store, raw: Call): Promise<unknown> => {
  const { f, value } = asCall(ACCESS, raw)
  const path = pathOf('access', value.subject)
  if (f === 'check') return read(store, path, (allowed = false) => ({ subject: value.subject, allowed }))
  await store.put(path, JSON.stringify(f === 'grant'))
  return value
}
