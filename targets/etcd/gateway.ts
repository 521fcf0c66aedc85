/** etcd's JSON gateway: one request at a time, never retried. The table of errors decides the type of each answer. */
import type { Meta, Outcome } from '../../harness/api/history.ts'
import type { JsonHttp } from '../http.ts'
import { isDefinite } from './errors.ts'

export interface Header {
  readonly revision?: string
  readonly raft_term?: string
  readonly member_id?: string
}

export interface KeyValue {
  /** In base64. */
  readonly key?: string
  readonly value?: string
  readonly mod_revision?: string
}

export interface RangeResponse {
  readonly header?: Header
  readonly kvs?: readonly KeyValue[]
}

export interface TxnResponse {
  readonly header?: Header
  readonly succeeded?: boolean
  readonly responses?: readonly { readonly response_range?: RangeResponse }[]
}

export type Sent<T> =
  | { readonly type: 'ok'; readonly body: T; readonly meta: Meta }
  | (Outcome & { readonly type: 'fail' | 'info' })

/** Posts to a path of the gateway. */
export type Send = <T>(path: string, body: unknown) => Promise<Sent<T>>

/** Posts messages, and reads an endless answer of the gateway for `forMs`, or to the line that is the last; returns the values that arrived. */
export type Stream = (
  path: string,
  messages: readonly unknown[],
  forMs: number,
  isLast?: (line: unknown) => boolean,
) => Promise<Sent<readonly unknown[]>>

export const toBase64 = (text: string): string => Buffer.from(text).toString('base64')
export const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString()

/** A header names the member that sent the answer, and each client asks one member only: the node that it is bound to. */
const metaOf = (header: Header | undefined, node: string): Meta => ({
  term: Number(header?.raft_term ?? 0),
  revision: Number(header?.revision ?? 0),
  ...(header?.member_id === undefined ? {} : { member: header.member_id, servedBy: node }),
})

/** A part of a stream has it within `error`. From 3.6 on, an answer has only `message`. */
const messageIn = (body: unknown): string | null => {
  const { error, message } = (body ?? {}) as { readonly error?: unknown; readonly message?: unknown }
  if (typeof message === 'string') return message
  return typeof error === 'string' || error === undefined || error === null
    ? (error ?? null)
    : messageIn(error)
}

const errorOf = (status: number, body: unknown): Sent<never> => {
  const message = messageIn(body) ?? `status ${status}`
  return { type: isDefinite(message) ? 'fail' : 'info', error: message }
}

/** The member that a client asks. */
export interface Member {
  readonly origin: string
  /** The name of its node. */
  readonly node: string
}

export const senderTo =
  (http: JsonHttp, { origin, node }: Member, signal: AbortSignal): Send =>
  async <T>(path: string, body: unknown): Promise<Sent<T>> => {
    const result = await http.request(origin, 'POST', path, body, signal)
    if (result.type === 'unsent') return { type: 'fail', error: result.error }
    if (result.type === 'doubt') return { type: 'info', error: result.error }
    if (result.status !== 200) return errorOf(result.status, result.body)
    const { header } = result.body as { header?: Header }
    return { type: 'ok', body: result.body as T, meta: metaOf(header, node) }
  }

export const streamFrom =
  (http: JsonHttp, origin: string, signal: AbortSignal): Stream =>
  async (path, messages, forMs, isLast) => {
    const result = await http.stream(origin, path, messages, forMs, signal, isLast)
    if (result.type === 'unsent') return { type: 'fail', error: result.error }
    if (result.type === 'doubt') return { type: 'info', error: result.error }
    const lines = result.body as readonly unknown[]
    return result.status === 200
      ? { type: 'ok', body: lines, meta: {} }
      : errorOf(result.status, lines[0] ?? {})
  }
