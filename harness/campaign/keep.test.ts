import { describe, expect, it } from 'vitest'
import { parseBytes, type StoredRun, toThin, type Worth } from './keep.ts'

const run = (dir: string, worth: Worth, bytes = 100, thinBytes = 10, spareBytes = 0): StoredRun => ({
  ...{ dir, worth, bytes, thinBytes, spareBytes },
  time: dir,
})

describe('thinning', () => {
  const runs = [run('3', 'passed'), run('1', 'failed'), run('2', 'passed'), run('0', 'undecided')]

  it.each([
    [400, [], true],
    [399, ['2'], true],
    [310, ['2'], true],
    [309, ['2', '3'], true],
    [219, ['2', '3', '0'], true],
    [129, ['2', '3', '0'], false],
  ] as const)('to %d bytes takes %j', (bound, dirs, fits) => {
    const thinning = toThin(runs, 400, bound)
    expect(thinning.runs.map(({ dir }) => dir)).toEqual(dirs)
    expect(thinning.fits).toBe(fits)
  })

  it('does not take what is thin already', () =>
    expect(toThin([run('1', 'passed', 10, 10)], 10, 5)).toEqual({
      spared: [],
      runs: [],
      fits: false,
    }))

  it.each([
    [300, [], []],
    [299, ['1'], []],
    [269, ['1', '2'], []],
    [240, ['1', '2'], []],
    [239, ['1', '2'], ['2']],
    [150, ['1', '2'], ['2', '3']],
  ])('to %d bytes takes first what can be made again, of failed runs too', (bound, spared, thinned) => {
    const large = [run('3', 'passed'), run('1', 'failed', 100, 10, 30), run('2', 'passed', 100, 10, 30)]
    const thinning = toThin(large, 300, bound)
    expect(thinning.spared.map(({ dir }) => dir)).toEqual(spared)
    expect(thinning.runs.map(({ dir }) => dir)).toEqual(thinned)
    expect(thinning.fits).toBe(true)
  })

  it.each([
    ['5GB', 5e9],
    ['1.5 GiB', 1.5 * 2 ** 30],
    ['10kb', 10_000],
    ['5', null],
    ['-5GB', null],
    ['5 parsecs', null],
  ])('%s is %s bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes))
})
