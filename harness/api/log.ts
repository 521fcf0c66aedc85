/** The harness's own log: what it did and saw during a run, for whoever has to find out why the run went as it did. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** JSON. Times are nanoseconds since the start of the run (`...Ns`); durations name their unit. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Writes a line. `event` is one of a few constant texts, such as `fault injected`; what differs is in the fields. Never
 * called for every operation: what is frequent is counted, and told at most once a second.
 */
export interface Log {
  /** For those who work on faultline. */
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  /** The run goes on, and may be worth less. */
  warn(event: string, fields?: LogFields): void
  /** The run ends. */
  error(event: string, fields?: LogFields): void
}
