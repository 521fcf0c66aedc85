import { describe, expect, it } from 'vitest'
import { rngFromSeed } from '../support/random.ts'
import { ddmin } from './ddmin.ts'
import { decisionOf, sequentialTest } from './sequential.ts'

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

/** Fails if it has all of these. */
const needing =
  (...needed: readonly number[]) =>
  async (subset: readonly number[]): Promise<boolean> =>
    needed.every((each) => subset.includes(each))

describe('ddmin', () => {
  it.each([[[7]], [[0, 47]], [[3, 20, 21]], [[1, 9, 17, 25, 33]]])('leaves only %j of 48', async (needed) => {
    expect(await ddmin(upTo(48), needing(...needed))).toEqual(needed)
  })

  it('leaves nothing where nothing is needed', async () =>
    expect(await ddmin(upTo(8), async () => true)).toEqual([]))

  it('leaves all where each is needed', async () =>
    expect(await ddmin(upTo(6), needing(...upTo(6)))).toEqual(upTo(6)))

  it('finds a subset from which no single element can be left out', async () => {
    const rng = rngFromSeed(3)
    for (let round = 0; round < 100; round++) {
      const size = 1 + rng.int(20)
      const ways = upTo(1 + rng.int(3)).map(() => upTo(size).filter(() => rng.float() < 0.3))
      const fails = async (subset: readonly number[]): Promise<boolean> =>
        subset.length === size || ways.some((way) => way.every((each) => subset.includes(each)))
      const left = await ddmin(upTo(size), fails)
      expect(await fails(left)).toBe(true)
      for (const one of left) expect(await fails(left.filter((each) => each !== one))).toBe(false)
    }
  })

  it('tests few subsets where one element is enough', async () => {
    let tests = 0
    await ddmin(upTo(64), async (subset) => {
      tests += 1
      return subset.includes(40)
    })
    expect(tests).toBeLessThanOrEqual(13)
  })

  it('with a sequential test finds the needed ones though runs fail in 7 of 10 only', async () => {
    const rng = rngFromSeed(4)
    const test = sequentialTest(0.5, 0.05, 30)
    let exact = 0
    for (let round = 0; round < 50; round++) {
      const left = await ddmin(upTo(24), async (subset) => {
        const rate = subset.includes(5) && subset.includes(18) ? 0.7 : 0
        const shown: boolean[] = []
        while (decisionOf(shown, test) === null) shown.push(rng.float() < rate)
        return decisionOf(shown, test) === 'often'
      })
      expect(left).toEqual(expect.arrayContaining([5, 18]))
      if (left.length === 2) exact += 1
    }
    expect(exact).toBeGreaterThanOrEqual(45)
  })
})
