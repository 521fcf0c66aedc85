import { expect, it } from 'vitest'
import { EdgeList, Graph, RW, WR, WW } from './graph.ts'

it('a graph has the edges that its list had when it was made, by source', () => {
  const list = new EdgeList({ edges: 3, reasons: 1 })
  list.add(1, 0, WW)
  list.add(0, 2, RW)
  list.add(0, 1, WR)
  const graph = new Graph(3, list)
  // The list grows into new arrays.
  list.add(0, 1, WW)
  const { first, target, kind, edges } = graph
  expect({ first: [...first], target: [...target], kind: [...kind], edges: [...edges] }).toEqual({
    first: [0, 2, 3, 3],
    target: [2, 1, 0],
    kind: [RW, WR, WW],
    edges: [1, 2, 0],
  })
})
