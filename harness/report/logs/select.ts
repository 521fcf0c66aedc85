/**
 * Which lines of the logs a page holds. Errors and what stands around the evidence and the faults come first; the rest is
 * thinned evenly. What is left out is counted where it stood.
 */
import { NS_PER_MS } from '../../support/time.ts'
import type { LogLine } from './align.ts'
import { firstAtLeast, spread } from './places.ts'

export interface LogLimits {
  /** Times of the run around which lines matter: of evidence first, then of faults. */
  readonly interestingNs: readonly number[]
  readonly mostLines: number
  /** Of their texts, in UTF-16 code units. */
  readonly mostCharacters: number
}

/** Lines this close to an interesting time come before others. */
const NEAR_NS = 2000 * NS_PER_MS

const distanceTo = (sorted: readonly number[], placeNs: number | null): number => {
  if (placeNs === null) return Number.POSITIVE_INFINITY
  const at = firstAtLeast(sorted, placeNs)
  const [before, after] = [sorted[at - 1], sorted[at]]
  return Math.min(
    before === undefined ? Number.POSITIVE_INFINITY : placeNs - before,
    after === undefined ? Number.POSITIVE_INFINITY : after - placeNs,
  )
}

/** 0: serious and near; 1: near; 2: serious; 3: the rest. */
const classOf = ({ level }: LogLine, distanceNs: number): number => {
  const isSerious = level === 'fatal' || level === 'error' || level === 'warn'
  if (distanceNs <= NEAR_NS) return isSerious ? 0 : 1
  return isSerious ? 2 : 3
}

/** The indices of the lines that fit, ascending. */
export const selectLines = (lines: readonly LogLine[], limits: LogLimits): readonly number[] => {
  const characters = lines.reduce((sum, { text }) => sum + text.length, 0)
  if (lines.length <= limits.mostLines && characters <= limits.mostCharacters) return lines.map((_, i) => i)
  const sorted = limits.interestingNs.toSorted((a, b) => a - b)
  const ranked = lines.map((line, index) => {
    const distance = distanceTo(sorted, line.placeNs)
    const rank = classOf(line, distance)
    // Near lines by their distance, the others evenly.
    return { index, rank, within: rank < 2 ? distance : spread(index), length: line.text.length }
  })
  ranked.sort((a, b) => a.rank - b.rank || a.within - b.within || a.index - b.index)
  const chosen: number[] = []
  let held = 0
  for (const { index, length } of ranked) {
    if (chosen.length === limits.mostLines) break
    if (held + length > limits.mostCharacters) continue
    held += length
    chosen.push(index)
  }
  return chosen.sort((a, b) => a - b)
}
