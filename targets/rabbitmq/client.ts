/**
 * Clients of RabbitMQ's queues. An enqueue publishes a persistent message and waits for the server's confirmation. A dequeue
 * asks for one message (basic.get), and acknowledges it once it is here. Each call is sent once.
 */
import type { Client, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { QUEUE, type QueueCall } from '../../harness/vocabularies/queue.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { type GetMessage, type Link, openLink } from './connect.ts'
import { outcomeOf, type Stage } from './errors.ts'
import type { RabbitOptions } from './options.ts'

const TYPES = { quorum: 'quorum', mirrored: 'classic' } as const satisfies Record<
  RabbitOptions['queues'],
  string
>

/** The message came back, because no queue took it. */
class Returned extends Error {}

/** Publishes to a queue, and resolves when the server has confirmed the message. */
const publish = ({ channel }: Link, queue: string, content: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let isReturned = false
    const onReturn = (): void => {
      isReturned = true
    }
    channel.once('return', onReturn)
    channel.sendToQueue(queue, Buffer.from(content), { persistent: true, mandatory: true }, (error) => {
      channel.off('return', onReturn)
      if (error !== null) reject(error)
      // A message that is returned is confirmed, too, after that.
      else if (isReturned) reject(new Returned('no queue took the message'))
      else resolve()
    })
  })

class QueueConnection implements Connection {
  readonly #link: Link
  readonly #type: string
  readonly #node: string
  /** Names of the queues that this connection has declared. */
  readonly #declared = new Set<string>()
  #stage: Stage = 'declaring'

  constructor(link: Link, { queues }: RabbitOptions, node: string) {
    this.#link = link
    this.#type = TYPES[queues]
    this.#node = node
  }

  async invoke(raw: Call, signal: AbortSignal): Promise<Outcome> {
    const call = asCall(QUEUE, raw)
    const given = Promise.withResolvers<never>()
    given.promise.catch(() => {})
    const giveUp = (): void => {
      // A message that came later would be held by this client, and nobody else would get it.
      this.#link.cut()
      given.reject(new Error('no answer in time'))
    }
    signal.addEventListener('abort', giveUp, { once: true })
    this.#stage = 'declaring'
    try {
      const answer = this.#act(call)
      answer.catch(() => {})
      const value = await Promise.race([answer, given.promise])
      return { type: 'ok', value, meta: { servedBy: this.#node } }
    } catch (error) {
      if (error instanceof Returned) return { type: 'fail', error: error.message }
      return outcomeOf(error, this.#stage, this.#link.closing)
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  async #act(call: QueueCall): Promise<unknown> {
    const { key } = call.value
    const queue = await this.#declare(key)
    // It may have been given up meanwhile.
    if (!this.#link.isOpen) throw new Error('the connection is closed')
    if (call.f === 'enqueue') {
      this.#stage = 'publishing'
      await publish(this.#link, queue, JSON.stringify(call.value.value))
      return call.value
    }
    this.#stage = 'getting'
    const message = await this.#link.channel.get(queue)
    if (message === false) return { key, value: null }
    this.#acknowledge(message)
    return { key, value: JSON.parse(message.content.toString()) as Scalar }
  }

  async #declare(key: Scalar): Promise<string> {
    const queue = `queue ${inText(key)}`
    if (this.#declared.has(queue)) return queue
    await this.#link.channel.assertQueue(queue, {
      durable: true,
      arguments: { 'x-queue-type': this.#type },
    })
    this.#declared.add(queue)
    return queue
  }

  /** The message is here, whatever becomes of the acknowledgement: without it, the message is delivered again. */
  #acknowledge(message: GetMessage): void {
    try {
      this.#link.channel.ack(message)
    } catch {
      this.#link.cut()
    }
  }

  canSend(): boolean {
    return this.#link.isOpen
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#link.cut()
  }
}

export const rabbitClients: Readonly<Record<string, Client<Call, RabbitOptions>>> = {
  [QUEUE.name]: {
    open: async ({ node, localAddress, options, signal }) =>
      new QueueConnection(await openLink(node.address, localAddress, signal), options, node.node),
  },
}
