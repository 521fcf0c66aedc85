/**
 * Counts the errors of a target's own code, by message: its readiness check, its status, and what its clients throw outside
 * of any call. Most come from nodes that are down.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Log } from '../api/log.ts'
import type { ErrorCount } from '../api/record.ts'
import { messageOf } from '../support/assert.ts'
import { maskMessage } from '../support/mask.ts'

const stackOf = (error: unknown): string => (error instanceof Error && error.stack) || messageOf(error)

/** Messages that differ in more than numbers could be without end. */
const MOST_MESSAGES = 200

/** Whose code runs. Handlers of sockets, timers and promises belong to whoever made them. */
interface Owner {
  readonly source: ErrorCount['source']
  readonly node: string
}

export class ErrorTally {
  readonly #owners = new AsyncLocalStorage<Owner>()
  readonly #counts = new Map<string, { -readonly [K in keyof ErrorCount]: ErrorCount[K] }>()
  /** Node -> the last error of its readiness check. */
  readonly #lastOfReady = new Map<string, string>()

  /** Awaits what a target was asked, and passes on its result or its error. */
  async watch<T>(source: ErrorCount['source'], node: string, asked: () => Promise<T>): Promise<T> {
    try {
      return await this.attribute(source, node, asked)
    } catch (error) {
      this.count(source, node, messageOf(error))
      throw error
    }
  }

  /** What is thrown by this, now or later, is counted for it. */
  attribute<T>(source: ErrorCount['source'], node: string, act: () => T): T {
    return this.#owners.run({ source, node }, act)
  }

  /**
   * Counts what nobody catches, such as an error in a handler of a library's socket, until it is disposed of. An error of
   * faultline's own code is logged, and still ends the process.
   */
  catchStrays(log: Pick<Log, 'error'>): Disposable {
    const take = (error: unknown): void => {
      const owner = this.#owners.getStore()
      if (owner === undefined) {
        log.error('an error that nobody caught', { error: stackOf(error) })
        throw error
      }
      this.count(owner.source, owner.node, `thrown outside of any call: ${messageOf(error)}`)
    }
    process.on('uncaughtException', take)
    return { [Symbol.dispose]: () => void process.off('uncaughtException', take) }
  }

  count(source: ErrorCount['source'], node: string, text: string): void {
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
