/** Collections of elements. The state machine has all of them, so each answer is complete. */
import type { Call } from '../../../harness/api/history.ts'
import type { Found, SearchCall } from '../../../harness/vocabularies/search.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export class Collections implements Structure {
  readonly #elements: DigestMap<number, readonly number[]>

  constructor(saved: readonly [number, readonly number[]][]) {
    this.#elements = new DigestMap(saved)
  }

  get digest(): number {
    return this.#elements.digest
  }

  execute(raw: Call): unknown {
    const call = raw as SearchCall
    if (call.f === 'query') return this.read(call)
    const { collection, element } = call.value
    const elements = this.#elements.get(collection) ?? []
    if (!elements.includes(element)) this.#elements.set(collection, [...elements, element])
    return { collection, element }
  }

  read(call: Call): Found {
    const { collection } = call.value as { collection: number }
    return { collection, elements: this.#elements.get(collection) ?? [], complete: true }
  }

  save(): unknown {
    return this.#elements.entries()
  }
}

export const collections: MakeStructure = (saved) =>
  new Collections((saved ?? []) as [number, readonly number[]][])
