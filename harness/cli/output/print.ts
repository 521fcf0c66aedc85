/** A verdict on standard output, in the format that was asked for. */
import { lookUp } from '../unknown-name.ts'
import type { Judged } from './format.ts'
import { outputFormats } from './formats.ts'

export interface FormatSettings {
  readonly format: string
  /** Older than `format`, and the same as `--format json`. */
  readonly json: boolean
}

export const print = (judged: Judged, { format, json }: FormatSettings): void => {
  const { render } = lookUp('format', outputFormats, json ? 'json' : format)
  process.stdout.write(render(judged, { isTerminal: process.stdout.isTTY === true }))
}
