/** One set that elements are only added to. */
import type { Call } from '../../../harness/api/history.ts'
import { SET, type SetResult } from '../../../harness/vocabularies/set.ts'
import { asCall } from '../../../harness/vocabularies/vocabulary.ts'
import type { Bug } from '../bugs/bugs.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

/** Elements in one page of an answer. */
const PAGE = 500

class Elements implements Structure {
  readonly #elements: DigestMap<number, true>
  readonly #bug: Bug | null

  constructor(saved: readonly number[], bug: Bug | null) {
    this.#bug = bug
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
    const all = this.save()
    return { elements: this.#bug === 'first-page-only' ? all.slice(0, PAGE) : all }
  }

  save(): readonly number[] {
    return this.#elements.entries().map(([element]) => element)
  }
}

export const elements: MakeStructure = (saved, bug) => new Elements((saved ?? []) as number[], bug)
