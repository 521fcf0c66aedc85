/** The output formats of verdicts. To add one, add a file in this folder and its line here. */
import type { OutputFormat } from './format.ts'
import { json } from './json.ts'
import { text } from './text.ts'

const all: readonly OutputFormat[] = [text, json]

export const outputFormats: Readonly<Record<string, OutputFormat>> = Object.fromEntries(
  all.map((format) => [format.name, format]),
)
