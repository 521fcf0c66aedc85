/**
 * harness.jsonl: the harness's own log, in the run's folder. The supervisor writes before and after the controller, and
 * the controller in between. Each line is written to the file at once, so that a kill of either process loses none.
 *
 * Each line has the wall time (`time`) and, once the run has started, the time of the run (`timeNs`), as in the history,
 * the faults and the samples. The supervisor, which is another process, reads the start from the controller's lines; all
 * processes of a machine share the monotonic clock.
 */
import fs from 'node:fs'
import { type Logger, pino } from 'pino'
import type { Log, LogFields, LogLevel } from '../api/log.ts'
import { encodeHeader } from '../history/schema.ts'

export interface HarnessLogOptions {
  readonly file: string
  readonly source: 'supervisor' | 'controller'
  /** Lines below this level are not written. */
  readonly level: LogLevel
  /** The version of faultline, for the header of a new file. */
  readonly faultline: string
  /** Called with each line as readable text, if the log is to be shown. */
  readonly show?: (line: string) => void
}

/** One line of the file. */
export interface LogLine {
  readonly level: LogLevel
  /** ISO 8601, UTC. */
  readonly time: string
  readonly source: HarnessLogOptions['source']
  /** Null before the start of the run. */
  readonly timeNs: number | null
  readonly event: string
}

const STARTED = 'clock started'

/** The start of the run on the monotonic clock, read from the file; null if it is not there. */
const startIn = (file: string): bigint | null => {
  const line = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .findLast((each) => each.includes(`"event":"${STARTED}"`))
  return line === undefined
    ? null
    : BigInt((JSON.parse(line) as { readonly monotonicNs: string }).monotonicNs)
}

const show = (text: string): string => {
  const { level, time, source, timeNs, event, ...fields } = JSON.parse(text) as LogLine
  const at = timeNs === null ? time.slice(11, 23) : `${(timeNs / 1e9).toFixed(3)} s`
  const more = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return [at.padStart(12), level.padEnd(5), source.padEnd(10), event, ...more].join(' ')
}

const loggerFor = (options: HarnessLogOptions, timeNs: () => number | null): Logger => {
  const { file, level, source } = options
  const destination = pino.destination({ dest: file, sync: true, append: true })
  // The disk may be full. Writing the run's records fails then too, and that error is reported.
  destination.on('error', () => {})
  const terminal = { write: (text: string): void => options.show?.(show(text)) }
  return pino(
    {
      level,
      base: { source },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ timeNs: timeNs() }),
    },
    pino.multistream([
      { level: 'debug', stream: destination },
      { level: 'debug', stream: terminal },
    ]),
  )
}

export class HarnessLog implements Log {
  readonly #file: string
  readonly #logger: Logger
  #startNs: bigint | null = null

  /** Appends to the file. A new file gets a header first. */
  constructor(options: HarnessLogOptions) {
    this.#file = options.file
    if (!fs.existsSync(options.file)) fs.writeFileSync(options.file, encodeHeader('log', options.faultline))
    this.#logger = loggerFor(options, () => this.#timeNs())
  }

  #timeNs(): number | null {
    return this.#startNs === null ? null : Number(process.hrtime.bigint() - this.#startNs)
  }

  /** The run has started. @param monotonicNs the start, of `process.hrtime.bigint()` */
  startClock(monotonicNs: bigint): void {
    this.#startNs = monotonicNs
    // Written at every level, since it is needed by the supervisor and for aligning the log with other clocks.
    const level = this.#logger.level
    this.#logger.level = 'info'
    this.#logger.info({ monotonicNs: String(monotonicNs) }, STARTED)
    this.#logger.level = level
  }

  /** Adopts the start that another process has written to the file, if there is one. */
  adoptClock(): void {
    this.#startNs = startIn(this.#file)
  }

  debug(event: string, fields: LogFields = {}): void {
    this.#logger.debug(fields, event)
  }

  info(event: string, fields: LogFields = {}): void {
    this.#logger.info(fields, event)
  }

  warn(event: string, fields: LogFields = {}): void {
    this.#logger.warn(fields, event)
  }

  error(event: string, fields: LogFields = {}): void {
    this.#logger.error(fields, event)
  }
}

/** The error that ended the controller, with its stack if it was not expected. Null: the log has none. */
export const lastErrorIn = (file: string): string | null => {
  const line = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .findLast(
      (each) =>
        each.includes('"level":"error"') && each.includes('"source":"controller"') && each.endsWith('}'),
    )
  return line === undefined ? null : ((JSON.parse(line) as { readonly error?: string }).error ?? null)
}
