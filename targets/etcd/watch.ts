/**
 * etcd's own watches, over the gateway's stream, each read for a short time. The number of a change is its revision minus
 * that of an empty store: nothing else writes in such a run.
 */
import type { Call, Outcome } from '../../harness/api/history.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { WATCH, type WatchCall, type WatchEvent } from '../../harness/vocabularies/watch.ts'
import { fromBase64, type KeyValue, type Send, type Stream, toBase64 } from './gateway.ts'

const PREFIX = 'watched/'
/** The first key after those with the prefix. */
const END = 'watched0'
const FIRST_REVISION = 1
/** How long one watch is read. */
const WATCH_MS = 250

interface StreamLine {
  readonly result?: {
    readonly created?: boolean
    readonly events?: readonly { readonly kv?: KeyValue }[]
    readonly compact_revision?: string
  }
}

const eventOf = (kv: KeyValue): WatchEvent => ({
  revision: Number(kv.mod_revision) - FIRST_REVISION,
  key: Number(fromBase64(kv.key ?? '').slice(PREFIX.length)),
  value: Number(fromBase64(kv.value ?? '')),
})

const put = async (send: Send, value: (WatchCall & { f: 'put' })['value']): Promise<Outcome> => {
  const sent = await send('/v3/kv/put', {
    key: toBase64(`${PREFIX}${value.key}`),
    value: toBase64(String(value.value)),
  })
  if (sent.type !== 'ok') return sent
  return {
    type: 'ok',
    value: { ...value, revision: Number(sent.meta.revision) - FIRST_REVISION },
    meta: sent.meta,
  }
}

export const actOnWatch = async (
  send: Send,
  raw: Call,
  _serializable: boolean,
  stream: Stream,
): Promise<Outcome> => {
  const call = asCall(WATCH, raw)
  if (call.f === 'put') return put(send, call.value)
  const { after } = call.value
  const sent = await stream(
    '/v3/watch',
    {
      create_request: {
        key: toBase64(PREFIX),
        range_end: toBase64(END),
        start_revision: String(after + FIRST_REVISION + 1),
      },
    },
    WATCH_MS,
  )
  if (sent.type !== 'ok') return sent
  const results = (sent.body as readonly StreamLine[]).map(({ result }) => result ?? {})
  if (!results.some(({ created }) => created === true))
    return { type: 'info', error: 'etcd did not confirm the watch' }
  const events = results.flatMap((result) =>
    (result.events ?? []).flatMap(({ kv }) => (kv === undefined ? [] : [eventOf(kv)])),
  )
  return { type: 'ok', value: { events, upTo: events.at(-1)?.revision ?? after } }
}
