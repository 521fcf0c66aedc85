/**
 * What the replicas agree on requests for: the shared state machine, and the last answer to each client, by which a request
 * takes effect once (4.1: "exactly-once semantics"). Everything here is a deterministic function of the order of requests.
 *
 * The table has one entry for each client that ever asked, so it grows with them.
 */
import type { Entry } from '../../harness/api/proof.ts'
import { MerkleTree } from '../../harness/support/merkle.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { type Applied, StateMachine } from '../protocol/state-machine.ts'
import type { Batch, ClientId, Request } from './core/types.ts'

interface LastReply {
  readonly timestamp: number
  readonly result: Applied
}

interface Saved {
  readonly machine: string
  /** Requests that were executed. */
  readonly count: number
  readonly clients: readonly (readonly [ClientId, LastReply])[]
}

/** Where a planted bug can change it. */
export interface ServiceDeviations {
  /** What a replica says that an object holds when it is asked for a proof. */
  readonly provedEntry: (entry: Entry) => Entry
  /** A request is executed each time that it is ordered. */
  readonly ignoresTimestamps: boolean
}

export const healthyService: ServiceDeviations = {
  ignoresTimestamps: false,
  provedEntry: (entry) => entry,
}

export class Service {
  readonly machine: StateMachine
  readonly #clients: Map<ClientId, LastReply>
  readonly #deviations: ServiceDeviations
  #count: number

  /** @param data what `save` returned; null at the beginning */
  constructor(data: string | null, deviations: ServiceDeviations) {
    const saved = data === null ? null : (JSON.parse(data) as Saved)
    this.machine = new StateMachine(saved?.machine ?? null)
    this.#clients = new Map(saved?.clients ?? [])
    this.#count = saved?.count ?? 0
    this.#deviations = deviations
  }

  /** Request -> its result, of those that have one; later requests of a client make earlier ones void. */
  execute(batch: Batch): readonly { readonly request: Request; readonly result: Applied }[] {
    return batch.flatMap((request) => {
      const result = this.#executeOne(request)
      return result === null ? [] : [{ request, result }]
    })
  }

  #executeOne(request: Request): Applied | null {
    const { client, timestamp, operation } = request
    const before = this.lastReply(client, timestamp)
    if (before !== null) return before
    if (this.isOver(request)) return null
    this.#count++
    // Views may differ between replicas that execute the same, so the term is the same everywhere.
    const result = this.machine.apply({
      index: this.#count,
      term: 0,
      command: { kind: 'internal', ...operation },
    })
    this.#clients.set(client, { timestamp, result })
    return result
  }

  /** The answer to a client's last request; null if another one is its last. */
  lastReply(client: ClientId, timestamp: number): Applied | null {
    const last = this.#clients.get(client)
    return last?.timestamp === timestamp && !this.#deviations.ignoresTimestamps ? last.result : null
  }

  /** Whether it was executed, or a later one of its client was. */
  isOver({ client, timestamp }: Request): boolean {
    return !this.#deviations.ignoresTimestamps && timestamp <= (this.#clients.get(client)?.timestamp ?? -1)
  }

  save(): string {
    const saved: Saved = {
      machine: this.machine.save(),
      count: this.#count,
      clients: [...this.#clients],
    }
    return JSON.stringify(saved)
  }

  /** Over the registers, whose reads can be proved. */
  tree(): MerkleTree {
    return new MerkleTree((this.machine.structure(REGISTER.name)?.save() ?? []) as readonly Entry[])
  }
}
