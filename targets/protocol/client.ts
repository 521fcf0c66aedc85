/**
 * Clients of a replicated state machine, one for each vocabulary. A call goes to the client's own node and follows
 * redirects to the leader. Writes carry a session and a sequence number, so a retry after a lost answer takes effect at
 * most once. These retries are declared, and counted in `meta.attempts`. A write that was tried more than once, or whose
 * outcome stays unknown, is sent once more much later (`meta.lateRetryMs`), as by a proxy or a slow network: if it has not
 * taken effect it still may, and never twice.
 */
import type { Client, ClientContext, Connection, Endpoint } from '../../harness/api/client.ts'
import type { Call, Meta, Outcome } from '../../harness/api/history.ts'
import { sleep } from '../../harness/support/wait.ts'
import { type HttpResult, JsonHttp } from '../http.ts'
import type { ClientOptions } from './options.ts'
import { isRead } from './structures/index.ts'
import { type CallReply, CLIENT_PORT, type ErrorReply } from './wire.ts'

const MAX_REDIRECTS = 3
/** A late retry comes this long after the others, or up to five times as long. */
const LATE_RETRY_MS = 400

/** What the answer to one try says. A retry is safe for a read, and for a write with a sequence number. */
type TryResult =
  | { readonly type: 'ok'; readonly value: unknown; readonly meta: Meta }
  /** This request had no effect and never will. */
  | { readonly type: 'refused'; readonly error: string; readonly meta: Meta }
  | { readonly type: 'doubt'; readonly error: string }

/** The server's errors that prove that nothing happened. */
const REFUSALS = new Set([
  'not-leader',
  'superseded',
  'aborted',
  'not-allowed',
  'session-expired',
  'stale-sequence',
])

const originOf = (endpoint: Endpoint): string => `http://${endpoint.address}:${CLIENT_PORT}`

const answerOf = (reply: CallReply, { node }: Endpoint): { readonly value: unknown; readonly meta: Meta } => {
  const { value, term = 0, index = 0, stale, acceptedBy } = reply
  const evidence = {
    ...(stale === undefined ? {} : { stale }),
    ...(acceptedBy === undefined ? {} : { acceptedBy: acceptedBy.join() }),
  }
  return { value, meta: { term, index, servedBy: node, ...evidence } }
}

class SessionConnection implements Connection {
  readonly #vocabulary: string
  readonly #context: ClientContext<ClientOptions>
  readonly #http: JsonHttp
  readonly #attempts: number
  readonly #attemptMs: number
  /** The write whose outcome stayed unknown: the last one, since its process is over. */
  #doubtful: unknown = null
  /** Ends the late retries of writes that were answered. */
  readonly #closed = new AbortController()
  #session: number | null = null
  #seq = 0

  constructor(vocabulary: string, context: ClientContext<ClientOptions>) {
    this.#vocabulary = vocabulary
    this.#context = context
    this.#http = new JsonHttp(context.localAddress)
    this.#attempts = context.options.attempts
    this.#attemptMs = context.options['attempt-timeout']
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const vocabulary = this.#vocabulary
    if (isRead(vocabulary, call)) return this.#tryEach({ vocabulary, call }, signal)
    if (this.#session === null) {
      const opened = await this.#follow('/session', {}, this.#context.node, signal)
      if (opened.type !== 'ok')
        return { type: 'fail', error: `nothing was sent: no session (${opened.error})` }
      this.#session = opened.value as number
      this.#seq = 0
    }
    this.#seq++
    const body = { vocabulary, session: this.#session, seq: this.#seq, call }
    const outcome = await this.#tryEach(body, signal)
    if (this.#isSentAgain(outcome)) {
      if (outcome.type === 'info') this.#doubtful = body
      else this.#retryLate(body, this.#closed.signal).catch(() => {})
      return { ...outcome, meta: { ...outcome.meta, lateRetryMs: this.#lateRetryMs } }
    }
    if (outcome.type !== 'ok' && /session-expired|stale-sequence/.test(outcome.error)) this.#session = null
    return outcome
  }

  /** Tries the next node while the outcome is in doubt. Once it is, only an `ok` settles the call. */
  async #tryEach(body: unknown, signal: AbortSignal): Promise<Outcome> {
    const { endpoints, node } = this.#context
    const first = endpoints.findIndex((endpoint) => endpoint.node === node.node)
    let doubt: string | null = null
    for (let attempt = 0; attempt < this.#attempts; attempt++) {
      const endpoint = endpoints[(first + attempt) % endpoints.length] as Endpoint
      const answer = await this.#follow('/call', body, endpoint, signal)
      const meta = { attempts: attempt + 1 }
      if (answer.type === 'ok') return { ...answer, meta: { ...answer.meta, ...meta } }
      if (answer.type === 'doubt') doubt = answer.error
      else if (doubt === null) return { type: 'fail', error: answer.error, meta: { ...answer.meta, ...meta } }
      if (signal.aborted) break
    }
    return { type: 'info', error: doubt ?? 'aborted', meta: { attempts: this.#attempts } }
  }

  async #follow(path: string, body: unknown, start: Endpoint, signal: AbortSignal): Promise<TryResult> {
    let endpoint = start
    for (let redirects = 0; ; redirects++) {
      const result = await this.#ask(path, body, endpoint, signal)
      const answer = this.#interpret(result, endpoint)
      const hint = result.type === 'response' ? (result.body as ErrorReply).leader : null
      const leader = this.#context.endpoints.find((candidate) => candidate.node === hint)
      if (answer.type !== 'refused' || leader === undefined || redirects === MAX_REDIRECTS) return answer
      endpoint = leader
    }
  }

  #ask(path: string, body: unknown, endpoint: Endpoint, signal: AbortSignal): Promise<HttpResult> {
    return this.#http.request(originOf(endpoint), 'POST', path, body, signal, this.#attemptMs)
  }

  #interpret(result: HttpResult, endpoint: Endpoint): TryResult {
    if (result.type === 'unsent') return { type: 'refused', error: result.error, meta: {} }
    if (result.type === 'doubt') return { type: 'doubt', error: result.error }
    if (result.status === 200) {
      return { type: 'ok', ...answerOf(result.body as CallReply, endpoint) }
    }
    const { error } = result.body as ErrorReply
    return REFUSALS.has(error)
      ? { type: 'refused', error, meta: { servedBy: endpoint.node } }
      : { type: 'doubt', error }
  }

  #isSentAgain({ type, meta }: Outcome): boolean {
    if (!this.#context.options['late-retry']) return false
    return type === 'info' || (type === 'ok' && Number(meta?.attempts) > 1)
  }

  get #lateRetryMs(): number {
    return LATE_RETRY_MS * (1 + (this.#context.process % 5))
  }

  /** Whatever it answers, the outcome stays what it is. */
  async #retryLate(body: unknown, signal?: AbortSignal): Promise<void> {
    const { endpoints, node } = this.#context
    const at = endpoints.findIndex((endpoint) => endpoint.node === node.node)
    const next = endpoints[(at + 1) % endpoints.length] as Endpoint
    await sleep(this.#lateRetryMs, signal)
    await this.#follow('/call', body, next, AbortSignal.timeout(this.#attemptMs))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort()
    if (this.#doubtful !== null) await this.#retryLate(this.#doubtful).catch(() => {})
    await this.#http[Symbol.asyncDispose]()
  }
}

/** @param vocabulary one that the state machine has a structure for */
export const replicatedClient = (vocabulary: string): Client<Call, ClientOptions> => ({
  open: async (context) => new SessionConnection(vocabulary, context),
})
