/** Files that are read while they grow. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/command.ts'
import { linesBetween, Tail } from './tail.ts'

describe('a file that grows', () => {
  it('is read line by line, each once, and a torn line when it is whole', () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'x')
    const tail = new Tail(file)
    expect(tail.read()).toEqual([])
    fs.writeFileSync(file, 'one\ntw')
    expect(tail.read()).toEqual(['one'])
    expect(tail.offset).toBe(4)
    expect(tail.read()).toEqual([])
    fs.appendFileSync(file, 'o\nthree\n')
    expect(tail.read()).toEqual(['two', 'three'])
    expect(tail.offset).toBe(14)
  })

  it('is read as it is, if a torn line was cut off and another one written', () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'x')
    const tail = new Tail(file)
    fs.writeFileSync(file, 'one\ntwo and a ha')
    expect(tail.read()).toEqual(['one'])
    fs.writeFileSync(file, 'one\nthree, which is longer\n')
    expect(tail.read()).toEqual(['three, which is longer'])
  })

  it('may have a line that is longer than what is read at once', () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'x')
    const long = 'x'.repeat(9 * 2 ** 20)
    fs.writeFileSync(file, `${long}\ntwo\n`)
    const tail = new Tail(file)
    expect([tail.read(), tail.read(), tail.read()]).toEqual([[], [], [long, 'two']])
  })

  it('is read again in parts, longer than what is read at once', () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'x')
    const lines = Array.from({ length: 100 }, (_, i) => `${i}:${'ü'.repeat(50_000)}`)
    fs.writeFileSync(file, `${lines.join('\n')}\n`)
    const tail = new Tail(file)
    const [first, middle] = [tail.read(), tail.offset]
    const second = tail.read()
    expect([...linesBetween(file, 0, middle)]).toEqual(first)
    expect([...linesBetween(file, middle, tail.offset)]).toEqual(second)
    expect([...linesBetween(file, 0, tail.offset)]).toEqual([...first, ...second])
  })
})
