import { describe, expect, it } from 'vitest'
import { Codes } from './codes.ts'

describe('codes', () => {
  it.each<[string, (i: number) => number]>([
    ['counted up', (i) => i],
    ['negative', (i) => -i],
    ['far apart', (i) => Math.imul(i, 32769)],
    ['high bits only', (i) => i << 16],
    ['any', (i) => Math.imul(i, 0x9e3779b1) ^ 77],
  ])('are given once each, in order of first appearance: values %s', (_name, numberAt) => {
    const codes = new Codes()
    const known = new Map<number, number>()
    for (let i = 0; i < 40_000; i++) {
      const value = numberAt(i % 30_000) | 0
      if (!known.has(value)) known.set(value, known.size)
      if (codes.codeOf(value) !== known.get(value)) throw new Error(`value ${value}`)
    }
    expect(codes.size).toBe(known.size)
  })
})
