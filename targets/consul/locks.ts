/** Consul's locks: a session acquires a key. The token is the key's lock index, which grows with each holder. */
import type { Outcome } from '../../harness/api/history.ts'
import { LOCK, type LockResult } from '../../harness/vocabularies/locks.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { type Agent, textOf, toBase64 } from './agent.ts'
import { type Act, NONE, unwritten } from './objects.ts'

/**
 * Without a time to live and without checks, a session ends only when it is destroyed, and so does what it holds. After a session
 * that ended by itself, Consul would grant its locks to nobody for a while (`LockDelay`); these never do.
 */
const SESSION = { LockDelay: '0s', Behavior: 'release', NodeChecks: [], ServiceChecks: [] }

const NOT_DONE: LockResult = { done: false }

/**
 * The locks of one client. Each owner acquires by a session of its own, since a session that holds a key may acquire it again; one
 * that holds nothing serves the next owner.
 */
class Locks {
  #idle: string | undefined

  async #session(agent: Agent): Promise<string | Outcome> {
    const idle = this.#idle
    this.#idle = undefined
    if (idle !== undefined) return idle
    const sent = await agent.put<{ readonly ID?: string }>('/v1/session/create', SESSION)
    if (sent.type !== 'ok') return unwritten(sent)
    return sent.body?.ID ?? unwritten({ error: 'there is no session' })
  }

  async acquire(agent: Agent, key: string, owner: string): Promise<Outcome> {
    const session = await this.#session(agent)
    if (typeof session !== 'string') return session
    const sent = await agent.change({ Verb: 'lock', Key: key, Value: toBase64(owner), Session: session })
    if (sent.type !== 'ok') return sent
    if (sent.body !== null)
      return { type: 'ok', value: { done: true, token: sent.body.LockIndex } satisfies LockResult }
    this.#idle = session
    return { type: 'ok', value: NOT_DONE }
  }

  /** The session is the one that is told together with the owner. */
  async release(agent: Agent, key: string, owner: string): Promise<Outcome> {
    const found = await agent.get(key, 'consistent', NONE)
    if (found.type !== 'ok') return unwritten(found)
    const [lock] = found.body
    const session = lock?.Session
    if (lock === undefined || session === undefined || textOf(lock) !== owner)
      return { type: 'ok', value: NOT_DONE }
    const unlock = { Verb: 'unlock', Key: key, Value: toBase64(owner), Session: session } as const
    const sent = await agent.change(unlock, lock)
    if (sent.type !== 'ok') return sent
    // Whoever changed the key meanwhile has released it for this owner.
    if (sent.body === null) return { type: 'ok', value: NOT_DONE }
    this.#idle = session
    return { type: 'ok', value: { done: true } satisfies LockResult }
  }
}

export const actOnLocks = (): Act => {
  const locks = new Locks()
  return (agent, raw) => {
    const { f, value } = asCall(LOCK, raw)
    const [key, owner] = [`lock/${value.key}`, String(value.owner)]
    return f === 'acquire' ? locks.acquire(agent, key, owner) : locks.release(agent, key, owner)
  }
}
