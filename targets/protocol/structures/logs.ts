/** Append-only logs; an append returns the value's offset. */
import type { Call } from '../../../harness/api/history.ts'
import type { Appended, LogCall, LogRead } from '../../../harness/vocabularies/append-log.ts'
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export class Logs implements Structure {
  readonly #values: DigestMap<Scalar, readonly Scalar[]>

  constructor(saved: readonly [Scalar, readonly Scalar[]][]) {
    this.#values = new DigestMap(saved)
  }

  get digest(): number {
    return this.#values.digest
  }

  execute(raw: Call): Appended | LogRead {
    const call = raw as LogCall
    if (call.f === 'read') return this.read(call)
    const { key, value } = call.value
    const values = this.#values.get(key) ?? []
    this.#values.set(key, [...values, value])
    return { key, value, offset: values.length }
  }

  read(call: Call): LogRead {
    const { key } = call.value as { key: Scalar }
    return { key, values: this.#values.get(key) ?? [] }
  }

  save(): readonly (readonly [Scalar, readonly Scalar[]])[] {
    return this.#values.entries()
  }
}

export const logs: MakeStructure = (saved) => new Logs((saved ?? []) as [Scalar, readonly Scalar[]][])
