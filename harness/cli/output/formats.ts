/** The output formats of verdicts. To add one, add a file in this folder and its line here. */
import type { OutputFormat } from './format.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import { sarif } from './sarif.ts'
import { text } from './text.ts'

const all: readonly OutputFormat[] = [text, json, junit, sarif, markdown]

export const outputFormats: Readonly<Record<string, OutputFormat>> = Object.fromEntries(
  all.map((format) => [format.name, format]),
)
