/**
 * Clients of Redis with Sentinel, by "Guidelines for Redis clients with support for Sentinel": they ask the Sentinels for
 * the primary, connect to it, and make sure by ROLE that it is one. The connection is kept until it breaks or the server
 * says that it is a replica; the next call finds the primary anew. No call is sent twice.
 */
import type { ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { mayChange } from '../../harness/vocabularies/vocabulary.ts'
import { type Act, clientsBy, perform, withDeadline } from '../redis/client.ts'
import { canSendOn, close, connect, Line, type RedisClient } from '../redis/connect.ts'
import { isReplicaReply } from '../redis/errors.ts'
import type { Send } from '../redis/objects.ts'
import type { SentinelOptions } from './options.ts'
import { findPrimary, isSettled, parseView, redisAt, sentinelAt, VIEW } from './sentinel.ts'

/** The vocabularies with a call that replicas can answer -> that call. All others go to the primary. */
const AT_REPLICA: Readonly<Record<string, string>> = { [REGISTER.name]: 'read', [SET.name]: 'read' }

/** Time for replicas to confirm a change. */
const WAIT_MS = 1000

interface Link {
  readonly client: RedisClient
  /** The name of the node at its other end. */
  readonly node: string
}

/**
 * Waits until replicas have confirmed what was sent before. Returns why that is in doubt; null: enough of them have. The
 * primary has made the change in any case.
 */
export const doubtAfter = async (send: Send, wait: number): Promise<string | null> => {
  try {
    const confirmed = Number(await send(['WAIT', String(wait), String(WAIT_MS)]))
    return confirmed >= wait ? null : `only ${confirmed} of ${wait} replicas confirmed it in ${WAIT_MS} ms`
  } catch (error) {
    return `not known to be replicated: ${messageOf(error)}`
  }
}

class SentinelConnection implements Connection {
  readonly #act: Act
  readonly #vocabulary: Vocabulary
  readonly #context: ClientContext<SentinelOptions>
  /** The call that the client's own node answers; undefined: none. */
  readonly #own: string | undefined
  /** To the client's own node, for what replicas may answer. */
  readonly #line: Line
  #primary: Link | null = null

  constructor(act: Act, vocabulary: Vocabulary, context: ClientContext<SentinelOptions>) {
    this.#act = act
    this.#vocabulary = vocabulary
    this.#own = context.options.reads === 'replica' ? AT_REPLICA[vocabulary.name] : undefined
    this.#context = context
    this.#line = new Line(redisAt(context.node.address, context.localAddress))
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    let link: Link
    try {
      link = call.f === this.#own ? await this.#toOwnNode(signal) : await this.#toPrimary(signal)
    } catch (error) {
      return { type: 'fail', error: `nothing was sent: ${messageOf(error)}` }
    }
    const outcome = await this.#send(link, call, signal)
    if (outcome.type !== 'ok') {
      if (isReplicaReply(outcome.error ?? '')) close(link.client)
      return outcome
    }
    return { ...outcome, meta: { servedBy: link.node } }
  }

  async #send({ client }: Link, call: Call, signal: AbortSignal): Promise<Outcome> {
    const outcome = await perform(client, this.#act, call, signal)
    const { wait } = this.#context.options
    if (outcome.type !== 'ok' || wait === 0 || !mayChange(this.#vocabulary, call)) return outcome
    const doubt = await doubtAfter((args) => withDeadline(client.sendCommand([...args]), signal), wait)
    return doubt === null ? outcome : { type: 'info', error: doubt }
  }

  async #toPrimary(signal: AbortSignal): Promise<Link> {
    if (this.#primary !== null && canSendOn(this.#primary.client)) return this.#primary
    if (this.#primary !== null) close(this.#primary.client)
    this.#primary = null
    const { node, endpoints, localAddress } = this.#context
    const address = await findPrimary(node, endpoints, localAddress, signal)
    const name = endpoints.find((each) => each.address === address)?.node ?? address
    const client = await connect(redisAt(address, localAddress), signal)
    try {
      const [role] = (await withDeadline(client.sendCommand(['ROLE']), signal)) as unknown as readonly [
        string,
      ]
      if (role !== 'master') throw new Error(`${name} is named as the primary, and says that it is a ${role}`)
    } catch (error) {
      close(client)
      throw error
    }
    this.#primary = { client, node: name }
    return this.#primary
  }

  async #toOwnNode(signal: AbortSignal): Promise<Link> {
    return { client: await this.#line.open(signal), node: this.#context.node.node }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#primary !== null) close(this.#primary.client)
    this.#line.close()
  }
}

/** Asks the Sentinel of its own node. */
class ElectionConnection implements Connection {
  readonly #context: ClientContext<SentinelOptions>
  readonly #line: Line

  constructor(context: ClientContext<SentinelOptions>) {
    this.#context = context
    this.#line = new Line(sentinelAt(context.node.address, context.localAddress))
  }

  async invoke(_call: Call, signal: AbortSignal): Promise<Outcome> {
    const { node, endpoints } = this.#context
    try {
      const [reply] = await this.#line.ask([VIEW], signal)
      const view = parseView(reply)
      // The question changes nothing, so leaving it unanswered is safe.
      if (!isSettled(view)) return { type: 'fail', error: 'a failover is in progress' }
      const leader = endpoints.find(({ address }) => address === view.address)?.node ?? view.address
      return { type: 'ok', value: { leader, term: view.epoch }, meta: { servedBy: node.node } }
    } catch (error) {
      return { type: 'fail', error: messageOf(error) }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#line.close()
  }
}

export const sentinelClients = {
  ...clientsBy<SentinelOptions>((act, vocabulary) => ({
    open: async (context) => new SentinelConnection(act, vocabulary, context),
  })),
  [ELECTION.name]: {
    open: async (context: ClientContext<SentinelOptions>) => new ElectionConnection(context),
  },
}
