/** The planted bug cached-reads: what was read is remembered for a while, whatever is written since. */
import type { Call } from '../../../harness/api/history.ts'
import { REGISTER } from '../../../harness/vocabularies/register.ts'
import type { Bug } from '../bugs/bugs.ts'

const CACHED_MS = 150

interface Cached {
  readonly value: unknown
  readonly sinceMs: number
}

export class ReadCache {
  readonly #isOn: boolean
  readonly #cached = new Map<string, Cached>()

  constructor(bug: Bug | null) {
    this.#isOn = bug === 'cached-reads'
  }

  /** Undefined: it is not remembered (any more). */
  get(vocabulary: string, { value }: Call): unknown {
    if (!this.#isOn || vocabulary !== REGISTER.name) return undefined
    const cached = this.#cached.get(JSON.stringify(value))
    return cached !== undefined && performance.now() - cached.sinceMs < CACHED_MS ? cached.value : undefined
  }

  put(vocabulary: string, call: Call, value: unknown): void {
    if (!this.#isOn || vocabulary !== REGISTER.name) return
    this.#cached.set(JSON.stringify(call.value), { value, sinceMs: performance.now() })
  }
}
