/** Counts the errors of the readiness check and of the status of nodes, by message. Most come from nodes that are down. */
import type { ErrorCount } from '../api/record.ts'
import { messageOf } from '../support/assert.ts'
import { maskMessage } from '../support/mask.ts'

/** Messages that differ in more than numbers could be without end. */
const MOST_MESSAGES = 200

export class ErrorTally {
  readonly #counts = new Map<string, { -readonly [K in keyof ErrorCount]: ErrorCount[K] }>()
  /** Node -> the last error of its readiness check. */
  readonly #lastOfReady = new Map<string, string>()

  /** Awaits what a target was asked, and passes on its result or its error. */
  async watch<T>(source: ErrorCount['source'], node: string, asked: () => Promise<T>): Promise<T> {
    try {
      return await asked()
    } catch (error) {
      this.#count(source, node, messageOf(error))
      throw error
    }
  }

  #count(source: ErrorCount['source'], node: string, text: string): void {
    if (source === 'ready') this.#lastOfReady.set(node, text)
    const message = maskMessage(text)
    const key = `${source} ${node} ${message}`
    const known = this.#counts.get(key)
    if (known !== undefined) known.count++
    else if (this.#counts.size < MOST_MESSAGES) this.#counts.set(key, { source, node, message, count: 1 })
  }

  /** The last error of the node's readiness check; null: it had none. */
  lastOfReady(node: string): string | null {
    return this.#lastOfReady.get(node) ?? null
  }

  list(): readonly ErrorCount[] {
    return [...this.#counts.values()]
  }
}
