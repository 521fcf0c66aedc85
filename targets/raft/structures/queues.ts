/** Queues, first in, first out. */
import type { Call } from '../../../harness/api/history.ts'
import type { QueueCall } from '../../../harness/vocabularies/queue.ts'
import type { Bug } from '../bugs/bugs.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

class Queues implements Structure {
  readonly #values: DigestMap<number, readonly number[]>
  readonly #bug: Bug | null

  constructor(saved: readonly [number, readonly number[]][], bug: Bug | null) {
    this.#values = new DigestMap(saved)
    this.#bug = bug
  }

  get digest(): number {
    return this.#values.digest
  }

  execute(raw: Call): unknown {
    const call = raw as QueueCall
    const { key } = call.value
    const values = this.#values.get(key) ?? []
    if (call.f === 'enqueue') {
      this.#values.set(key, [...values, call.value.value])
      return call.value
    }
    const { taken } = call.value as { taken?: number | null }
    if (this.#bug === 'dequeue-before-commit' && taken !== undefined) {
      this.#values.set(
        key,
        values.filter((value) => value !== taken),
      )
      return { key, value: taken }
    }
    const [value = null, ...left] = values
    this.#values.set(key, left)
    return { key, value }
  }

  /** What stands at the head, without taking it. */
  read(call: Call): { readonly key: number; readonly value: number | null } {
    const { key } = call.value as { key: number }
    return { key, value: this.#values.get(key)?.[0] ?? null }
  }

  save(): unknown {
    if (this.#bug !== 'queue-sorted-in-snapshot') return this.#values.entries()
    return this.#values.entries().map(([key, values]) => [key, values.toSorted((a, b) => a - b)])
  }
}

export const queues: MakeStructure = (saved, bug) =>
  new Queues((saved ?? []) as [number, readonly number[]][], bug)
