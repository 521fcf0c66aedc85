import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/command.ts'
import { readLines } from './json-lines.ts'

const read = (text: string): readonly unknown[] => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, 'some.jsonl')
  fs.writeFileSync(file, text)
  return readLines('samples', file)
}

describe('lines of JSON', () => {
  it('are read without the header and without a last line that is not whole', () => {
    expect(read('{"schema":"faultline.samples/1","faultline":"1"}\n{"a":1}\n\n{"a":2}\n{"a":')).toEqual([
      { a: 1 },
      { a: 2 },
    ])
    expect(read('{"a":1}\n')).toEqual([{ a: 1 }])
    expect(read('{"a":1')).toEqual([])
    expect(read('')).toEqual([])
  })

  it('are read from a long file, with lines and characters across the ends of its parts', () => {
    const all = Array.from({ length: 60_000 }, (_, i) => ({ i, text: 'ä\u{1f600}'.repeat(i % 40) }))
    all.push({ i: -1, text: 'x'.repeat(9e6) })
    const text = all.map((each) => `${JSON.stringify(each)}\n`).join('')
    expect(text.length).toBeGreaterThan(12e6)
    expect(read(text)).toEqual(all)
  })

  it('are refused if they are of another kind', () =>
    expect(() => read('{"schema":"faultline.faults/1","faultline":"1"}\n')).toThrow(
      'faultline.samples/1 is expected',
    ))
})
