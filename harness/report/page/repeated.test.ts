import { expect, it } from 'vitest'
import { grouped, lastSaid } from './repeated.ts'

it('what a process said last is its last line, whenever that was', () => {
  const said = (text: string): string => lastSaid({ lastWords: text })
  expect(said('2026-11-27T15:22:53.551Z damaged\n2026-11-27T15:22:54.761Z refusing to start\n')).toBe(
    'refusing to start',
  )
  expect(said('no time at all')).toBe('no time at all')
  expect(said('')).toBe('')
})

it('what repeats itself comes together, where it was first', () => {
  expect(grouped([1, 2, 3, 4, 7], (each) => String(each % 3))).toEqual([[1, 4, 7], [2], [3]])
})
