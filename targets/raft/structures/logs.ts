/** Logs that tell each value's offset. */
import type { Call } from '../../../harness/api/history.ts'
import type { Appended, LogCall, LogRead } from '../../../harness/vocabularies/append-log.ts'
import type { Bug } from '../bugs/bugs.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

/** Of each log, by the bug log-tail-in-snapshot. */
const KEPT_IN_SNAPSHOT = 10

class Logs implements Structure {
  readonly #values: DigestMap<number, readonly number[]>
  readonly #bug: Bug | null

  constructor(saved: readonly [number, readonly number[]][], bug: Bug | null) {
    this.#values = new DigestMap(saved)
    this.#bug = bug
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
    const { key } = call.value as { key: number }
    return { key, values: this.#values.get(key) ?? [] }
  }

  save(): unknown {
    if (this.#bug !== 'log-tail-in-snapshot') return this.#values.entries()
    return this.#values.entries().map(([key, values]) => [key, values.slice(-KEPT_IN_SNAPSHOT)])
  }
}

export const logs: MakeStructure = (saved, bug) =>
  new Logs((saved ?? []) as [number, readonly number[]][], bug)
