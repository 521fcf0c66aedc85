/**
 * What ZooKeeper's documentation builds from znodes ("ZooKeeper Recipes and Solutions"): sets of children, queues of
 * sequential znodes, unique names, locks and leases.
 */
import type { Call } from '../../harness/api/history.ts'
import { LEASE, LEASE_MS } from '../../harness/vocabularies/lease.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { CODES } from './errors.ts'
import { create, KINDS, remove, setData } from './requests.ts'
import { Conflict, type Store } from './store.ts'

/** ZooKeeper appends ten digits to the names of sequential znodes. */
const DIGITS = 10

const SET_ROOT = '/set'

/** One znode for each element. */
export const actOnSet = async (store: Store, raw: Call): Promise<unknown> => {
  const call = asCall(SET, raw)
  if (call.f === 'add') {
    const name = encodeURIComponent(JSON.stringify(call.value.element))
    await store.createBelow(SET_ROOT, create(`${SET_ROOT}/${name}`, ''))
    return call.value
  }
  await store.beforeRead()
  const names = await store.children(SET_ROOT)
  return { elements: names.map((name): unknown => JSON.parse(decodeURIComponent(name))) }
}

/**
 * Whoever deletes the first child has taken it. Numbers are appended in the order of the creations, so in each state that a
 * server had, the first child is the first one left as long as it exists. That a queue is empty is told of an up-to-date state.
 */
export const actOnQueue = async (store: Store, raw: Call): Promise<unknown> => {
  const call = asCall(QUEUE, raw)
  const { key } = call.value
  const root = `/queue-${encodeURIComponent(JSON.stringify(key))}`
  if (call.f === 'enqueue') {
    const data = JSON.stringify(call.value.value)
    await store.createBelow(root, create(`${root}/`, data, KINDS.sequential))
    return call.value
  }
  const first = async (): Promise<string | undefined> => (await store.children(root)).toSorted()[0]
  let name = await first()
  if (name === undefined) {
    await store.catchUp()
    name = await first()
  }
  if (name === undefined) return { key, value: null }
  const node = await store.find(`${root}/${name}`)
  if (node === null) throw new Conflict('another client took it')
  const taken = await store.trySend(remove(`${root}/${name}`), CODES.noNode)
  if (taken === null) throw new Conflict('another client took it')
  return { key, value: JSON.parse(node.data) }
}

const IDS_ROOT = '/ids'

export const actOnIds = async (store: Store): Promise<unknown> => {
  const path = await store.createBelow(IDS_ROOT, create(`${IDS_ROOT}/`, '', KINDS.sequential))
  return { id: Number(path.slice(-DIGITS)) }
}

/**
 * Whoever creates the znode of the lock holds it. In the same transaction, a znode with the owner's name is created, which is
 * deleted with it: so a release that arrives late cannot delete the lock of the next holder. A third one is written: its
 * version counts the grants and is the token.
 */
const acquire = async (
  store: Store,
  path: string,
  owner: number,
  kind: number,
): Promise<{ readonly done: boolean; readonly token?: number }> => {
  const counter = `${path}-grants`
  const parts = [
    setData(counter, ''),
    create(path, String(owner), kind),
    create(`${path}-${owner}`, '', kind),
  ]
  const refusals = [CODES.noNode, CODES.nodeExists]
  let granted = await store.transact(parts, ...refusals)
  if (granted === null && (await store.find(counter)) === null) {
    await store.prepare(counter)
    granted = await store.transact(parts, ...refusals)
  }
  return granted === null ? { done: false } : { done: true, token: granted[0] as number }
}

const release = async (store: Store, path: string, owner: number): Promise<unknown> => {
  const removed = await store.transact([remove(`${path}-${owner}`), remove(path)], CODES.noNode)
  return { done: removed !== null }
}

/** @param kind of the lock's znode */
export const actOnLock =
  (kind: number) =>
  async (store: Store, raw: Call): Promise<unknown> => {
    const { f, value } = asCall(LOCK, raw)
    const path = `/lock-${value.key}`
    return f === 'release' ? release(store, path, value.owner) : acquire(store, path, value.owner, kind)
  }

/** Ephemeral znodes of a session of its own, which nobody keeps alive: they go when the session expires. */
const acquireLease = async (store: Store, path: string, owner: number): Promise<unknown> => {
  await using session = store.another(LEASE_MS)
  const answer = await acquire(store.over(session), path, owner, KINDS.ephemeral)
  return answer.done ? { ...answer, ttlMs: session.timeoutMs } : answer
}

export const actOnLease = (store: Store, raw: Call): Promise<unknown> => {
  const { f, value } = asCall(LEASE, raw)
  const path = `/lease-${value.key}`
  return f === 'acquire' ? acquireLease(store, path, value.owner) : release(store, path, value.owner)
}
