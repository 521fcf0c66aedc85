/** Bytes as ZooKeeper 3.8.0 of Debian 12 sent them. */
import { describe, expect, it } from 'vitest'
import { CODES } from './errors.ts'
import { FrameReader, framed, JuteReader, JuteWriter } from './jute.ts'
import { check, create, multi, remove, setData } from './requests.ts'

const readerOf = (hex: string): JuteReader => new JuteReader(Buffer.from(hex, 'hex'))

describe('a transaction', () => {
  const path = '/x1795742854187b'

  it('that was applied has an answer to each part', () => {
    const request = multi([create(path, 'a'), remove(path)])
    const answer = `000000010000000000000000102f783137393537343238353431383762000000020000000000ffffffff01ffffffff`
    expect(request.read(readerOf(answer))).toEqual({ applied: true, answers: [path, true] })
  })

  it('of checks has no answers of its own', () => {
    const request = multi([check(path, 0)])
    expect(request.read(readerOf('0000000d0000000000ffffffff01ffffffff'))).toEqual({
      applied: true,
      answers: [true],
    })
    expect(request.changes).toBe(false)
  })

  it.each([
    [
      'its first part',
      'ffffffff00ffffff99ffffff99ffffffff00fffffffefffffffeffffffff01ffffffff',
      CODES.badVersion,
    ],
    [
      'its second part',
      'ffffffff000000000000000000ffffffff00ffffff92ffffff92ffffffff01ffffffff',
      CODES.nodeExists,
    ],
  ])('that was refused for %s has the code of that part', (_, answer, error) => {
    const request = multi([check(path, 7), setData(path, 'z')])
    expect(request.read(readerOf(answer))).toEqual({ applied: false, error })
    expect(request.changes).toBe(true)
  })
})

it('frames are cut from a stream, however it arrives', () => {
  const stream = Buffer.concat(['one', '', 'three'].map((text) => framed(Buffer.from(text))))
  const frames = new FrameReader()
  const cut = [...stream].flatMap((byte) => frames.take(Buffer.of(byte)).map(String))
  expect(cut).toEqual(['one', '', 'three'])
  expect(new FrameReader().take(stream).map(String)).toEqual(['one', '', 'three'])
})

it('records are read as they were written, and end where they end', () => {
  const record = new JuteWriter()
    .int(-3)
    .long(2n ** 40n)
    .bool(true)
    .text('é')
    .finish()
  const reader = new JuteReader(record)
  expect([reader.int(), reader.long(), reader.bool(), reader.text()]).toEqual([-3, 2n ** 40n, true, 'é'])
  expect(() => reader.int()).toThrow(RangeError)
  expect(() => readerOf('00000009aa').bytes()).toThrow(RangeError)
  expect(readerOf('ffffffff').bytes()).toHaveLength(0)
})
