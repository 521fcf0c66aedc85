/** Clients of the job queue, which are also its workers: they take a job, do it in the sink, and acknowledge it. */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { sleep } from '../../harness/support/wait.ts'
import { JOB_QUEUE, type Work, type Worked } from '../../harness/vocabularies/job-queue.ts'
import { SinkClient } from '../sink/client.ts'
import { replicatedClient } from './client.ts'
import type { ClientOptions } from './options.ts'
import type { Acknowledged, Taken, WorkCall } from './structures/job-queue.ts'

const NOTHING_TO_DO: Worked = { key: null }

class JobConnection implements Connection {
  readonly #cluster: Connection
  readonly #sink: SinkClient
  readonly #worker: string

  constructor(cluster: Connection, context: ClientContext) {
    this.#cluster = cluster
    this.#sink = new SinkClient(context)
    this.#worker = `client ${context.process}`
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    if (call.f !== 'work') return this.#cluster.invoke(call, signal)
    const { slowMs = 0, dies = false } = call.value as Work
    const taken = await this.#say({ f: 'take', value: {} }, signal)
    if (taken.type !== 'ok') return taken
    const { request, token } = taken.value as Taken
    if (request === null) return { ...taken, value: NOTHING_TO_DO }
    const { key } = request
    if (dies) return { ...taken, value: { key, token, acknowledged: false } satisfies Worked }
    const acted = await this.#sink.act({ request, token, worker: this.#worker, attempt: 1 }, signal)
    // It is unknown whether the job was done, so it is not acknowledged and goes to another worker.
    if (acted.type !== 'ok') return acted
    const { refused } = acted.value as { refused: string | null }
    if (refused === 'stale-token') return { ...taken, value: { key, token, acknowledged: false } }
    // If the call is over before it is awake, nothing more is sent.
    const isAwake = await sleep(slowMs, signal).then(
      () => true,
      () => false,
    )
    if (!isAwake) return { type: 'info', error: 'the worker was too slow to acknowledge the job' }
    const settled = await this.#say({ f: 'ack', value: { key, token, worker: this.#worker } }, signal)
    if (settled.type !== 'ok') return { ...settled, type: 'info' }
    const { acknowledged } = settled.value as Acknowledged
    return { ...settled, value: { key, token, acknowledged } satisfies Worked }
  }

  #say(call: WorkCall, signal: AbortSignal): Promise<Outcome> {
    return this.#cluster.invoke(call, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#cluster[Symbol.asyncDispose](), this.#sink[Symbol.asyncDispose]()])
  }
}

const cluster = replicatedClient(JOB_QUEUE.name)

export const jobClient: Client<Call, ClientOptions> = {
  open: async (context) => new JobConnection(await cluster.open(context), context),
}
