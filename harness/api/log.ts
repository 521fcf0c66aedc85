/** The harness's own log: what it did and observed during a run, to find out later why the run went as it did. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** JSON. Times are nanoseconds since the start of the run (`...Ns`); durations name their unit. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Writes a line. `event` is one of a few constant texts, such as `fault injected`; the details are in the fields. Never
 * called for every operation: frequent events are counted and logged at most once a second.
 */
export interface Log {
  /** For those who work on faultline. */
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  /** The run continues, but its result may be less useful. */
  warn(event: string, fields?: LogFields): void
  /** The run ends. */
  error(event: string, fields?: LogFields): void
}
