/** Columns on disk, so that the process of a benchmark holds only what it checks. */
import fs from 'node:fs'
import type { Columns } from '../model.ts'

/** Widest first, so that each column begins at a multiple of its width. */
const FORMS = [
  ['call', Float64Array],
  ['return', Float64Array],
  ['client', Int32Array],
  ['key', Int32Array],
  ['value', Int32Array],
  ['second', Int32Array],
  ['kind', Uint8Array],
] as const

export const writeColumns = (file: string, columns: Required<Columns>): void => {
  const out = fs.openSync(file, 'w')
  for (const [name] of FORMS) fs.writeSync(out, columns[name])
  fs.closeSync(out)
}

const BYTES_A_ROW = FORMS.reduce((sum, [, form]) => sum + form.BYTES_PER_ELEMENT, 0)

export const readColumns = (file: string): Columns => {
  const { buffer, byteOffset, byteLength } = fs.readFileSync(file)
  const rows = byteLength / BYTES_A_ROW
  let at = byteOffset
  const columns = FORMS.map(([name, form]) => {
    const column = new form(buffer as ArrayBuffer, at, rows)
    at += column.byteLength
    return [name, column]
  })
  return Object.fromEntries(columns) as unknown as Columns
}
