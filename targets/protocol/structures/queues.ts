/** First-in-first-out queues. */
import type { Call } from '../../../harness/api/history.ts'
import type { QueueCall } from '../../../harness/vocabularies/queue.ts'
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export class Queues implements Structure {
  protected readonly values: DigestMap<Scalar, readonly Scalar[]>

  constructor(saved: readonly [Scalar, readonly Scalar[]][]) {
    this.values = new DigestMap(saved)
  }

  get digest(): number {
    return this.values.digest
  }

  execute(raw: Call): unknown {
    const call = raw as QueueCall
    const { key } = call.value
    const values = this.values.get(key) ?? []
    if (call.f === 'enqueue') {
      this.values.set(key, [...values, call.value.value])
      return call.value
    }
    const [value = null, ...left] = values
    this.values.set(key, left)
    return { key, value }
  }

  /** The value at the head, without taking it. */
  read(call: Call): { readonly key: Scalar; readonly value: Scalar | null } {
    const { key } = call.value as { key: Scalar }
    return { key, value: this.values.get(key)?.[0] ?? null }
  }

  save(): readonly (readonly [Scalar, readonly Scalar[]])[] {
    return this.values.entries()
  }
}

export const queues: MakeStructure = (saved) => new Queues((saved ?? []) as [Scalar, readonly Scalar[]][])
