/** One set, to which elements are only added. */
import type { Call } from '../../../harness/api/history.ts'
import { SET, type SetResult } from '../../../harness/vocabularies/set.ts'
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import { asCall } from '../../../harness/vocabularies/vocabulary.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export class Elements implements Structure {
  readonly #elements: DigestMap<Scalar, true>

  constructor(saved: readonly Scalar[]) {
    this.#elements = new DigestMap(saved.map((element) => [element, true]))
  }

  get digest(): number {
    return this.#elements.digest
  }

  execute(raw: Call): SetResult {
    const call = asCall(SET, raw)
    if (call.f === 'read') return this.read()
    this.#elements.set(call.value.element, true)
    return call.value
  }

  read(): SetResult {
    return { elements: this.save() }
  }

  save(): Scalar[] {
    return this.#elements.entries().map(([element]) => element)
  }
}

export const elements: MakeStructure = (saved) => new Elements((saved ?? []) as Scalar[])
