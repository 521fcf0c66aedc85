/**
 * Clients of PBFT (4.1): a client signs its request, sends it to all replicas, and takes a result once f+1 of them have signed
 * the same one. The paper's client asks the primary first, and replicas send their answers to its address. Here an answer comes
 * on the connection of its question, so all are asked at once (the thesis does so for large requests). A question that nobody
 * could be sent never happened. Any other without f+1 equal answers stays in doubt.
 */
import { randomBytes } from 'node:crypto'
import type { Client, ClientContext, Connection, Endpoint } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { Verifier } from '../../harness/support/ed25519.ts'
import { sleep } from '../../harness/support/wait.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { JsonHttp } from '../http.ts'
import { isRead } from '../protocol/structures/index.ts'
import { CLIENT_PORT } from '../protocol/wire.ts'
import { oneHonest } from './core/quorums.ts'
import { requestText } from './core/texts.ts'
import type { Request } from './core/types.ts'
import { publicKeyOf, Signer } from './keys.ts'
import type { PbftOptions } from './options.ts'
import { PROOF_PATH, type ProofReply, type ProofRequest, REQUEST_PATH, type SignedReply } from './wire.ts'

/** A late retry comes this long after the others, or up to five times as long. */
const LATE_RETRY_MS = 400

/** What one try has brought. */
type Tried =
  | { readonly type: 'agreed'; readonly reply: SignedReply; readonly by: readonly string[] }
  | { readonly type: 'unsent' | 'doubt'; readonly error: string }

class PbftConnection implements Connection {
  readonly #vocabulary: string
  readonly #context: ClientContext<PbftOptions>
  readonly #http: JsonHttp
  readonly #signer = new Signer(randomBytes(32).toString('base64'))
  readonly #verifier = new Verifier()
  readonly #publicKeys: ReadonlyMap<string, string>
  readonly #needed: number
  /** Ends late retries. */
  readonly #closed = new AbortController()
  #doubtful: Request | null = null
  #timestamp = 0

  constructor(vocabulary: string, context: ClientContext<PbftOptions>) {
    this.#vocabulary = vocabulary
    this.#context = context
    this.#http = new JsonHttp(context.localAddress)
    this.#needed = oneHonest(context.endpoints.length)
    this.#publicKeys = new Map(context.endpoints.map(({ node }) => [node, publicKeyOf(node)]))
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const { options } = this.#context
    const proved = this.#isProved(call) ? await this.#readProved(call, signal) : null
    if (proved !== null) return proved
    const request = this.#sign(call)
    let isSent = false
    let error = 'aborted'
    for (let attempt = 1; attempt <= options.attempts && !signal.aborted; attempt++) {
      const tried = await this.#ask(request, signal)
      if (tried.type === 'agreed') return this.#outcome(request, tried, attempt)
      isSent ||= tried.type === 'doubt'
      error = tried.error
    }
    const meta = { attempts: options.attempts }
    if (!isSent) return { type: 'fail', error: `nothing was sent: ${error}`, meta }
    if (options['late-retry']) this.#doubtful = request
    return { type: 'info', error, meta }
  }

  #isProved(call: Call): boolean {
    return (
      this.#context.options.reads === 'proved' &&
      this.#vocabulary === REGISTER.name &&
      isRead(this.#vocabulary, call)
    )
  }

