/** Requests accepted, each under its key, until their effect is known to have happened. */
import type { Call } from '../../../harness/api.ts'
import type { EffectsCall, PendingResult, Request } from '../../../harness/vocabularies/effects.ts'
import type { MakeStructure, Structure } from './structure.ts'
import { DigestMap } from './structure.ts'

interface Saved {
  readonly pending: readonly [string, Request][]
  readonly done: readonly [string, true][]
}

class Jobs implements Structure {
  readonly #pending: DigestMap<string, Request>
  readonly #done: DigestMap<string, true>

  constructor({ pending, done }: Saved) {
    this.#pending = new DigestMap(pending)
    this.#done = new DigestMap(done)
  }

  get digest(): number {
    return (this.#pending.digest ^ Math.imul(this.#done.digest, 31)) >>> 0
  }

  execute(raw: Call): unknown {
    if (raw.f === 'done') return this.#finish((raw.value as { key: string }).key)
    const call = raw as EffectsCall
    if (call.f === 'pending') return this.read()
    const { key } = call.value
    // Who asks again under the same key is told the same: it is one request.
    if (this.#done.get(key) === undefined && this.#pending.get(key) === undefined)
      this.#pending.set(key, call.value)
    return { key }
  }

  read(): PendingResult {
    return { pending: this.#pending.entries().map(([key]) => key), done: this.#done.size }
  }

  /** For the worker. */
  get requests(): readonly Request[] {
    return this.#pending.entries().map(([, request]) => request)
  }

  save(): Saved {
    return {
      pending: [...this.#pending.entries()] as [string, Request][],
      done: [...this.#done.entries()] as [string, true][],
    }
  }

  #finish(key: string): unknown {
    this.#pending.delete(key)
    this.#done.set(key, true)
    return { key }
  }
}

export const jobs: MakeStructure = (saved) => new Jobs((saved ?? { pending: [], done: [] }) as Saved)

/** What the structure holds for the worker; none of another kind. */
export const requestsOf = (structure: Structure | undefined): readonly Request[] =>
  structure instanceof Jobs ? structure.requests : []
