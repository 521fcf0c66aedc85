/**
 * Jobs that clients take, do and acknowledge. A job is leased to the client that takes it. If the acknowledgement does
 * not come in time, the leader proposes to give the job back (server/lease-keeper.ts).
 */
import type { Call } from '../../../harness/api/history.ts'
import type { Request } from '../../../harness/vocabularies/effects.ts'
import type { JobQueueCall } from '../../../harness/vocabularies/job-queue.ts'
import { Ledger, type SavedLedger } from './ledger.ts'
import { DigestMap, type MakeStructure, type Position, type Structure } from './structure.ts'

/** What a worker's client sends to the cluster. */
export type WorkCall =
  | { readonly f: 'take'; readonly value: Readonly<Record<string, never>> }
  | {
      readonly f: 'ack'
      readonly value: { readonly key: string; readonly token: number; readonly worker: string }
    }

export interface Taken {
  /** Null: there is no job. */
  readonly request: Request | null
  readonly token: number
}

export interface Acknowledged {
  readonly acknowledged: boolean
}

interface GiveBackCall {
  readonly f: 'give-back'
  readonly value: { readonly key: string; readonly token: number }
}

interface Lent {
  readonly token: number
}

export interface SavedJobQueue {
  readonly ledger: SavedLedger
  readonly lent: readonly [string, Lent][]
}

export class JobQueue implements Structure {
  protected readonly ledger: Ledger
  /** Key of a job that was taken -> its lease, named by a position in the log. */
  readonly #lent: DigestMap<string, Lent>

  constructor({ ledger, lent }: SavedJobQueue) {
    this.ledger = new Ledger([...ledger])
    this.#lent = new DigestMap(lent)
  }

  get digest(): number {
    return (this.ledger.digest ^ Math.imul(this.#lent.digest, 31)) >>> 0
  }

  get lent(): readonly (readonly [string, Lent])[] {
    return this.#lent.entries()
  }

  execute(raw: Call, { index }: Position): unknown {
    const call = raw as JobQueueCall | WorkCall | GiveBackCall
    switch (call.f) {
      case 'submit':
        this.ledger.accept(call.value, index)
        return { key: call.value.key }
      case 'take':
        return this.take(index)
      case 'ack': {
        const { key, token, worker } = call.value
        const acknowledged = this.#giveBack(key, token)
        if (acknowledged) this.ledger.finish(key, index, worker)
        return { acknowledged }
      }
      case 'give-back':
        return this.#giveBack(call.value.key, call.value.token)
      default:
        return this.read(raw)
    }
  }

  read(call: Call): unknown {
    return this.ledger.read(call)
  }

  save(): SavedJobQueue {
    return { ledger: this.ledger.save(), lent: this.#lent.entries() as [string, Lent][] }
  }

  protected take(index: number): Taken {
    const request = this.ledger.requests.find(({ key }) => this.#lent.get(key) === undefined) ?? null
    if (request !== null) this.#lent.set(request.key, { token: index })
    return { request, token: index }
  }

  /** True if the job was still leased under that token. */
  #giveBack(key: string, token: number): boolean {
    const isTheirs = this.#lent.get(key)?.token === token
    if (isTheirs) this.#lent.delete(key)
    return isTheirs
  }
}

export const jobQueue: MakeStructure = (saved) =>
  new JobQueue((saved ?? { ledger: [], lent: [] }) as SavedJobQueue)

/** Jobs that were taken; empty for any other structure. */
export const lentOf = (structure: Structure | undefined): JobQueue['lent'] =>
  structure instanceof JobQueue ? structure.lent : []