  /**
   * One replica's answer, with its proof, which is recorded and not looked at here: whoever judges the run does. Null: there is
   * none, and the read is ordered.
   */
  async #readProved(call: Call, signal: AbortSignal): Promise<Outcome | null> {
    const { node, options } = this.#context
    const { key } = call.value as ProofRequest
    const body: ProofRequest = { key }
    const origin = `http://${node.address}:${CLIENT_PORT}`
    const answer = await this.#http.request(
      origin,
      'POST',
      PROOF_PATH,
      body,
      signal,
      options['attempt-timeout'],
    )
    if (answer.type !== 'response') return null
    const { proof } = answer.body as ProofReply
    if (proof == null) return null
    const held = proof.entries.find(([name]) => name === key)
    const value = { key, value: held === undefined ? null : held[1] }
    return { type: 'ok', value, meta: { servedBy: node.node, proof: JSON.stringify(proof) } }
  }

  #sign(call: Call): Request {
    this.#timestamp++
    const unsigned = {
      client: this.#signer.publicKey,
      timestamp: this.#timestamp,
      operation: { vocabulary: this.#vocabulary, call },
    }
    return { ...unsigned, signature: this.#signer.sign(requestText(unsigned)) }
  }

  #outcome(request: Request, { reply, by }: Tried & { type: 'agreed' }, attempts: number): Outcome {
    const { view, result } = reply.body
    const meta = { view, vouchedBy: by.join(), attempts }
    if (result.type === 'refused') return { type: 'fail', error: result.error, meta }
    const value = result.type === 'value' ? result.value : null
    if (attempts === 1 || !this.#context.options['late-retry']) return { type: 'ok', value, meta }
    this.#retryLate(request, this.#closed.signal).catch(() => {})
    return { type: 'ok', value, meta: { ...meta, lateRetryMs: this.#lateRetryMs } }
  }

  /** Asks all, until enough have given the same answer. */
  async #ask(request: Request, signal: AbortSignal): Promise<Tried> {
    const { endpoints, options } = this.#context
    const replies: SignedReply[] = []
    const enough = new AbortController()
    const patience = AbortSignal.any([signal, enough.signal])
    let agreed: Tried | null = null
    let error = 'aborted'
    let isSent = false
    const askOne = async (endpoint: Endpoint): Promise<void> => {
      const origin = `http://${endpoint.address}:${CLIENT_PORT}`
      const answer = await this.#http.request(
        origin,
        'POST',
        REQUEST_PATH,
        request,
        patience,
        options['attempt-timeout'],
      )
      if (answer.type !== 'unsent') isSent = true
      if (agreed !== null) return
      if (answer.type !== 'response') error = answer.error
      else if (this.#isReplyOf(endpoint, request, answer.body as SignedReply)) {
        replies.push(answer.body as SignedReply)
        agreed = this.#agreedIn(replies)
        if (agreed !== null) enough.abort()
      } else error = `${endpoint.node} gave no signed answer`
    }
    await Promise.all(endpoints.map(askOne))
    return agreed ?? { type: isSent ? 'doubt' : 'unsent', error }
  }

  #isReplyOf({ node }: Endpoint, { client, timestamp }: Request, { body, signature }: SignedReply): boolean {
    return (
      body?.replica === node &&
      body.client === client &&
      body.timestamp === timestamp &&
      this.#verifier.isOf(this.#publicKeys.get(node) ?? '', JSON.stringify(body), signature)
    )
  }

  /** f+1 of which one at least does not lie. */
  #agreedIn(replies: readonly SignedReply[]): Tried | null {
    for (const reply of replies) {
      const result = JSON.stringify(reply.body.result)
      const same = replies.filter(({ body }) => JSON.stringify(body.result) === result)
      if (same.length >= this.#needed)
        return { type: 'agreed', reply, by: same.map(({ body }) => body.replica) }
    }
    return null
  }

  get #lateRetryMs(): number {
    return LATE_RETRY_MS * (1 + (this.#context.process % 5))
  }

  /** Whatever is answered, the outcome stays what it is: the replicas know the timestamp. */
  async #retryLate(request: Request, signal: AbortSignal): Promise<void> {
    await sleep(this.#lateRetryMs, signal)
    await this.#ask(request, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort()
    if (this.#doubtful !== null) {
      const { options } = this.#context
      const over = AbortSignal.timeout(this.#lateRetryMs + options['attempt-timeout'])
      await this.#retryLate(this.#doubtful, over).catch(() => {})
    }
    await this.#http[Symbol.asyncDispose]()
  }
}

/** @param vocabulary one that the state machine has a structure for */
export const pbftClient = (vocabulary: string): Client<Call, PbftOptions> => ({
  open: async (context) => new PbftConnection(vocabulary, context),
})
