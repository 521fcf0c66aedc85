/** One agent's HTTP API: one request at a time, never repeated. The table of errors decides the type of each answer. */
import type { Outcome } from '../../harness/api/history.ts'
import type { HttpResult, JsonHttp } from '../http.ts'
import { isDefinite } from './errors.ts'
import { HTTP_PORT } from './ports.ts'

export interface KeyValue {
  readonly Key: string
  /** In base64; null: empty. */
  readonly Value: string | null
  readonly ModifyIndex: number
  /** It grows each time a session acquires the key that nobody held. */
  readonly LockIndex: number
  /** The session that holds it. */
  readonly Session?: string
}

export type Sent<T> =
  | { readonly type: 'ok'; readonly body: T }
  | (Outcome & { readonly type: 'fail' | 'info' })

/** What the API answers to a transaction that was refused, such as a lock that is taken. */
const REFUSED = 409
const MISSING = 404
const OK = 200

const errorIn = (status: number, body: unknown): string => {
  const { error } = (body ?? {}) as { readonly error?: unknown }
  return typeof error === 'string' && error !== '' ? error.trim() : `status ${status}`
}

/** @param empty what it answers for keys that do not exist */
const sentOf = <T>(result: HttpResult, empty: T): Sent<T> => {
  if (result.type === 'unsent') return { type: 'fail', error: result.error }
  if (result.type === 'doubt') return { type: 'info', error: result.error }
  if (result.status === OK) return { type: 'ok', body: result.body as T }
  if (result.status === MISSING) return { type: 'ok', body: empty }
  const error = errorIn(result.status, result.body)
  return { type: isDefinite(error) ? 'fail' : 'info', error }
}

/** An operation on a key, as `/v1/txn` takes it. Values are in base64. */
export interface KeyOperation {
  readonly Verb: 'set' | 'lock' | 'unlock'
  readonly Key: string
  readonly Value?: string
  readonly Session?: string
}

/** How old an answer may be, as a word of the query. */
export type Mode = 'default' | 'consistent' | 'stale'

export class Agent {
  readonly #http: JsonHttp
  readonly #origin: string
  readonly #signal: AbortSignal

  constructor(http: JsonHttp, address: string, signal: AbortSignal) {
    this.#http = http
    this.#origin = `http://${address}:${HTTP_PORT}`
    this.#signal = signal
  }

  /** Reads below /v1/kv/; `empty` if there is no such key. */
  async get<T>(path: string, mode: Mode, empty: T): Promise<Sent<T>> {
    const query = mode === 'default' ? path : `${path}${path.includes('?') ? '&' : '?'}${mode}`
    const result = await this.#http.request(this.#origin, 'GET', `/v1/kv/${query}`, null, this.#signal)
    return sentOf(result, empty)
  }

  async put<T>(path: string, body: unknown): Promise<Sent<T | null>> {
    const result = await this.#http.request(this.#origin, 'PUT', path, body, this.#signal)
    return sentOf<T | null>(result, null)
  }

  /**
   * One operation in a transaction, since that answers with the key as it is then. Null: it was refused.
   *
   * @param since the key must not have changed since it was found so; absent: it may have
   */
  async change(operation: KeyOperation, since?: KeyValue): Promise<Sent<KeyValue | null>> {
    const check =
      since === undefined ? [] : [{ KV: { Verb: 'check-index', Key: since.Key, Index: since.ModifyIndex } }]
    const result = await this.#http.request(
      this.#origin,
      'PUT',
      '/v1/txn',
      [...check, { KV: operation }],
      this.#signal,
    )
    if (result.type === 'response' && result.status === REFUSED) return { type: 'ok', body: null }
    const sent = sentOf<{ readonly Results?: readonly { readonly KV: KeyValue }[] }>(result, {})
    if (sent.type !== 'ok') return sent
    const key = sent.body.Results?.at(-1)?.KV
    return key === undefined
      ? { type: 'info', error: 'the answer to a transaction has no result' }
      : { type: 'ok', body: key }
  }
}

export const toBase64 = (text: string): string => Buffer.from(text).toString('base64')
export const textOf = ({ Value }: KeyValue): string => Buffer.from(Value ?? '', 'base64').toString()
