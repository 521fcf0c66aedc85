/**
 * etcd's own watches, over the gateway's stream, each read for a short time. The number of a change is its revision minus
 * that of an empty store: nothing else writes in such a run.
 */
import type { Call, Outcome } from '../../harness/api/history.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { WATCH, type WatchCall, type WatchEvent } from '../../harness/vocabularies/watch.ts'
import {
  fromBase64,
  type Header,
  type KeyValue,
  type Send,
  type Sent,
  type Stream,
  toBase64,
} from './gateway.ts'

const PREFIX = 'watched/'
/** The first key after those with the prefix. */
const END = 'watched0'
const FIRST_REVISION = 1
/** How long one watch is read. */
const WATCH_MS = 250

interface StreamLine {
  readonly result?: {
    readonly header?: Header
    readonly created?: boolean
    readonly canceled?: boolean
    readonly events?: readonly { readonly type?: 'DELETE'; readonly kv?: KeyValue }[]
    /** It is cancelled since older revisions were compacted: the smallest that a watch may begin at. */
    readonly compact_revision?: string
  }
}

type Answers = readonly NonNullable<StreamLine['result']>[]

/** All events up to the revision of its header have been told ("Bookmarkable", in "Watch API guarantees"). */
const isProgress = ({ header, created, canceled, events }: NonNullable<StreamLine['result']>): boolean =>
  header?.revision !== undefined && created !== true && canceled !== true && events === undefined

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

/** The confirmation of the watch and the progress notification come in any order. */
const isWhole = (asksForProgress: boolean): ((line: unknown) => boolean) => {
  let [isCreated, isTold] = [false, false]
  return (line) => {
    const { result = {} } = line as StreamLine
    if (result.created === true) isCreated = true
    else if (isProgress(result)) isTold = true
    return result.canceled === true || (asksForProgress && isCreated && isTold)
  }
}

/** Watches all changes after this one, for a short time or until what it asked for tells how far it came. */
const watchAfter = async (
  stream: Stream,
  after: number,
  asksForProgress: boolean,
): Promise<Sent<Answers>> => {
  const create = {
    create_request: {
      key: toBase64(PREFIX),
      range_end: toBase64(END),
      start_revision: String(after + FIRST_REVISION + 1),
    },
  }
  const sent = await stream(
    '/v3/watch',
    asksForProgress ? [create, { progress_request: {} }] : [create],
    WATCH_MS,
    isWhole(asksForProgress),
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

/** How far the watch came that began after this change. */
const upToOf = (answers: Answers, after: number): number => {
  const told = answers.filter(isProgress).map(({ header }) => Number(header?.revision) - FIRST_REVISION)
  const last = eventsIn(answers).at(-1)?.revision
  return Math.max(after, last ?? after, ...told)
}

/** @param asksForProgress a watch asks for a progress notification, and ends with it */
export const actOnWatch =
  (asksForProgress: boolean) =>
  async (send: Send, raw: Call, _serializable: boolean, stream: Stream): Promise<Outcome> => {
    const call = asCall(WATCH, raw)
    if (call.f === 'put') return put(send, call.value)
    const { after } = call.value
    const sent = await watchAfter(stream, after, asksForProgress)
    if (sent.type !== 'ok') return sent
    const from = forgottenUpTo(sent.body)
    if (from === null)
      return { type: 'ok', value: { events: eventsIn(sent.body), upTo: upToOf(sent.body, after) } }
    // As etcd's own client says of the revision that it is told: the smallest that the watcher may receive.
    const again = await watchAfter(stream, from, asksForProgress)
    if (again.type !== 'ok') return again
    if (forgottenUpTo(again.body) !== null) return { type: 'fail', error: 'compacted once more' }
    return { type: 'ok', value: { events: eventsIn(again.body), upTo: upToOf(again.body, from), from } }
  }
