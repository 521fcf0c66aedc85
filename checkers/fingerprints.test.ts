import { describe, expect, it } from 'vitest'
import { Fingerprints } from './fingerprints.ts'

describe('fingerprints', () => {
  it('knows what was added, and nothing else, among a hundred thousand that hardly differ', () => {
    const known = new Fingerprints()
    const name = (i: number): string => `${i % 97}=${i}`
    for (let i = 0; i < 100_000; i++) known.add(name(2 * i))
    expect(known.size).toBe(100_000)
    for (let i = 0; i < 200_000; i++) expect(known.has(name(i))).toBe(i % 2 === 0)
    known.add(name(0))
    expect(known.size).toBe(100_000)
  })

  it('tells texts apart that are parts of each other', () => {
    const known = new Fingerprints()
    known.add('')
    known.add('ab')
    expect(['', 'ab', 'a', 'b', 'ba', 'abab', '\0'].map((text) => known.has(text))).toEqual([
      ...[true, true],
      ...[false, false, false, false, false],
    ])
  })
})
