/** Runs the statements of one call, and remembers whether they may have been committed. */
import type { Answer, Session } from './connect.ts'

/** Sends one statement. */
export type Ask = (text: string, values?: readonly unknown[]) => Promise<Answer>

export class Runner {
  readonly #session: Session
  readonly #ask: Ask
  /** COMMIT was sent. */
  mayHaveCommitted = false

  constructor(session: Session, signal: AbortSignal) {
    this.#session = session
    this.#ask = (text, values = []) => session.ask(text, values, signal)
  }

  /** One query, which changes nothing. */
  read(text: string, values: readonly unknown[] = []): Promise<Answer> {
    return this.#ask(text, values)
  }

  /**
   * One statement that changes something, with a COMMIT of its own: if it commits by itself, an error does not tell whether it was
   * refused at the beginning or while it was on its way to the other nodes.
   */
  write(text: string, values: readonly unknown[]): Promise<Answer> {
    return this.transaction((ask) => ask(text, values))
  }

  /** Several statements in one transaction. */
  async transaction<T>(body: (ask: Ask) => Promise<T>): Promise<T> {
    try {
      await this.#ask('START TRANSACTION')
      const done = await body(this.#ask)
      this.mayHaveCommitted = true
      await this.#ask('COMMIT')
      return done
    } catch (error) {
      await this.#rollBack()
      throw error
    }
  }

  /**
   * Outside the primary component even ROLLBACK is refused, and the next START TRANSACTION on the session would commit what is
   * still open. A session that is closed is rolled back.
   */
  async #rollBack(): Promise<void> {
    try {
      await this.#ask('ROLLBACK')
    } catch {
      this.#session.close()
    }
  }
}
