/**
 * Objects in etcd: read a key, then write it if its revision is still the same (optimistic). A conflict is a fail, since
 * nothing was written. Where one etcd transaction can decide by itself, one is sent.
 */
import type { Call, Outcome } from '../../harness/api/history.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { ACCOUNTS, BANK, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LOCK, PERMITS, SEMAPHORE } from '../../harness/vocabularies/locks.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { fromBase64, type RangeResponse, type Send, type TxnResponse, toBase64 } from './gateway.ts'

interface Change {
  /** The new value of the key, as JSON; undefined: it stays as it is. */
  readonly next: unknown
  readonly returned: unknown
}

/** Reads a key, and writes what `change` makes of it if the key has not changed since. */
const update = async (send: Send, name: string, change: (value: unknown) => Change): Promise<Outcome> => {
  const key = toBase64(name)
  const read = await send<RangeResponse>('/v3/kv/range', { key })
  if (read.type !== 'ok') return { ...read, type: 'fail', error: `nothing was written yet: ${read.error}` }
  const [kv] = read.body.kvs ?? []
  const { next, returned } = change(kv?.value === undefined ? undefined : parseJson(fromBase64(kv.value)))
  if (next === undefined) return { type: 'ok', value: returned, meta: read.meta }
  const written = await send<TxnResponse>('/v3/kv/txn', {
    compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: kv?.mod_revision ?? '0' }],
    success: [{ request_put: { key, value: toBase64(printJson(next)) } }],
  })
  if (written.type !== 'ok') return written
  if (written.body.succeeded !== true) return { type: 'fail', error: 'conflict', meta: written.meta }
  return { type: 'ok', value: returned, meta: written.meta }
}

const read = async (send: Send, name: string, tell: (value: unknown) => unknown): Promise<Outcome> => {
  const sent = await send<RangeResponse>('/v3/kv/range', { key: toBase64(name) })
  if (sent.type !== 'ok') return sent
  const value = sent.body.kvs?.[0]?.value
  return {
    type: 'ok',
    value: tell(value === undefined ? undefined : parseJson(fromBase64(value))),
    meta: sent.meta,
  }
}

export const actOnCounter = (send: Send, raw: Call): Promise<Outcome> => {
  const call = asCall(COUNTER, raw)
  const { key } = call.value
  const name = `counter/${printJson(key)}`
  if (call.f === 'read') return read(send, name, (value = 0) => ({ key, value }))
  const { delta } = call.value
  return update(send, name, (value = 0) => ({ next: (value as number) + delta, returned: call.value }))
}

export const actOnQueue = (send: Send, raw: Call): Promise<Outcome> => {
  const call = asCall(QUEUE, raw)
  const { key } = call.value
  return update(send, `queue/${printJson(key)}`, (values = []) => {
    const [head, ...left] = values as readonly number[]
    if (call.f === 'enqueue')
      return { next: [...(values as readonly number[]), call.value.value], returned: call.value }
    return head === undefined
      ? { next: undefined, returned: { key, value: null } }
      : { next: left, returned: { key, value: head } }
  })
}

export const actOnLog = (send: Send, raw: Call): Promise<Outcome> => {
  const call = asCall(APPEND_LOG, raw)
  const { key } = call.value
  const name = `log/${printJson(key)}`
  if (call.f === 'read') return read(send, name, (values = []) => ({ key, values }))
  const { value } = call.value
  return update(send, name, (values = []) => {
    const list = values as readonly number[]
    return { next: [...list, value], returned: { key, value, offset: list.length } }
  })
}

/** Each write in etcd has its own revision. */
export const actOnIds = async (send: Send): Promise<Outcome> => {
  const sent = await send('/v3/kv/put', { key: toBase64('ids'), value: toBase64('') })
  return sent.type === 'ok'
    ? { type: 'ok', value: { id: Number(sent.meta.revision) }, meta: sent.meta }
    : sent
}

/** A key that the holder creates, in one transaction. The token is the revision of its creation. */
export const actOnLock = async (send: Send, raw: Call): Promise<Outcome> => {
  const { f, value } = asCall(LOCK, raw)
  const key = toBase64(`lock/${value.key}`)
  const owner = toBase64(String(value.owner))
  const body =
    f === 'acquire'
      ? {
          compare: [{ key, target: 'CREATE', result: 'EQUAL', create_revision: '0' }],
          success: [{ request_put: { key, value: owner } }],
        }
      : {
          compare: [{ key, target: 'VALUE', result: 'EQUAL', value: owner }],
          success: [{ request_delete_range: { key } }],
        }
  const sent = await send<TxnResponse>('/v3/kv/txn', body)
  if (sent.type !== 'ok') return sent
  const done = sent.body.succeeded === true
  const token = f === 'acquire' && done ? { token: Number(sent.meta.revision) } : {}
  return { type: 'ok', value: { done, ...token }, meta: sent.meta }
}

/** One key lists the owners that hold permits. */
export const actOnSemaphore = (send: Send, raw: Call): Promise<Outcome> => {
  const { f, value } = asCall(SEMAPHORE, raw)
  return update(send, `semaphore/${value.key}`, (held = []) => {
    const owners = held as readonly number[]
    const done = f === 'acquire' ? owners.length < PERMITS : owners.includes(value.owner)
    const next = f === 'acquire' ? [...owners, value.owner] : owners.filter((owner) => owner !== value.owner)
    return { next: done ? next : undefined, returned: { done } }
  })
}

export const actOnBank = (send: Send, raw: Call): Promise<Outcome> => {
  const call = asCall(BANK, raw)
  const first = Array.from({ length: ACCOUNTS }, () => INITIAL_BALANCE)
  if (call.f === 'read') return read(send, 'bank', (balances = first) => ({ balances }))
  const { from, to, amount } = call.value
  return update(send, 'bank', (balances = first) => {
    const now = balances as readonly number[]
    const applied = (now[from] as number) >= amount
    const returned = { ...call.value, applied }
    if (!applied) return { next: undefined, returned }
    return {
      next: now.with(from, (now[from] as number) - amount).with(to, (now[to] as number) + amount),
      returned,
    }
  })
}

export const actOnBooking = async (send: Send, raw: Call): Promise<Outcome> => {
  const call = asCall(BOOKING, raw)
  const { seat } = call.value
  const name = `seat/${seat}`
  if (call.f === 'read') return read(send, name, (customer = null) => ({ seat, customer }))
  const { customer } = call.value
  const key = toBase64(name)
  const sent = await send<TxnResponse>('/v3/kv/txn', {
    compare: [{ key, target: 'CREATE', result: 'EQUAL', create_revision: '0' }],
    success: [{ request_put: { key, value: toBase64(printJson(customer)) } }],
    failure: [{ request_range: { key } }],
  })
  if (sent.type !== 'ok') return sent
  const held = sent.body.responses?.[0]?.response_range?.kvs?.[0]?.value
  const confirmed =
    sent.body.succeeded === true || (held !== undefined && parseJson(fromBase64(held)) === customer)
  return { type: 'ok', value: { seat, customer, confirmed }, meta: sent.meta }
}

export const actOnAccess = async (send: Send, raw: Call): Promise<Outcome> => {
  const { f, value } = asCall(ACCESS, raw)
  const name = `access/${value.subject}`
  if (f === 'check') return read(send, name, (allowed = false) => ({ subject: value.subject, allowed }))
  const sent = await send('/v3/kv/put', { key: toBase64(name), value: toBase64(String(f === 'grant')) })
  return sent.type === 'ok' ? { type: 'ok', value, meta: sent.meta } : sent
}
