/** How many nodes a claim lets a fault hit. */
import type { Tolerance } from '../api/claims.ts'

/** Infinity: any number. */
export const mostTolerated = (tolerance: Tolerance, nodes: number): number => {
  if (tolerance === 'any') return Number.POSITIVE_INFINITY
  if (tolerance === 'minority') return Math.floor((nodes - 1) / 2)
  return tolerance === 'third' ? Math.floor((nodes - 1) / 3) : tolerance
}
