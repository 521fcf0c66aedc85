/** The last request of each session that was committed: a retry is answered with the same results. */
import type { Durable, SessionState } from './types.ts'

const MOST = 1000

export class Sessions {
  readonly #states: Map<number, SessionState>
  #expired: number

  constructor({ sessions, expired }: Pick<Durable, 'sessions' | 'expired'>) {
    this.#states = new Map(sessions)
    this.#expired = expired
  }

  get durable(): Pick<Durable, 'sessions' | 'expired'> {
    return { sessions: [...this.#states], expired: this.#expired }
  }

  /** Null: the request is new. */
  look({
    id,
    seq,
  }: {
    readonly id: number
    readonly seq: number
  }): SessionState | 'expired' | 'stale' | null {
    if (id <= this.#expired) return 'expired'
    const state = this.#states.get(id)
    if (state === undefined || seq > state.seq) return null
    return seq === state.seq ? state : 'stale'
  }

  /** When there are too many, the session that was opened first expires. */
  committed(id: number, state: SessionState): void {
    this.#states.set(id, state)
    if (this.#states.size <= MOST) return
    const oldest = Math.min(...this.#states.keys())
    this.#states.delete(oldest)
    this.#expired = Math.max(this.#expired, oldest)
  }
}
