/**
 * The leader's worker: asks the sink to act for each accepted request, and logs it as done once the sink has answered.
 * If it gets no answer it asks again, and so does the next leader: an effect happens at least once. Only the sink can
 * make sure that it happens at most once.
 *
 * The fencing token is the term: an earlier leader has a lower one.
 */
import type { Request } from '../../../../harness/vocabularies/effects.ts'
import type { StateMachine } from '../../state-machine.ts'
import type { DutyDeviations } from './deviations.ts'
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
  /** Null: there is none, and nothing is done. */
  readonly sink: string | null
  readonly id: string
  readonly deviations: DutyDeviations
  /** Logs that the effect of this request is known to have happened. */
  done(work: Work): void
}

export class EffectWorker implements Duty {
  readonly #options: WorkerOptions
  /** Key -> how often this process has asked the sink. */
  readonly #attempts = new Map<string, number>()
  readonly #asking = new Set<string>()
  /** Done to this process's knowledge, but perhaps not logged yet. */
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
    // If the entry is lost, the sink is asked again.
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
