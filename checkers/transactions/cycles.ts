/**
 * Cycles in the dependency graph, classified by the kinds of their edges (Adya 1999; Kingsbury and Alvaro 2020, section
 * 6.2). For each strongly connected component it finds the worst cycle, and the shortest one that a search from many of
 * the edges finds.
 */
import { CYCLES, type CycleName, SUFFIXES, type Suffix } from './anomalies.ts'
import { type Components, componentsOf } from './components.ts'
import {
  antiWithin,
  BY_READS,
  BY_VIEWS,
  BY_WRITES,
  EdgeList,
  type Graph,
  graphOf,
  type Kinds,
  PROCESS,
  REAL_TIME,
  type Scope,
  type Strength,
  WR,
  WW_KINDS,
  writesWithin,
} from './graph.ts'
import { Paths } from './paths.ts'

/** Indices of edges; each edge begins where the previous one ends, and the last ends where the first begins. */
export type CycleEdges = readonly number[]

export interface CycleSearch {
  /** Called once for each component that holds such a cycle; the cycle itself is computed only on request. */
  found(anomaly: `${CycleName}${Suffix}`, cycle: () => CycleEdges): void
  /** Whether it is still worth looking for such cycles. */
  wanted(anomaly: `${CycleName}${Suffix}`): boolean
}

const EXTRA: readonly Kinds[] = [0, PROCESS, PROCESS | REAL_TIME]
/** The shortest of the cycles that start at this many edges of a component is reported. */
const TRIES = 64
/** The search for a shorter cycle ends after this many visited vertices. */
const MOST_VISITS_FOR_SHORTER = 2_000_000
/** Vertices that searches may visit without success, on each level. After that, only components classify cycles. */
const MOST_VISITS = 10_000_000

/** The part of the graph that lies on some cycle of these kinds, renumbered: the cost depends on this part, not on the whole history. */
interface Cyclic {
  readonly graph: Graph
  /** Edge here -> edge in the whole graph. */
  readonly origin: readonly number[]
}

const cyclicPart = (whole: Graph, kinds: Kinds): Cyclic => {
  const components = componentsOf(whole, kinds)
  const numbers = new Int32Array(whole.vertices)
  const list = new EdgeList()
  const origin: number[] = []
  let vertices = 0
  for (const component of components.cyclic) for (const v of component) numbers[v] = vertices++
  for (const v of components.cyclic.flatMap((component) => [...component])) {
    for (let at = whole.first[v] as number; at < (whole.first[v + 1] as number); at++) {
      const [w, kind] = [whole.target[at] as number, whole.kind[at] as number]
      if ((kind & kinds) === 0 || components.of[v] !== components.of[w]) continue
      list.add(numbers[v] as number, numbers[w] as number, kind)
      origin.push(whole.edges[at] as number)
    }
  }
  return { graph: graphOf(vertices, list), origin }
}

/**
 * A graph with each vertex twice: `2v` if the last step was a dependency, `2v + 1` if it was an anti-dependency, after which
 * only a dependency may follow. So a cycle in this graph has no two anti-dependencies in a row.
 */
const alternating = (graph: Graph, components: Components, dependencies: Kinds, anti: Kinds): Graph => {
  const list = new EdgeList()
  const { list: edges } = graph
  for (let i = 0; i < edges.length; i++) {
    const [from, to, kind] = [edges.from[i] as number, edges.to[i] as number, edges.kind[i] as number]
    if (components.of[from] !== components.of[to]) continue
    // The version field carries the index of the edge.
    if ((kind & dependencies) !== 0) {
      list.add(2 * from, 2 * to, kind, -1, i)
      list.add(2 * from + 1, 2 * to, kind, -1, i)
    } else if ((kind & anti) !== 0) list.add(2 * from, 2 * to + 1, kind, -1, i)
  }
  return graphOf(2 * graph.vertices, list)
}

