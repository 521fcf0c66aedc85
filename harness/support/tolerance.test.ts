import { expect, it } from 'vitest'
import { mostTolerated } from './tolerance.ts'

it.each([
  ['any', 5, Number.POSITIVE_INFINITY],
  ['minority', 1, 0],
  ['minority', 4, 1],
  ['minority', 5, 2],
  // f of 3f + 1.
  ['third', 3, 0],
  ['third', 4, 1],
  ['third', 6, 1],
  ['third', 7, 2],
  [3, 5, 3],
] as const)('%s of %i nodes are at most %d', (tolerance, nodes, most) => {
  expect(mostTolerated(tolerance, nodes)).toBe(most)
})
