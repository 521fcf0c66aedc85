/** What runs exercised: the coverage matrix of a campaign. */
import type { RunVerdict } from '../api/verdict.ts'

/** What a run exercised. */
export interface Exercise {
  /** Call -> ok operations that overlapped an effective fault, by kind of fault. */
  readonly during: NonNullable<RunVerdict['impact']>['use']
  /** Nemeses that were asked for. */
  readonly nemeses: readonly string[]
}

/** Kind of fault -> call -> how often it was acknowledged meanwhile, in several runs. */
export type Cells = ReadonlyMap<string, ReadonlyMap<string, number>>

/** The coverage matrix of several runs together. */
export const cellsOf = (exercises: readonly Exercise[]): Cells => {
  const cells = new Map<string, Map<string, number>>()
  for (const { during = {} } of exercises)
    for (const [kind, use] of Object.entries(during)) {
      const calls = cells.get(kind) ?? new Map<string, number>()
      cells.set(kind, calls)
      for (const [call, count] of Object.entries(use.during)) calls.set(call, (calls.get(call) ?? 0) + count)
    }
  return cells
}

/** How many cells there are, by the kinds of faults that took effect and the calls that were acknowledged in any, and reached. */
export const reachedOf = (cells: Cells): { readonly cells: number; readonly reached: number } => {
  const calls = callsIn(cells)
  const reached = [...cells.values()].flatMap((counts) => [...counts.values()].filter((count) => count > 0))
  return { cells: cells.size * calls.length, reached: reached.length }
}

/** The calls of all kinds of faults. */
export const callsIn = (cells: Cells): readonly string[] => [
  ...new Set([...cells.values()].flatMap((counts) => [...counts.keys()])),
]
