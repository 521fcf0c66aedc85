/** Which runs are thinned so that the results stay within a bound. */

/**
 * - `passed`: it is thinned first;
 * - `undecided`: it proved nothing, and is thinned when no passed run is left;
 * - `failed`: it stays whole, as does one that is not judged.
 */
export type Worth = 'passed' | 'undecided' | 'failed'

export interface StoredRun {
  readonly dir: string
  readonly worth: Worth
  /** The time in the name of its folder: the earlier, the older. */
  readonly time: string
  readonly bytes: number
  /** Of these, what can be made again from the rest. */
  readonly spareBytes: number
  /** What is left of it when it is thinned. */
  readonly thinBytes: number
}

export interface Thinning {
  /** Those that lose what can be made again, whatever they are worth. It goes before anything else. */
  readonly spared: readonly StoredRun[]
  readonly runs: readonly StoredRun[]
  /** Whether the results are then within the bound. */
  readonly fits: boolean
}

const THIN_FIRST: readonly Worth[] = ['passed', 'undecided']

/** The first runs, up to the one with which the results are within the bound. */
const untilWithin = (
  runs: readonly StoredRun[],
  bytes: number,
  bound: number,
  gainOf: (run: StoredRun) => number,
): { readonly chosen: readonly StoredRun[]; readonly left: number } => {
  const chosen: StoredRun[] = []
  let left = bytes
  for (const run of runs) {
    if (left <= bound) break
    if (gainOf(run) <= 0) continue
    chosen.push(run)
    left -= gainOf(run)
  }
  return { chosen, left }
}

/** @param bytes of all results now @param bound in bytes */
export const toThin = (runs: readonly StoredRun[], bytes: number, bound: number): Thinning => {
  const oldestFirst = runs.toSorted((a, b) => a.time.localeCompare(b.time))
  const spared = untilWithin(oldestFirst, bytes, bound, ({ spareBytes }) => spareBytes)
  const order = THIN_FIRST.flatMap((worth) => oldestFirst.filter((run) => run.worth === worth))
  const thinned = untilWithin(order, spared.left, bound, (run) => run.bytes - run.spareBytes - run.thinBytes)
  return { spared: spared.chosen, runs: thinned.chosen, fits: thinned.left <= bound }
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** `5GB`, `1.5 GiB`: in bytes. Null: the text is no size. */
export const parseBytes = (text: string): number | null => {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text.trim()) ?? []
  const factor = UNITS[Object.keys(UNITS).find((name) => name.toLowerCase() === unit.toLowerCase()) ?? '']
  return number === undefined || factor === undefined ? null : Number(number) * factor
}
