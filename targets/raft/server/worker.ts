/**
 * The leader's worker: asks the sink to act for each request that was accepted, and has it written down as done once the sink
 * answered. In doubt it asks again, and so does the next leader: an effect comes about at least once. That it comes about
 * at most once only the sink can see to.
 *
 * The fencing token is the term: a leader of old has a lower one.
 */
import type { Request } from '../../../harness/vocabularies/effects.ts'
import type { Bug } from '../bugs.ts'

const SINK_TIMEOUT_MS = 1000
const RETRY_MS = 200
const MOST_AT_ONCE = 16

export interface WorkerOptions {
  /** Null: there is no outside world. */
  readonly sink: string | null
  readonly id: string
  readonly bug: Bug | null
  /** Of the log: the effect of this key is known to have happened. */
  done(key: string): void
}

export class EffectWorker {
  readonly #options: WorkerOptions
  /** Key -> how often the sink was asked by this process. */
  readonly #attempts = new Map<string, number>()
  readonly #busy = new Set<string>()

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** Called whenever the node leads: `requests` are committed and not known to be done. */
  work(requests: readonly Request[], term: number): void {
    if (this.#options.sink === null) return
    for (const request of requests) {
      if (this.#busy.size >= MOST_AT_ONCE) return
      if (!this.#busy.has(request.key)) void this.#act(request, term)
    }
  }

  async #act(request: Request, token: number): Promise<void> {
    const { bug, done } = this.#options
    this.#busy.add(request.key)
    if (bug === 'done-before-effect') done(request.key)
    const isSettled = await this.#ask(request, token)
    if (isSettled && bug !== 'done-before-effect') done(request.key)
    setTimeout(() => this.#busy.delete(request.key), RETRY_MS)
  }

  /** Whether the effect is known to have happened. */
  async #ask(request: Request, token: number): Promise<boolean> {
    const { sink, id, bug } = this.#options
    const attempt = (this.#attempts.get(request.key) ?? 0) + 1
    this.#attempts.set(request.key, attempt)
    const named = bug === 'key-per-attempt' ? { ...request, key: `${request.key}#${id}-${attempt}` } : request
    try {
      const response = await fetch(`${sink}/act`, {
        method: 'POST',
        body: JSON.stringify({ request: named, token, worker: id, attempt }),
        signal: AbortSignal.timeout(SINK_TIMEOUT_MS),
      })
      const { refused } = (await response.json()) as { refused: string | null }
      return refused !== 'stale-token'
    } catch {
      return false
    }
  }
}
