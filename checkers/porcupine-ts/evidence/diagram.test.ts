import { expect, it } from 'vitest'
import { drawDiagram } from './diagram.ts'

it('draws one line a process, with what overlaps above one another', () => {
  const drawn = drawDiagram([
    { row: 'p0', start: 0, end: 10, label: 'write 1' },
    { row: 'p10', start: 5, end: 20, label: 'read -> 1', note: 'cannot be placed' },
    { row: 'p2', start: 12, end: null, label: 'write 2' },
  ])
  expect(`\n${drawn}`).toBe(`
 p0:  |- write 1 -|
 p2:                |- write 2 -...
p10:    |- read -> 1 -|   <-- cannot be placed`)
})
