/** Versions of resources, and a message for each change: both in one entry of the log. */
import type { Call } from '../../../harness/api/history.ts'
import type { Request } from '../../../harness/vocabularies/effects.ts'
import type { OutboxCall, ResourceState, Updated } from '../../../harness/vocabularies/outbox.ts'
import { type Acting, type DoneCall, Ledger, type SavedLedger } from './ledger.ts'
import { DigestMap, type MakeStructure, type Position } from './structure.ts'

export interface SavedOutbox {
  readonly ledger: SavedLedger
  readonly versions: readonly [number, number][]
}

export class Outbox implements Acting {
  protected readonly ledger: Ledger
  readonly #versions: DigestMap<number, number>

  constructor({ ledger, versions }: SavedOutbox) {
    this.ledger = new Ledger([...ledger])
    this.#versions = new DigestMap(versions)
  }

  get digest(): number {
    return (this.ledger.digest ^ Math.imul(this.#versions.digest, 31)) >>> 0
  }

  get requests(): Acting['requests'] {
    return this.ledger.requests
  }

  execute(raw: Call, { index }: Position): unknown {
    const call = raw as OutboxCall | DoneCall
    switch (call.f) {
      case 'update':
        return this.#update(call.value, index)
      case 'done':
        return this.ledger.finish(call.value.key, index, call.value.worker)
      default:
        return this.read(raw)
    }
  }

  read(call: Call): unknown {
    if (call.f !== 'read') return this.ledger.read(call)
    const { resource } = call.value as { resource: number }
    return { resource, version: this.#versions.get(resource) ?? 0 } satisfies ResourceState
  }

  save(): SavedOutbox {
    return { ledger: this.ledger.save(), versions: this.#versions.entries() as [number, number][] }
  }

  #update(request: Request, index: number): Updated {
    const { key, resource, version } = request
    if (this.ledger.has(key)) return { applied: true }
    if ((this.#versions.get(resource) ?? 0) !== version - 1) return { applied: false }
    this.#versions.set(resource, version)
    this.publish(request, index)
    return { applied: true }
  }

  /** Stores the message of a change. */
  protected publish(request: Request, index: number): void {
    this.ledger.accept(request, index)
  }
}

export const outbox: MakeStructure = (saved) =>
  new Outbox((saved ?? { ledger: [], versions: [] }) as SavedOutbox)
