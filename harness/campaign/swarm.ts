/**
 * Swarm testing (Groce et al., ISSTA 2012): each seed draws its own subset of faults, and how often, how long and under which
 * load they come. What always combines everything with the same mean times never sees a long calm, or a storm of one kind.
 */
import type { Rng } from '../api/random.ts'
import type { RunChoice } from '../api/suite.ts'
import { type Cells, callsIn } from './exercise.ts'

/** What the cases of one name can draw from. */
export interface Space {
  /** Nemeses that can be used here, within the claims -> their options that differ from the defaults, as `k=v`. */
  readonly nemeses: Readonly<Record<string, readonly string[]>>
  /** Numbers of nodes. */
  readonly nodes: readonly number[]
  /** Options of the workload that the suite chose, as `k=v`. */
  readonly workload: readonly string[]
  /** The shares of operations that it left open -> their defaults. */
  readonly shares: Readonly<Record<string, number>>
}

const LEAST_CHANCE = 0.35
const MOST_CHANCE = 0.85

/** The share of the nemesis' cells that no run has reached: 1 if it never took effect. */
const unreached = (nemesis: string, cells: Cells): number => {
  const calls = callsIn(cells)
  const own = [...cells].filter(([kind]) => kind.split('/')[0] === nemesis)
  if (own.length === 0 || calls.length === 0) return 1
  const open = own.flatMap(([, counts]) => calls.filter((call) => (counts.get(call) ?? 0) === 0))
  return open.length / (own.length * calls.length)
}

/** At least one. Those that have cells to reach are drawn more often. */
const someOf = (rng: Rng, names: readonly string[], cells: Cells): readonly string[] => {
  const chance = (name: string): number =>
    LEAST_CHANCE + (MOST_CHANCE - LEAST_CHANCE) * unreached(name, cells)
  const drawn = names.filter((name) => rng.fork(name).float() < chance(name))
  return drawn.length === 0 ? [rng.fork('one').pick(names)] : drawn
}

/** Evenly on a logarithmic scale: orders of magnitude are as likely as each other. */
const between = (rng: Rng, least: number, most: number): number =>
  Math.round(least * (most / least) ** rng.float())

/** Faults in phases, or each nemesis all the time with its own mean times. */
const timesOf = (rng: Rng): { readonly plan: string; readonly options: readonly string[] } => {
  if (rng.fork('plan').float() < 0.5) return { plan: 'phases', options: [] }
  const intervalMs = between(rng.fork('interval'), 2000, 20_000)
  const durationMs = Math.round(intervalMs * (0.15 + 0.6 * rng.fork('duration').float()))
  return { plan: 'steady', options: [`interval=${intervalMs}ms`, `duration=${durationMs}ms`] }
}

/** The odds of a share change by this factor at most: it stays what it is, rare or usual, and no kind of operation dies out. */
const MOST_ODDS = 4

/** A mix of operations, as `k=v`. */
const mixOf = (rng: Rng, shares: Space['shares']): readonly string[] =>
  Object.entries(shares).map(([name, share]) => {
    const weight = share * MOST_ODDS ** (2 * rng.fork(name).float() - 1)
    return `${name}=${Number((weight / (weight + 1 - share)).toPrecision(2))}`
  })

/**
 * The settings of one run. What the suite chose itself stays.
 *
 * @param rng of the case and its seed @param cells what runs of this case have reached so far
 */
export const drawChoice = (
  rng: Rng,
  choice: RunChoice & { readonly target: string },
  { nemeses, nodes, workload, shares }: Space,
  cells: Cells,
): RunChoice & { readonly target: string } => {
  const names = Object.keys(nemeses)
  const load = {
    nodes: rng.fork('nodes').pick(nodes),
    rate: between(rng.fork('rate'), 20, 1000),
    concurrency: between(rng.fork('concurrency'), 3, 30),
  }
  const mix = [...workload, ...mixOf(rng.fork('mix'), shares)]
  const mixed = mix.length === 0 ? {} : { workloadOpts: mix.join(',') }
  if (names.length === 0) return { ...load, ...choice, ...mixed }
  const drawn = someOf(rng.fork('nemeses'), names, cells)
  const times = timesOf(rng.fork('times'))
  const narrowed = drawn.flatMap((name) => (nemeses[name] ?? []).map((option) => `${name}.${option}`))
  const options = [...times.options, ...narrowed]
  return {
    ...load,
    plan: times.plan,
    ...choice,
    ...mixed,
    nemesis: drawn.join(','),
    ...(options.length === 0 ? {} : { nemesisOpts: options.join(',') }),
  }
}
