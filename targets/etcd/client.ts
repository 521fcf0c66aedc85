/**
 * Register client of etcd over its JSON gateway (`/v3/kv`): one request a call, to the client's own node, never
 * retried. Compare-and-set is a transaction that also reads, so that a comparison which failed is an observation.
 */
import type { Client, ClientContext, Connection, Meta, Outcome } from '../../harness/api.ts'
import { asRegisterCall, type RegisterCall, type RegisterValue } from '../../harness/vocabularies/register.ts'
import { JsonHttp } from '../http.ts'
import { isDefinite } from './errors.ts'
import { CLIENT_PORT } from './ports.ts'

interface Header {
  readonly revision?: string
  readonly raft_term?: string
  readonly member_id?: string
}

interface RangeResponse {
  readonly header?: Header
  readonly kvs?: readonly { readonly value?: string }[]
}

interface TxnResponse {
  readonly header?: Header
  readonly succeeded?: boolean
}

const toBase64 = (text: string): string => Buffer.from(text).toString('base64')
const keyOf = (key: number): string => toBase64(`register/${key}`)
const valueToBase64 = (value: number): string => toBase64(String(value))

const decodeValue = (response: RangeResponse): RegisterValue => {
  const value = response.kvs?.[0]?.value
  return value === undefined ? null : Number(Buffer.from(value, 'base64').toString())
}

const metaOf = (header: Header | undefined): Meta => ({
  term: Number(header?.raft_term ?? 0),
  revision: Number(header?.revision ?? 0),
  servedBy: header?.member_id ?? '',
})

interface Request {
  readonly path: string
  readonly body: unknown
  readonly read: (response: unknown) => unknown
}

const casBody = (call: RegisterCall & { f: 'cas' }): unknown => {
  const { key, expected, next } = call.value
  const compare =
    expected === null
      ? { key: keyOf(key), target: 'CREATE', result: 'EQUAL', create_revision: '0' }
      : { key: keyOf(key), target: 'VALUE', result: 'EQUAL', value: valueToBase64(expected) }
  return {
    compare: [compare],
    success: [{ request_put: { key: keyOf(key), value: valueToBase64(next) } }],
    failure: [{ request_range: { key: keyOf(key) } }],
  }
}

const requestFor = (call: RegisterCall, serializable: boolean): Request => {
  if (call.f === 'read') {
    return {
      path: '/v3/kv/range',
      body: { key: keyOf(call.value.key), serializable },
      read: (response) => ({ key: call.value.key, value: decodeValue(response as RangeResponse) }),
    }
  }
  if (call.f === 'write') {
    const body = { key: keyOf(call.value.key), value: valueToBase64(call.value.value) }
    return { path: '/v3/kv/put', body, read: () => call.value }
  }
  return {
    path: '/v3/kv/txn',
    body: casBody(call),
    read: (response) => ({ ...call.value, applied: (response as TxnResponse).succeeded === true }),
  }
}

class EtcdConnection implements Connection {
  readonly #http: JsonHttp
  readonly #origin: string
  readonly #serializable: boolean

  constructor(context: ClientContext) {
    this.#http = new JsonHttp(context.localAddress)
    this.#origin = `http://${context.node.address}:${CLIENT_PORT}`
    this.#serializable = context.options.reads === 'serializable'
  }

  async invoke(raw: RegisterCall, signal: AbortSignal): Promise<Outcome> {
    const call = asRegisterCall(raw)
    const { path, body, read } = requestFor(call, this.#serializable)
    const result = await this.#http.request(this.#origin, 'POST', path, body, signal)
    if (result.type === 'unsent') return { type: 'fail', error: result.error }
    if (result.type === 'doubt') return { type: 'info', error: result.error }
    if (result.status === 200) {
      return {
        type: 'ok',
        value: read(result.body),
        meta: metaOf((result.body as { header?: Header }).header),
      }
    }
    const message = String((result.body as { error?: unknown }).error ?? `status ${result.status}`)
    return { type: isDefinite(message) ? 'fail' : 'info', error: message }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]()
  }
}

export const etcdClient: Client<RegisterCall> = { open: async (context) => new EtcdConnection(context) }
