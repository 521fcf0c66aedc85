/** Random small graphs, against a search that tries everything. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rngFromSeed } from '../../harness/support/random.ts'
import { componentsOf } from './components.ts'
import { EdgeList, Graph, type Kinds, PROCESS, RW, WR, WW } from './graph.ts'
import { Paths } from './paths.ts'

const VERTICES = 7
const KINDS = WW | WR | PROCESS

const drawGraph = (seed: number): Graph => {
  const rng = rngFromSeed(seed)
  const list = new EdgeList()
  const edges = rng.fork('edges').int(16)
  for (let i = 0; i < edges; i++)
    list.add(
      rng.fork('from', i).int(VERTICES),
      rng.fork('to', i).int(VERTICES),
      rng.fork('kind', i).pick([WW, WR, RW, PROCESS, PROCESS, PROCESS]),
    )
  return new Graph(VERTICES, list)
}

const isRun = (graph: Graph, edge: number | undefined, runs: Kinds): boolean =>
  edge !== undefined && ((graph.list.kind[edge] as number) & runs) !== 0

const stepsOf = (graph: Graph, path: readonly number[], runs: Kinds): number =>
  path.filter((edge, i) => !isRun(graph, edge, runs) || !isRun(graph, path[i - 1], runs)).length

/** The fewest steps, over all paths that go nowhere twice; infinite if there is none. */
const fewest = (
  graph: Graph,
  from: number,
  to: number,
  runs: Kinds,
  path: readonly number[] = [],
): number => {
  if (from === to) return stepsOf(graph, path, runs)
  const { list } = graph
  let best = Number.POSITIVE_INFINITY
  for (let edge = 0; edge < list.length; edge++) {
    const next = list.to[edge] as number
    const isTaken = path.some((each) => list.from[each] === next)
    if (list.from[edge] !== from || isTaken || ((list.kind[edge] as number) & KINDS) === 0) continue
    best = Math.min(best, fewest(graph, next, to, runs, [...path, edge]))
  }
  return best
}

it.each([0, PROCESS, PROCESS | WR])('finds a path of the fewest steps, runs of %i being one', (runs) => {
  const seen = { none: 0, some: 0, shortened: 0 }
  const isRight = fc.property(fc.nat(), (seed) => {
    const graph = drawGraph(seed)
    const paths = new Paths(graph)
    for (let from = 0; from < VERTICES; from++) {
      const before = paths.visited
      const to = (from + 1 + (seed % (VERTICES - 1))) % VERTICES
      const path = paths.find(from, to, KINDS, () => true, runs)
      const expected = fewest(graph, from, to, runs)
      expect(path === null ? Number.POSITIVE_INFINITY : stepsOf(graph, path, runs)).toBe(expected)
      // Each vertex at most once otherwise and once within a run.
      expect(paths.visited - before).toBeLessThanOrEqual(runs === 0 ? VERTICES : 2 * VERTICES)
      seen[path === null ? 'none' : 'some']++
      if (path === null) continue
      if (path.length > expected) seen.shortened++
      expect(path.map((edge) => graph.list.from[edge])).toEqual([
        from,
        ...path.slice(0, -1).map((edge) => graph.list.to[edge]),
      ])
      expect(graph.list.to[path.at(-1) as number]).toBe(to)
      expect(path.every((edge) => ((graph.list.kind[edge] as number) & KINDS) !== 0)).toBe(true)
    }
  })
  fc.assert(isRight, { seed: 5, numRuns: 1500 })
  expect(Math.min(seen.none, seen.some)).toBeGreaterThan(1000)
  expect(seen.shortened > 300).toBe(runs !== 0)
})

const graphWith = (
  vertices: number,
  edges: readonly (readonly [from: number, to: number, kind: Kinds])[],
) => {
  const list = new EdgeList()
  for (const [from, to, kind] of edges) list.add(from, to, kind)
  return new Graph(vertices, list)
}

it('takes two steps rather than a run, a step and another run', () => {
  const graph = graphWith(5, [
    ...[[0, 3, PROCESS] as const, [3, 4, WW] as const, [4, 2, PROCESS] as const],
    ...[[0, 1, WW] as const, [1, 2, WW] as const],
  ])
  expect(new Paths(graph).find(0, 2, KINDS, () => true, PROCESS)).toEqual([3, 4])
})

it('visits nothing twice that is reached within a run as soon as otherwise', () => {
  const count = 100
  const both = Array.from({ length: count }, (_, v) => [PROCESS, WW].map((kind) => [v, v + 1, kind] as const))
  const paths = new Paths(graphWith(count + 1, both.flat()))
  expect(paths.find(0, count, KINDS, () => true, PROCESS)?.length).toBe(count)
  expect(paths.visited).toBe(count + 1)
})

it('goes only where it may', () => {
  const graph = graphWith(5, [
    ...[[0, 1, WW] as const, [1, 3, WW] as const],
    ...[[0, 2, WW] as const, [2, 4, WW] as const, [4, 3, WW] as const],
  ])
  const paths = new Paths(graph)
  expect(paths.find(0, 3, WW, () => true)).toEqual([0, 1])
  expect(paths.find(0, 3, WW, (vertex) => vertex !== 1)).toEqual([2, 3, 4])
  expect(paths.find(0, 3, WR, () => true)).toBeNull()
})

it('numbers components nearly in the order of the vertices, if the search begins at the last', () => {
  const list = new EdgeList()
  const count = 1000
  for (let v = 0; v < count; v++) {
    list.add(v, (v * 7) % count > v ? (v * 7) % count : v + 1 === count ? v : v + 1, WW)
    if (v % 10 === 3) list.add(v, v - 2, WW)
  }
  const roots = Int32Array.from({ length: count }, (_, i) => count - 1 - i)
  const { of } = componentsOf(new Graph(count, list), WW, null, roots)
  const inversions = Array.from({ length: count - 3 }, (_, v) =>
    Number((of[v] as number) < (of[v + 3] as number)),
  )
  expect(inversions.reduce((sum, each) => sum + each)).toBe(0)
})
