/** Registers with read, write and compare-and-set. */
import type { Call } from '../../../harness/api/history.ts'
import { REGISTER, type RegisterResult } from '../../../harness/vocabularies/register.ts'
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import { asCall } from '../../../harness/vocabularies/vocabulary.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

class Registers implements Structure {
  readonly #values: DigestMap<Scalar, Scalar>

  constructor(saved: readonly [Scalar, Scalar][]) {
    this.#values = new DigestMap(saved)
  }

  get digest(): number {
    return this.#values.digest
  }

  execute(raw: Call): RegisterResult {
    const call = asCall(REGISTER, raw)
    if (call.f === 'read') return this.read(call)
    if (call.f === 'write') {
      this.#values.set(call.value.key, call.value.value)
      return call.value
    }
    const { key, expected, next } = call.value
    const applied = (this.#values.get(key) ?? null) === expected
    if (applied) this.#values.set(key, next)
    return { key, expected, next, applied }
  }

  read(call: Call): RegisterResult {
    const { key } = call.value as { key: Scalar }
    return { key, value: this.#values.get(key) ?? null }
  }

  save(): unknown {
    return this.#values.entries()
  }
}

export const registers: MakeStructure = (saved) => new Registers((saved ?? []) as [Scalar, Scalar][])
