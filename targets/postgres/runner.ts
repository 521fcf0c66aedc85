/** Runs the statements of one call, and remembers whether they may have been committed. */
import type { Answer, Session } from './connect.ts'
import { RolledBack } from './errors.ts'
import type { PostgresOptions } from './options.ts'
import { isSingle } from './versions.ts'

/** Sends one statement. */
export type Ask = (text: string, values?: readonly unknown[]) => Promise<Answer>

/** Which session answers: one with the primary, or one with the client's own node. */
export type Where = 'primary' | 'own'

export interface Sessions {
  /** @throws NotSent if it cannot connect. */
  session(where: Where, signal: AbortSignal): Promise<Session>
}

/**
 * A transaction that writes nothing does not wait for a standby when it commits. With this message in the log, it does, so
 * that what it has read is on the standby too.
 */
const CONFIRM = "pg_logical_emit_message(true, 'faultline', '')"

const LEVELS: Readonly<Record<PostgresOptions['isolation'], string>> = {
  serializable: 'SERIALIZABLE',
  'repeatable-read': 'REPEATABLE READ',
  'read-committed': 'READ COMMITTED',
}

export class Runner {
  readonly #sessions: Sessions
  readonly options: PostgresOptions
  readonly #signal: AbortSignal
  /** The node that was asked. */
  servedBy: string | null = null
  /** A statement that commits was sent. */
  mayHaveCommitted = false

  constructor(sessions: Sessions, options: PostgresOptions, signal: AbortSignal) {
    this.#sessions = sessions
    this.options = options
    this.#signal = signal
  }

  get #hasStandbys(): boolean {
    return !isSingle(this.options.version)
  }

  async #asker(where: Where): Promise<Ask> {
    const session = await this.#sessions.session(where, this.#signal)
    this.servedBy = session.node
    return (text, values = []) => session.ask(text, values, this.#signal)
  }

  /** One statement that writes, and is a transaction. Returns its column `answer`. */
  async write(text: string, values: readonly unknown[]): Promise<unknown> {
    const ask = await this.#asker('primary')
    this.mayHaveCommitted = true
    return (await ask(text, values)).rows[0]?.answer
  }

  /**
   * Returns the value of one query, as JSON.
   *
   * @param reads who answers, and whether the commit waits for the standby; `confirmed` whatever the option says, if the
   *   vocabulary has no promise for reads that are older
   */
  async read(
    query: string,
    values: readonly unknown[],
    reads: PostgresOptions['reads'] = this.options.reads,
  ): Promise<unknown> {
    const ask = await this.#asker(reads === 'standby' ? 'own' : 'primary')
    const confirm = reads === 'confirmed' && this.#hasStandbys ? `, ${CONFIRM} IS NULL` : ''
    this.mayHaveCommitted = true
    return (await ask(`SELECT to_json((${query})) AS answer${confirm}`, values)).rows[0]?.answer
  }

  /** Several statements in one transaction of the level that the option sets. */
  async transaction<T>(body: (ask: Ask) => Promise<T>): Promise<T> {
    const ask = await this.#asker('primary')
    await ask(`BEGIN ISOLATION LEVEL ${LEVELS[this.options.isolation]}`)
    let done: T
    try {
      done = await body(ask)
      if (this.#hasStandbys) await ask(`SELECT ${CONFIRM}`)
    } catch (error) {
      await ask('ROLLBACK').catch(() => {})
      throw error
    }
    this.mayHaveCommitted = true
    const { command } = await ask('COMMIT')
    if (command !== 'COMMIT') throw new RolledBack(`the answer to COMMIT was ${command}`)
    return done
  }
}
