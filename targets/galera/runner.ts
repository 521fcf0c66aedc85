/** Runs the statements of one call, and remembers whether they may have been committed. */
import type { Answer, Session } from './connect.ts'

/** Sends one statement. */
export type Ask = (text: string, values?: readonly unknown[]) => Promise<Answer>

export class Runner {
  readonly #ask: Ask
  /** A statement that commits was sent. */
  mayHaveCommitted = false

  constructor(session: Session, signal: AbortSignal) {
    this.#ask = (text, values = []) => session.ask(text, values, signal)
  }

  /** One statement, which is a transaction. */
  async statement(text: string, values: readonly unknown[]): Promise<Answer> {
    this.mayHaveCommitted = true
    return await this.#ask(text, values)
  }

  /** Several statements in one transaction. */
  async transaction<T>(body: (ask: Ask) => Promise<T>): Promise<T> {
    await this.#ask('START TRANSACTION')
    let done: T
    try {
      done = await body(this.#ask)
    } catch (error) {
      await this.#ask('ROLLBACK').catch(() => {})
      throw error
    }
    this.mayHaveCommitted = true
    try {
      await this.#ask('COMMIT')
    } catch (error) {
      await this.#ask('ROLLBACK').catch(() => {})
      throw error
    }
    return done
  }
}