/** One scope: the dependencies that follow in it, and the orders that count as dependencies. */
class Level {
  readonly #graph: Graph
  readonly #dependencies: Kinds
  readonly #anti: Kinds
  readonly #paths: Paths
  readonly #all: Components
  readonly #byDependency: Components
  readonly #alternating: Graph
  readonly #alternatingComponents: Components
  readonly #alternatingPaths: Paths

  constructor(graph: Graph, dependencies: Kinds, anti: Kinds) {
    this.#graph = graph
    this.#dependencies = dependencies
    this.#anti = anti
    this.#paths = new Paths(graph)
    this.#all = componentsOf(graph, dependencies | anti)
    this.#byDependency = componentsOf(graph, dependencies, this.#all)
    this.#alternating = alternating(graph, this.#all, dependencies, anti)
    this.#alternatingComponents = componentsOf(this.#alternating, dependencies | anti)
    this.#alternatingPaths = new Paths(this.#alternating)
  }

  get #visited(): number {
    return this.#paths.visited + this.#alternatingPaths.visited
  }

  get components(): readonly Int32Array[] {
    return this.#all.cyclic
  }

  /** Cycles of these kinds with at least one edge of the first kinds. */
  writeCycles(first: Kinds, kinds: Kinds): readonly (() => CycleEdges)[] {
    const components = componentsOf(this.#graph, kinds, this.#all)
    return components.cyclic.flatMap((vertices) => {
      const number = components.of[vertices[0] as number]
      const may = (v: number): boolean => components.of[v] === number
      if (!this.#hasEdge(vertices, first, may)) return []
      return [
        () => this.#shortest(vertices, first, (from, to) => this.#paths.find(from, to, kinds, may), may),
      ]
    })
  }

  #hasEdge(vertices: Int32Array, kinds: Kinds, may: (v: number) => boolean): boolean {
    const { first, target, kind } = this.#graph
    return vertices.some((v) => {
      for (let at = first[v] as number; at < (first[v + 1] as number); at++)
        if (((kind[at] as number) & kinds) !== 0 && may(target[at] as number)) return true
      return false
    })
  }

  /** The shortest of the cycles that begin with an edge of these kinds; empty if there is none. */
  #shortest(
    vertices: Int32Array,
    kinds: Kinds,
    back: (from: number, to: number) => CycleEdges | null,
    may: (v: number) => boolean,
  ): CycleEdges {
    const { first, target, kind, edges } = this.#graph
    let best: CycleEdges = []
    let tries = 0
    const enough = this.#visited + MOST_VISITS_FOR_SHORTER
    for (const v of vertices) {
      for (let at = first[v] as number; at < (first[v + 1] as number); at++) {
        const w = target[at] as number
        if (((kind[at] as number) & kinds) === 0 || !may(w)) continue
        const path = back(w, v)
        if (path === null) continue
        if (best.length === 0 || path.length + 1 < best.length) best = [edges[at] as number, ...path]
        if (best.length === 2 || ++tries === TRIES || this.#visited > enough) return best
      }
    }
    return best
  }

  #inComponentOf(vertices: Int32Array): (v: number) => boolean {
    const number = this.#all.of[vertices[0] as number]
    return (v) => this.#all.of[v] === number
  }

  /** A cycle of one anti-dependency and otherwise dependencies. */
  single(vertices: Int32Array): CycleEdges {
    const { of } = this.#alternatingComponents
    const rank = this.#byDependency.of
    const within = this.#inComponentOf(vertices)
    const back = (from: number, to: number): CycleEdges | null => {
      if (of[2 * from + 1] !== of[2 * to] || this.#paths.visited > MOST_VISITS) return null
      // Components are numbered against the direction of their edges, so vertices outside this range lie on no path.
      const [most, least] = [rank[from] as number, rank[to] as number]
      if (most < least) return null
      const may = (v: number): boolean =>
        within(v) && (rank[v] as number) <= most && (rank[v] as number) >= least
      return this.#paths.find(from, to, this.#dependencies, may)
    }
    return this.#shortest(vertices, this.#anti, back, within)
  }

  /** A cycle with anti-dependencies, no two in a row. */
  nonadjacent(vertices: Int32Array): CycleEdges {
    const { of } = this.#alternatingComponents
    const { list } = this.#alternating
    const back = (from: number, to: number): CycleEdges | null => {
      const number = of[2 * to]
      if (of[2 * from + 1] !== number) return null
      const may = (v: number): boolean => of[v] === number
      const path = this.#alternatingPaths.find(2 * from + 1, 2 * to, this.#dependencies | this.#anti, may)
      return path?.map((edge) => list.before[edge] as number) ?? null
    }
    return this.#shortest(vertices, this.#anti, back, this.#inComponentOf(vertices))
  }

  any(vertices: Int32Array): CycleEdges {
    const may = this.#inComponentOf(vertices)
    return this.#shortest(
      vertices,
      this.#anti,
      (from, to) => this.#paths.find(from, to, this.#dependencies | this.#anti, may),
      may,
    )
  }
}

