/** Requests of clients that the leader's worker carries out. */
import type { Call } from '../../../harness/api/history.ts'
import type { EffectsCall } from '../../../harness/vocabularies/effects.ts'
import { type Acting, type DoneCall, Ledger, type SavedLedger } from './ledger.ts'
import type { MakeStructure, Position } from './structure.ts'

class Jobs implements Acting {
  readonly #ledger: Ledger

  constructor(saved: SavedLedger) {
    this.#ledger = new Ledger([...saved])
  }

  get digest(): number {
    return this.#ledger.digest
  }

  get requests(): Acting['requests'] {
    return this.#ledger.requests
  }

  execute(raw: Call, { index }: Position): unknown {
    const call = raw as EffectsCall | DoneCall
    if (call.f === 'done') return this.#ledger.finish(call.value.key, index, call.value.worker)
    if (call.f !== 'submit') return this.read(raw)
    this.#ledger.accept(call.value, index)
    return { key: call.value.key }
  }

  read(call: Call): unknown {
    return this.#ledger.read(call)
  }

  save(): unknown {
    return this.#ledger.save()
  }
}

export const jobs: MakeStructure = (saved) => new Jobs((saved ?? []) as SavedLedger)
