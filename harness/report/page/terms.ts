/** The terms of a run, by what its nodes said of themselves: who had which, and who led it. Pure. */
import type { PageRole } from '../nodes.ts'

export interface Term {
  readonly term: number
  /** When a node was first seen in it. */
  readonly fromMs: number
  /** When a node was first seen in a later one, or was last seen in it. */
  readonly toMs: number
  /** What its nodes were in it, in order of time. */
  readonly roles: readonly PageRole[]
  /** Nodes that were seen to lead it, and since when. More than one breaks an election. */
  readonly leaders: readonly { readonly node: string; readonly fromMs: number }[]
  /** Nodes that others took for its leader, without being seen to lead. */
  readonly named: readonly string[]
}

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)]

const termOf = (term: number, roles: readonly PageRole[], nextMs: number): Term => {
  const leading = roles.filter(({ role }) => role === 'leader')
  const leaders = distinct(leading.map(({ node }) => node)).map((node) => ({
    node,
    fromMs: Math.min(...leading.filter((role) => role.node === node).map(({ startMs }) => startMs)),
  }))
  const led = new Set(leaders.map(({ node }) => node))
  const fromMs = roles.reduce((least, { startMs }) => Math.min(least, startMs), Number.POSITIVE_INFINITY)
  const lastMs = roles.reduce((most, { endMs }) => Math.max(most, endMs), fromMs)
  return {
    term,
    fromMs,
    toMs: Math.max(fromMs, Math.min(nextMs, lastMs)),
    roles,
    leaders,
    named: distinct(roles.flatMap(({ leader }) => leader ?? [])).filter((node) => !led.has(node)),
  }
}

/** In ascending order. Targets whose status has no terms have none. */
export const termsOf = (roles: readonly PageRole[]): readonly Term[] => {
  const byTerm = new Map<number, PageRole[]>()
  for (const role of roles) {
    if (role.term === null) continue
    const own = byTerm.get(role.term)
    if (own === undefined) byTerm.set(role.term, [role])
    else own.push(role)
  }
  const terms: Term[] = []
  let nextMs = Number.POSITIVE_INFINITY
  for (const [term, own] of [...byTerm].sort(([a], [b]) => b - a)) {
    const made = termOf(term, own, nextMs)
    nextMs = Math.min(nextMs, made.fromMs)
    terms.push(made)
  }
  return terms.reverse()
}
