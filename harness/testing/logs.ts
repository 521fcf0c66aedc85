/** A log for tests that remembers its lines. */
import type { Log, LogFields, LogLevel } from '../api/log.ts'

interface LoggedLine {
  readonly level: LogLevel
  readonly event: string
  readonly fields: LogFields
}

interface RememberingLog extends Log {
  readonly lines: readonly LoggedLine[]
}

export const rememberingLog = (): RememberingLog => {
  const lines: LoggedLine[] = []
  const at =
    (level: LogLevel): Log['info'] =>
    (event, fields = {}) => {
      lines.push({ level, event, fields })
    }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
