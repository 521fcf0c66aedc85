/**
 * The leader's worker: asks the sink to act for each request that was accepted, and has it written down as done once the sink
 * answered. In doubt it asks again, and so does the next leader: an effect comes about at least once. That it comes about
 * at most once only the sink can see to.
 *
 * The fencing token is the term: a leader of old has a lower one.
 */
import type { Request } from '../../../harness/vocabularies/effects.ts'
import type { StateMachine } from '../state-machine.ts'
import type { ServerDeviations } from './deviations.ts'
import type { Duty } from './duty.ts'

const SINK_TIMEOUT_MS = 1000
const RETRY_MS = 200
const MOST_AT_ONCE = 16

/** A request of some vocabulary. */
export interface Work {
  readonly vocabulary: string
  readonly request: Request
}

export interface WorkerOptions {
  /** Null: there is no outside world. */
  readonly sink: string | null
  readonly id: string
  readonly deviations: ServerDeviations
  /** Of the log: the effect of this request is known to have happened. */
  done(work: Work): void
}

export class EffectWorker implements Duty {
  readonly #options: WorkerOptions
  /** Key -> how often the sink was asked by this process. */
  readonly #attempts = new Map<string, number>()
  readonly #asking = new Set<string>()
  /** Done, as far as this process knows, and perhaps not in the log yet. */
  readonly #settled = new Set<string>()

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** Requests of one resource go one after another, in their order. */
  perform(machine: StateMachine, term: number): void {
    if (this.#options.sink === null) return
    const behind = new Set<string>()
    for (const work of machine.requests) {
      const { key, resource } = work.request
      const lane = `${work.vocabulary} ${resource}`
      if (this.#settled.has(key) || behind.has(lane)) continue
      behind.add(lane)
      if (this.#asking.size < MOST_AT_ONCE && !this.#asking.has(key)) void this.#act(work, term)
    }
  }

  async #act(work: Work, token: number): Promise<void> {
    const { deviations, done } = this.#options
    const { key } = work.request
    this.#asking.add(key)
    if (deviations.recordsBeforeEffect) done(work)
    const isSettled = await this.#ask(work.request, token)
    if (!isSettled) {
      setTimeout(() => this.#asking.delete(key), RETRY_MS)
      return
    }
    this.#asking.delete(key)
    this.#settled.add(key)
    if (!deviations.recordsBeforeEffect) done(work)
    // Should the entry be lost, the sink is asked again.
    setTimeout(() => this.#settled.delete(key), RETRY_MS)
  }

  /** Whether the effect is known to have happened. */
  async #ask(request: Request, token: number): Promise<boolean> {
    const { sink, id, deviations } = this.#options
    const attempt = (this.#attempts.get(request.key) ?? 0) + 1
    this.#attempts.set(request.key, attempt)
    const named = { ...request, key: deviations.sinkKey(request.key, id, attempt) }
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
