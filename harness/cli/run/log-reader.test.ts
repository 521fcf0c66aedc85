import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/command.ts'
import { LogReader } from './log-reader.ts'

const isTrouble = (line: string): boolean => line.includes('trouble')
const telling = async (text: string): Promise<boolean> => text.split('\n').some(isTrouble)

const readerOf = (folder: string, text: string) => {
  const file = path.join(folder, 'server.log')
  fs.writeFileSync(file, text)
  return { file, reader: new LogReader(file, telling) }
}

describe('a log that is read while it is written', () => {
  it('gives each line that a checker has something to say of, whatever is read at once', async () => {
    using folder = temporaryFolder()
    const lines = Array.from({ length: 20_000 }, (_, i) => (i % 997 === 5 ? `trouble ${i}` : `fine ${i} äöü`))
    const text = lines.map((line) => `${line}\n`).join('')
    const { reader } = readerOf(folder.path, text)
    const bytes = Buffer.byteLength(text)
    for (let to = 0; to < bytes; to += 7919) {
      await reader.readTo(to)
      expect(reader.byte).toBeLessThanOrEqual(to)
    }
    await reader.readTo(bytes)
    expect(reader.byte).toBe(bytes)
    expect(reader.lines).toBe(lines.length)
    expect(reader.telling).toEqual(lines.filter(isTrouble))
  })

  it('is read up to the beginning of a line', async () => {
    using folder = temporaryFolder()
    const { file, reader } = readerOf(folder.path, 'one\ntwo is trou')
    await reader.readTo(100)
    expect([reader.byte, reader.lines, reader.telling]).toEqual([4, 1, []])
    fs.appendFileSync(file, 'ble\nthree')
    await reader.readTo(100)
    expect([reader.byte, reader.lines, reader.telling]).toEqual([19, 2, ['two is trouble']])
  })

  it('has a bound for what it keeps, and counts the rest', async () => {
    using folder = temporaryFolder()
    const { reader } = readerOf(folder.path, `trouble ${'x'.repeat(5000)}\n`.repeat(1200))
    await reader.readTo(1e9)
    expect(reader.telling.length).toBe(500)
    expect(reader.moreTelling).toBe(700)
    expect(reader.telling.every((line) => line.length === 2000)).toBe(true)
  })

  it('goes on where a line has no end', async () => {
    using folder = temporaryFolder()
    const { file, reader } = readerOf(folder.path, `trouble ${'x'.repeat(3e6)}`)
    await reader.readTo(2e6)
    expect(reader.byte).toBe(2e6)
    fs.appendFileSync(file, '\nfine\n')
    await reader.readTo(1e9)
    expect([reader.lines, reader.telling.length]).toEqual([2, 1])
  })
})
