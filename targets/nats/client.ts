/** Clients of NATS, one for each vocabulary that JetStream can serve. Each has one connection, to its own server. */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Meta, Outcome } from '../../harness/api/history.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { outcomeOf } from './errors.ts'
import { isGone, JetStream } from './jetstream.ts'
import { type Link, openLink } from './link.ts'
import {
  type Act,
  actOnCounter,
  actOnIds,
  actOnLog,
  actOnQueue,
  actOnRegister,
  actOnSet,
  actOnWatch,
} from './objects.ts'
import type { NatsOptions } from './options.ts'
import { Session } from './session.ts'

const metaOf = ({ attempts }: Session): Meta => (attempts > 1 ? { attempts } : {})

class NatsConnection implements Connection {
  readonly #act: Act
  readonly #link: Link
  readonly #context: ClientContext<NatsOptions>
  readonly #name: string
  readonly #declared = new Set<string>()
  #calls = 0

  constructor(act: Act, link: Link, context: ClientContext<NatsOptions>, name: string) {
    this.#act = act
    this.#link = link
    this.#context = context
    this.#name = name
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const { options, endpoints } = this.#context
    this.#calls += 1
    const stream = new JetStream(this.#link, signal, options['retry-after'])
    const id = `${this.#name}-${this.#calls}`
    const session = new Session(stream, options, endpoints.length, this.#declared, id)
    try {
      const value = await this.#act(session, call)
      return { type: 'ok', value, meta: metaOf(session) }
    } catch (error) {
      if (isGone(error)) this.#declared.clear()
      return { ...outcomeOf(error, session.stage), meta: metaOf(session) }
    }
  }

  canSend(): boolean {
    return this.#link.isOpen
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#link.cut()
  }
}

/** Connections of one process, over the run: names of messages must not come again. */
let opened = 0

const clientOf = (act: Act): Client<Call, NatsOptions> => ({
  open: async (context) => {
    opened += 1
    const name = `p${context.process}-${opened}`
    const link = await openLink(context.node.address, context.localAddress, name, context.signal)
    return new NatsConnection(act, link, context, name)
  },
})

export const natsClients: Readonly<Record<string, Client<Call, NatsOptions>>> = {
  [APPEND_LOG.name]: clientOf(actOnLog),
  [SET.name]: clientOf(actOnSet),
  [QUEUE.name]: clientOf(actOnQueue),
  [REGISTER.name]: clientOf(actOnRegister),
  [UNIQUE_IDS.name]: clientOf(actOnIds),
  [WATCH.name]: clientOf(actOnWatch),
  [COUNTER.name]: clientOf(actOnCounter),
}
