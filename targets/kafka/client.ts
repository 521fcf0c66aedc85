/**
 * Clients of Kafka, one for each vocabulary. Each asks its own broker who leads, and talks to that one. The protocol is spoken by
 * ourselves: Kafka's libraries for Node connect from whatever address the machine chooses, connect and send again by themselves,
 * and do not tell what an error's answer had besides its code.
 */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Meta, Outcome } from '../../harness/api/history.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { Brokers } from './brokers.ts'
import { outcomeOf } from './errors.ts'
import { type Act, actOnIds, actOnLog, actOnQueue, actOnSet, actOnWatch } from './objects.ts'
import { acksOf, type KafkaOptions, replicasOf } from './options.ts'
import { Producer } from './producer.ts'

const metaOf = ({ attempts }: Producer): Meta => (attempts > 1 ? { attempts } : {})

class KafkaConnection implements Connection {
  readonly #act: Act
  readonly #brokers: Brokers
  readonly #producer: Producer
  readonly #reads: KafkaOptions['reads']

  constructor(act: Act, brokers: Brokers, { options }: ClientContext<KafkaOptions>) {
    const acks = acksOf(options)
    this.#act = act
    this.#brokers = brokers
    this.#producer = new Producer(brokers, { acks, isIdempotent: options.idempotence && acks === -1 })
    this.#reads = options.reads
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    this.#producer.attempts = 0
    try {
      const session = { brokers: this.#brokers, producer: this.#producer, reads: this.#reads, signal }
      const value = await this.#act(session, call)
      return { type: 'ok', value, meta: metaOf(this.#producer) }
    } catch (error) {
      return { ...outcomeOf(error), meta: metaOf(this.#producer) }
    }
  }

  canSend(): boolean {
    return this.#brokers.isConnected && !this.#producer.isSpent
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#brokers[Symbol.dispose]()
  }
}

const clientOf = (act: Act): Client<Call, KafkaOptions> => ({
  open: async (context) => {
    const { endpoints, options, signal } = context
    const brokers = new Brokers(context, replicasOf(options, endpoints.length))
    await brokers.linkHome(signal)
    return new KafkaConnection(act, brokers, context)
  },
})

export const kafkaClients: Readonly<Record<string, Client<Call, KafkaOptions>>> = {
  [APPEND_LOG.name]: clientOf(actOnLog),
  [SET.name]: clientOf(actOnSet),
  [QUEUE.name]: clientOf(actOnQueue),
  [UNIQUE_IDS.name]: clientOf(actOnIds),
  [WATCH.name]: clientOf(actOnWatch),
}
