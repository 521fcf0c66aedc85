/** Prints a verdict on standard output, in the requested format. */
import { lookUp } from '../unknown-name.ts'
import type { Judged } from './format.ts'
import { outputFormats } from './formats.ts'

export interface FormatSettings {
  readonly format: string
  /** Means the same as `--format json`. Kept because it is older than `format`. */
  readonly json: boolean
}

export const print = (judged: Judged, { format, json }: FormatSettings): void => {
  const { render } = lookUp('format', outputFormats, json ? 'json' : format)
  process.stdout.write(render(judged, { isTerminal: process.stdout.isTTY === true }))
}
