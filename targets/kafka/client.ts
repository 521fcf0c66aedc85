/**
 * Clients of Kafka, one for each vocabulary. Each asks its own broker who leads, and talks to that one. The protocol is spoken by
 * ourselves: Kafka's libraries for Node connect from whatever address the machine chooses, connect and send again by themselves,
 * and do not tell what an error's answer had besides its code.
 */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { Brokers } from './brokers.ts'
import { outcomeOf } from './errors.ts'
import { actOnLists } from './lists.ts'
import { type Act, actOnIds, actOnLog, actOnQueue, actOnSet, actOnWatch } from './objects.ts'
import { acksOf, type KafkaOptions, replicasOf } from './options.ts'
import { Producer } from './producer.ts'
import { Transactions } from './transactions.ts'
import { isSince } from './versions.ts'

/**
 * Transactional ids that no client has. A client that has given up is followed by one that takes its id, and so fences it, as an
 * application does that is started again.
 */
class FreeNames {
  readonly #free: string[] = []
  #made = 0

  take(): string {
    const name = this.#free.pop()
    if (name !== undefined) return name
    this.#made += 1
    return `faultline-${this.#made}`
  }

  give(name: string): void {
    this.#free.push(name)
  }
}

const names = new FreeNames()

class KafkaConnection implements Connection {
  readonly #act: Act
  readonly #brokers: Brokers
  readonly #name: string
  readonly #producer: Producer
  readonly #transactions: Transactions
  readonly #reads: KafkaOptions['reads']

  constructor(act: Act, brokers: Brokers, { options }: ClientContext<KafkaOptions>) {
    const acks = acksOf(options)
    this.#act = act
    this.#brokers = brokers
    this.#name = names.take()
    this.#producer = new Producer(brokers, { acks, isIdempotent: options.idempotence && acks === -1 })
    this.#transactions = new Transactions(brokers, {
      name: this.#name,
      hasEpochs: isSince(options.version, '4.0'),
      transactionTimeoutMs: options['transaction-timeout'],
      requestTimeoutMs: options['request-timeout'],
      abortEvery: options['abort-every'],
    })
    this.#reads = options.reads
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const [brokers, producer, transactions] = [this.#brokers, this.#producer, this.#transactions]
    producer.attempts = 0
    transactions.attempts = 0
    const outcome = await this.#act(
      { brokers, producer, transactions, reads: this.#reads, signal },
      call,
    ).then((value): Outcome => ({ type: 'ok', value }), outcomeOf)
    const attempts = Math.max(producer.attempts, transactions.attempts)
    return { ...outcome, meta: attempts > 1 ? { attempts } : {} }
  }

  canSend(): boolean {
    return this.#brokers.isConnected && !this.#producer.isSpent && !this.#transactions.isSpent
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#brokers[Symbol.dispose]()
    names.give(this.#name)
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
  [LIST_APPEND.name]: clientOf(actOnLists),
  [UNIQUE_IDS.name]: clientOf(actOnIds),
  [WATCH.name]: clientOf(actOnWatch),
}
