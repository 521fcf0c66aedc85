/** First-in-first-out queues. */
import type { Call } from '../../../harness/api/history.ts'
import type { QueueCall } from '../../../harness/vocabularies/queue.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export class Queues implements Structure {
  protected readonly values: DigestMap<number, readonly number[]>

  constructor(saved: readonly [number, readonly number[]][]) {
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
  read(call: Call): { readonly key: number; readonly value: number | null } {
    const { key } = call.value as { key: number }
    return { key, value: this.values.get(key)?.[0] ?? null }
  }

  save(): readonly (readonly [number, readonly number[]])[] {
    return this.values.entries()
  }
}

export const queues: MakeStructure = (saved) => new Queues((saved ?? []) as [number, readonly number[]][])
