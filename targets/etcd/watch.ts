/**
 * etcd's own watches, over the gateway's stream, each read for a time (`watch-for`). The number of a change is its revision minus
 * that of an empty store: nothing else writes in such a run.
 */
import type { Call, Outcome } from '../../harness/api/history.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { WATCH, type WatchCall, type WatchEvent } from '../../harness/vocabularies/watch.ts'
import { fromBase64, type KeyValue, type Send, type Sent, type Stream, toBase64 } from './gateway.ts'

const PREFIX = 'watched/'
/** The first key after those with the prefix. */
const END = 'watched0'
const FIRST_REVISION = 1

interface StreamLine {
  readonly result?: {
    readonly created?: boolean
    readonly canceled?: boolean
    readonly events?: readonly { readonly type?: 'DELETE'; readonly kv?: KeyValue }[]
    /** It is cancelled since older revisions were compacted: the smallest that a watch may begin at. */
    readonly compact_revision?: string
  }
}

type Answers = readonly NonNullable<StreamLine['result']>[]

const eventsIn = (answers: Answers): readonly WatchEvent[] =>
  answers.flatMap(({ events = [] }) =>
    events.flatMap(({ type, kv }) => (kv === undefined ? [] : [eventOf(kv, type === 'DELETE')])),
  )

const eventOf = (kv: KeyValue, isDeletion: boolean): WatchEvent => ({
  revision: Number(kv.mod_revision) - FIRST_REVISION,
  key: Number(fromBase64(kv.key ?? '').slice(PREFIX.length)),
  value: isDeletion ? null : Number(fromBase64(kv.value ?? '')),
})

type Put = (WatchCall & { f: 'put' })['value']

const change = async (send: Send, { key, value }: Put): Promise<Sent<{ readonly deleted?: string }>> => {
  const name = toBase64(`${PREFIX}${key}`)
  if (value === null) return send('/v3/kv/deleterange', { key: name })
  return send('/v3/kv/put', { key: name, value: toBase64(String(value)) })
}

const put = async (send: Send, value: Put): Promise<Outcome> => {
  const sent = await change(send, value)
  if (sent.type !== 'ok') return sent
  if (value.value === null && Number(sent.body.deleted ?? 0) === 0)
    return { type: 'fail', error: 'there is no such key', meta: sent.meta }
  return {
    type: 'ok',
    value: { ...value, revision: Number(sent.meta.revision) - FIRST_REVISION },
    meta: sent.meta,
  }
}

/** Watches all changes after this one. */
const watchAfter = async (stream: Stream, after: number): Promise<Sent<Answers>> => {
  const sent = await stream(
    '/v3/watch',
    {
      create_request: {
        key: toBase64(PREFIX),
        range_end: toBase64(END),
        start_revision: String(after + FIRST_REVISION + 1),
      },
    },
    (line) => (line as StreamLine).result?.canceled === true,
  )
  if (sent.type !== 'ok') return sent
  const answers = (sent.body as readonly StreamLine[]).map(({ result }) => result ?? {})
  if (answers.some(({ created }) => created === true)) return { ...sent, body: answers }
  return { type: 'info', error: 'etcd did not confirm the watch' }
}

const forgottenUpTo = (answers: Answers): number | null => {
  const told = answers.find(({ canceled }) => canceled === true)?.compact_revision
  return told === undefined ? null : Number(told) - FIRST_REVISION - 1
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
  const sent = await watchAfter(stream, after)
  if (sent.type !== 'ok') return sent
  const from = forgottenUpTo(sent.body)
  if (from === null) {
    const events = eventsIn(sent.body)
    return { type: 'ok', value: { events, upTo: events.at(-1)?.revision ?? after } }
  }
  // As etcd's own client says of the revision that it is told: the smallest that the watcher may receive.
  const again = await watchAfter(stream, from)
  if (again.type !== 'ok') return again
  if (forgottenUpTo(again.body) !== null) return { type: 'fail', error: 'compacted once more' }
  const events = eventsIn(again.body)
  return { type: 'ok', value: { events, upTo: events.at(-1)?.revision ?? from, from } }
}
