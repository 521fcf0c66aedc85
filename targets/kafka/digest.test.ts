import { describe, expect, it } from 'vitest'
import { digestOf } from './digest.ts'
import type { Stored } from './records.ts'

const log = (...texts: readonly string[]): readonly Stored[] =>
  texts.map((text, offset) => ({ offset, text }))

describe('the digest of a log', () => {
  it('is at the offset after its last record, and the same for the same records', () => {
    expect(digestOf('t', log('a', 'b'))).toEqual(digestOf('t', log('a', 'b')))
    expect(digestOf('t', log('a', 'b')).digestAt).toBe(2)
    expect(digestOf('t', []).digestAt).toBe(0)
  })

  it('repeats those of shorter logs, so that a replica that is behind can be compared', () => {
    const { earlierDigests } = digestOf('t', log('a', 'b', 'c'))
    expect(earlierDigests).toEqual({
      0: digestOf('t', []).digest,
      1: digestOf('t', log('a')).digest,
      2: digestOf('t', log('a', 'b')).digest,
    })
  })

  it.each([
    ['another value', log('a', 'x')],
    ['another order', log('b', 'a')],
    [
      'another offset',
      [
        { offset: 0, text: 'a' },
        { offset: 2, text: 'b' },
      ],
    ],
    ['another border', log('a\n1 b')],
  ])('differs by %s', (_, other) => {
    expect(digestOf('t', other).digest).not.toBe(digestOf('t', log('a', 'b')).digest)
  })

  it('repeats few of a long log', () => {
    const { digestAt, earlierDigests } = digestOf('t', log(...Array<string>(500).fill('x')))
    expect(digestAt).toBe(500)
    expect(Object.keys(earlierDigests).map(Number)).toEqual(Array.from({ length: 64 }, (_, at) => 436 + at))
  })
})
