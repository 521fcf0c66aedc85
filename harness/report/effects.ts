/** What the outside world saw: the lines that services kept, at their times in the run. */
import { clip } from '../support/visible.ts'

export interface PageEffect {
  readonly service: string
  readonly atMs: number
  /** `done`, or why it was refused. */
  readonly outcome: string
  readonly text: string
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** A line may be a megabyte long, and nobody reads that on a page. */
const MAX_TEXT = 2000

const textOf = (line: Readonly<Record<string, unknown>>): string =>
  clip(
    Object.entries(line)
      .filter(([name]) => name !== 'clockMs' && name !== 'seq')
      .map(([name, value]) => `${name} ${isObject(value) ? JSON.stringify(value) : value}`)
      .join(', '),
    MAX_TEXT,
  )

const effectIn = (service: string, line: unknown, zeroMs: number): readonly PageEffect[] => {
  if (!isObject(line) || typeof line.clockMs !== 'number') return []
  const refused = line.refused
  return [
    {
      service,
      atMs: line.clockMs - zeroMs,
      outcome: typeof refused === 'string' ? clip(refused, MAX_TEXT) : 'done',
      text: textOf(line),
    },
  ]
}

/**
 * Lines without a time are left out.
 *
 * @param zeroMs the wall clock at time zero of the run, in ms since the epoch
 */
export const effectsOf = (
  services: Readonly<Record<string, readonly unknown[]>>,
  zeroMs: number,
): readonly PageEffect[] =>
  Object.entries(services)
    .flatMap(([service, lines]) => lines.flatMap((line) => effectIn(service, line, zeroMs)))
    .sort((a, b) => a.atMs - b.atMs)
