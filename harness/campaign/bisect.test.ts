import { describe, expect, it } from 'vitest'
import { bisect, type Judgement } from './bisect.ts'

/** `GGB`: two good ones, then a bad one; `?` is undecided. Also returns which were judged. */
const bisected = async (list: string) => {
  const judged: number[] = []
  const names: Readonly<Record<string, Judgement>> = { G: 'good', B: 'bad', '?': 'undecided' }
  const result = await bisect(list.length, async (at) => {
    judged.push(at)
    return names[list.charAt(at)] as Judgement
  })
  return { result, judged }
}

describe('bisect', () => {
  it('finds the first bad one wherever it is', async () => {
    for (let count = 2; count <= 17; count++)
      for (let firstBad = 1; firstBad < count; firstBad++) {
        const list = 'G'.repeat(firstBad) + 'B'.repeat(count - firstBad)
        const { result, judged } = await bisected(list)
        expect(result).toEqual({ type: 'found', lastGood: firstBad - 1, firstBad })
        expect(judged).toHaveLength(new Set(judged).size)
        expect(judged.length).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(count)))
      }
  })

  it('refuses a list whose first is bad or whose last is good', async () => {
    expect((await bisected('BBB')).result).toEqual({ type: 'first is bad' })
    expect((await bisected('GBG')).result).toEqual({ type: 'last is good' })
  })

  it('stops where it cannot decide', async () => {
    expect((await bisected('GGG?BBB')).result).toEqual({ type: 'undecided', at: 3 })
    expect((await bisected('GG?')).result).toEqual({ type: 'undecided', at: 2 })
    expect((await bisected('?GB')).result).toEqual({ type: 'undecided', at: 0 })
  })
})
