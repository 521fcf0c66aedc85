/** The last request of each session that was committed, or refused for a condition: a retry gets the same answer. */
import type { Answered, Durable, SessionState } from './types.ts'

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
  answered({ session: id, seq, results }: Answered): void {
    this.#states.set(id, { seq, results })
    if (this.#states.size <= MOST) return
    const oldest = Math.min(...this.#states.keys())
    this.#states.delete(oldest)
    this.#expired = Math.max(this.#expired, oldest)
  }
}
