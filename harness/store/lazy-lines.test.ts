import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/command.ts'
import { lazyLines } from './lazy-lines.ts'

const HEADER = '{"schema":"faultline.service/1","faultline":"1"}\n'

/** Read one after another, and each by its place. */
const read = (text: string): readonly unknown[] => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, 'some.jsonl')
  fs.writeFileSync(file, text)
  const lines = lazyLines<unknown>('service', file)
  const all = [...lines]
  expect(lines.length).toBe(all.length)
  expect(lines.at(-1)).toEqual(all.at(-1))
  for (const at of [5000, 0, 1024, 1023]) expect(lines.at(at)).toEqual(all[at])
  return all
}

describe('lines of a file that are read when they are asked for', () => {
  it('leave out the header, empty lines and a last line that is not whole', () => {
    expect(read(`${HEADER}{"a":1}\n\n{"a":2}\n{"a":`)).toEqual([{ a: 1 }, { a: 2 }])
    expect(read('{"a":1}\n')).toEqual([{ a: 1 }])
    expect(read(HEADER)).toEqual([])
    expect(read('')).toEqual([])
  })

  it('may be many, with lines and characters across the ends of parts', () => {
    const all = Array.from({ length: 60_000 }, (_, i) => ({ i, text: 'ä\u{1f600}'.repeat(i % 40) }))
    all.splice(1500, 0, { i: -1, text: 'x'.repeat(9e6) })
    expect(read(HEADER + all.map((each) => `${JSON.stringify(each)}\n`).join(''))).toEqual(all)
  })

  it('name the file and the line where one is not JSON', () => {
    expect(() => read(`${HEADER}{"a":1}\n{"a":oops\n`)).toThrow(
      /some\.jsonl has a line that is not JSON: \{"a":oops$/,
    )
    expect(() => read('oops\n')).toThrow('some.jsonl has a line that is not JSON: oops')
  })

  it('are refused if the file is of another kind', () =>
    expect(() => read('{"schema":"faultline.faults/1","faultline":"1"}\n')).toThrow(
      'faultline.service/1 is expected',
    ))
})
