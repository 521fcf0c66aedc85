/**
 * etcd's own leases: a key that belongs to a lease is deleted when the lease expires. etcd grants whole seconds, and at
 * least one and a half election timeouts; the result says what it granted. The token is the revision of the key's
 * creation.
 */
import type { Call, Outcome } from '../../harness/api/history.ts'
import { LEASE, LEASE_MS, type LeaseResult } from '../../harness/vocabularies/lease.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { type RangeResponse, type Send, type TxnResponse, toBase64 } from './gateway.ts'

interface GrantResponse {
  readonly ID?: string
  /** Seconds. */
  readonly TTL?: string
}

const TAKEN: LeaseResult = { done: false }

const acquire = async (send: Send, key: string, owner: string): Promise<Outcome> => {
  const read = await send<RangeResponse>('/v3/kv/range', { key })
  if (read.type !== 'ok') return { ...read, type: 'fail', error: `nothing was written yet: ${read.error}` }
  // A lease that no client gets would still be counted by etcd.
  if ((read.body.kvs ?? []).length > 0) return { type: 'ok', value: TAKEN, meta: read.meta }
  const granted = await send<GrantResponse>('/v3/lease/grant', { TTL: String(Math.ceil(LEASE_MS / 1000)) })
  if (granted.type !== 'ok')
    return { ...granted, type: 'fail', error: `no key was created: ${granted.error}` }
  const { ID, TTL } = granted.body
  const sent = await send<TxnResponse>('/v3/kv/txn', {
    compare: [{ key, target: 'CREATE', result: 'EQUAL', create_revision: '0' }],
    success: [{ request_put: { key, value: owner, lease: ID } }],
  })
  if (sent.type !== 'ok') return sent
  const value: LeaseResult =
    sent.body.succeeded === true
      ? { done: true, token: Number(sent.meta.revision), ttlMs: Number(TTL) * 1000 }
      : TAKEN
  return { type: 'ok', value, meta: sent.meta }
}

export const actOnLease = async (send: Send, raw: Call): Promise<Outcome> => {
  const { f, value } = asCall(LEASE, raw)
  const key = toBase64(`lease/${value.key}`)
  const owner = toBase64(String(value.owner))
  if (f === 'acquire') return acquire(send, key, owner)
  const sent = await send<TxnResponse>('/v3/kv/txn', {
    compare: [{ key, target: 'VALUE', result: 'EQUAL', value: owner }],
    success: [{ request_delete_range: { key } }],
  })
  if (sent.type !== 'ok') return sent
  return { type: 'ok', value: { done: sent.body.succeeded === true } satisfies LeaseResult, meta: sent.meta }
}