const searchLevel = (level: Level, scope: Scope, graph: Graph, search: CycleSearch): void => {
  const suffix = SUFFIXES[scope] as Suffix
  const extra = EXTRA[scope] as Kinds
  const name = (cycle: CycleName): `${CycleName}${Suffix}` => `${cycle}${suffix}`
  const report = (cycle: CycleName, first: Kinds, strength: Strength): void => {
    if (!search.wanted(name(cycle))) return
    const reads = strength === BY_WRITES ? 0 : WR
    for (const found of level.writeCycles(first, writesWithin(scope, strength) | reads | extra))
      search.found(name(cycle), found)
  }
  report('G0', writesWithin(scope, BY_WRITES), BY_WRITES)
  report('G1c', WR | ofStrength(BY_READS), BY_READS)
  if (!(['G-single', 'G-nonadjacent', 'G2-item'] as const).some((each) => search.wanted(name(each)))) return
  // An order of versions that takes the absence of G-single for granted hides an anti-dependency.
  report('G-single', ofStrength(BY_VIEWS), BY_VIEWS)
  for (const vertices of level.components) {
    const single = level.single(vertices)
    const cycle = single.length > 0 ? single : level.nonadjacent(vertices)
    const found = cycle.length > 0 ? cycle : level.any(vertices)
    if (found.length === 0) continue
    const antiDependencies = found.filter(
      (edge) => ((graph.list.kind[edge] as number) & antiWithin(scope)) !== 0,
    ).length
    const what: CycleName =
      antiDependencies === 1 ? 'G-single' : cycle.length > 0 ? 'G-nonadjacent' : 'G2-item'
    if (search.wanted(name(what))) search.found(name(what), () => found)
  }
}

/** WW edges of all scopes and of one strength. */
const ofStrength = (strength: number): Kinds =>
  WW_KINDS.reduce((all, kinds) => all | (kinds[strength] as Kinds), 0)

/**
 * @param count the number of transactions
 * @param edges of all kinds
 */
export const findCycles = (count: number, edges: EdgeList, search: CycleSearch): void => {
  const whole = graphOf(count, edges)
  const dependencies = (scope: Scope): Kinds => writesWithin(scope, BY_VIEWS) | WR | (EXTRA[scope] as Kinds)
  if (componentsOf(whole, dependencies(2) | antiWithin(2)).cyclic.length === 0) return
  for (const scope of [0, 1, 2] as const) {
    if (!CYCLES.some((cycle) => search.wanted(`${cycle}${SUFFIXES[scope] as Suffix}`))) continue
    const { graph, origin } = cyclicPart(whole, dependencies(scope) | antiWithin(scope))
    searchLevel(new Level(graph, dependencies(scope), antiWithin(scope)), scope, graph, {
      wanted: (anomaly) => search.wanted(anomaly),
      found: (anomaly, cycle) => search.found(anomaly, () => cycle().map((edge) => origin[edge] as number)),
    })
  }
}
