/** Versions of resources, and a message for each change: both are one entry of the log. */
import type { Call } from '../../../harness/api/history.ts'
import type { Request } from '../../../harness/vocabularies/effects.ts'
import type { OutboxCall, ResourceState, Updated } from '../../../harness/vocabularies/outbox.ts'
import type { Bug } from '../bugs/bugs.ts'
import { type Acting, type DoneCall, Ledger, type SavedLedger } from './ledger.ts'
import { DigestMap, type MakeStructure, type Position } from './structure.ts'

/** The planted bug message-in-second-entry: the message of a change that was applied before. */
export interface PublishCall {
  readonly f: 'publish'
  readonly value: Request
}

interface Saved {
  readonly ledger: SavedLedger
  readonly versions: readonly [number, number][]
}

class Outbox implements Acting {
  readonly #ledger: Ledger
  readonly #versions: DigestMap<number, number>
  readonly #bug: Bug | null

  constructor({ ledger, versions }: Saved, bug: Bug | null) {
    this.#ledger = new Ledger([...ledger])
    this.#versions = new DigestMap(versions)
    this.#bug = bug
  }

  get digest(): number {
    return (this.#ledger.digest ^ Math.imul(this.#versions.digest, 31)) >>> 0
  }

  get requests(): Acting['requests'] {
    return this.#ledger.requests
  }

  execute(raw: Call, { index }: Position): unknown {
    const call = raw as OutboxCall | DoneCall | PublishCall
    switch (call.f) {
      case 'update':
        return this.#update(call.value, index)
      case 'publish':
        return this.#ledger.accept(call.value, index)
      case 'done':
        return this.#ledger.finish(call.value.key, index, call.value.worker)
      default:
        return this.read(raw)
    }
  }

  read(call: Call): unknown {
    if (call.f !== 'read') return this.#ledger.read(call)
    const { resource } = call.value as { resource: number }
    return { resource, version: this.#versions.get(resource) ?? 0 } satisfies ResourceState
  }

  save(): Saved {
    return { ledger: this.#ledger.save(), versions: this.#versions.entries() as [number, number][] }
  }

  #update(request: Request, index: number): Updated {
    const { key, resource, version } = request
    if (this.#ledger.has(key)) return { applied: true }
    if ((this.#versions.get(resource) ?? 0) !== version - 1) return { applied: false }
    this.#versions.set(resource, version)
    if (this.#bug !== 'message-in-second-entry') this.#ledger.accept(request, index)
    return { applied: true }
  }
}

export const outbox: MakeStructure = (saved, bug) =>
  new Outbox((saved ?? { ledger: [], versions: [] }) as Saved, bug)
