/**
 * Divides a run with several nemeses into phases. If every nemesis acted all the time, the cluster would be down most of the
 * time, and a cluster that serves nothing is hardly tested. So each nemesis acts alone, some act in pairs, and only
 * sometimes many act at once; in a burst, short faults follow whichever node leads; in a calm, state builds up. After
 * each phase the cluster has time to recover.
 */
import type { Nemesis, PlanWindow } from '../api/nemesis.ts'
import type { Rng } from '../api/random.ts'
import { NS_PER_S } from '../support/time.ts'

const KINDS = ['alone', 'pair', 'burst', 'storm', 'calm'] as const
type PhaseKind = (typeof KINDS)[number]

export interface Phase {
  readonly kind: PhaseKind
  readonly fromNs: number
  readonly toNs: number
  /** The names of the nemeses that act in it. */
  readonly nemeses: readonly string[]
}

type Actor = Pick<Nemesis, 'name' | 'followsLeaders' | 'weight'>

/** Time without faults at the start, so that there is a leader when the first fault comes. */
const WARM_UP_NS = 1.5 * NS_PER_S
const PHASE_NS = 2 * NS_PER_S
const REST_NS = 0.8 * NS_PER_S
/** The phases of one round, by kind. A long run has several rounds. */
const ROUND: Readonly<Record<PhaseKind, number>> = { alone: 11, pair: 4, burst: 4, storm: 2, calm: 1 }
const ROUND_LENGTH = Object.values(ROUND).reduce((sum, count) => sum + count)
const STORM = 4

/** Nemeses for each phase in which one acts alone. If there are more turns than phases, some share one. */
const alone = (rng: Rng, actors: readonly Actor[], count: number): readonly (readonly string[])[] => {
  const turns = actors.flatMap(({ name, weight = 1 }) => Array.from({ length: weight }, () => name))
  const rounds = Math.ceil(count / turns.length)
  const all = Array.from({ length: rounds }, (_, round) => rng.fork(round).shuffle(turns)).flat()
  const isShared = turns.length > count
  const phases = Array.from({ length: count }, (_, at) =>
    isShared ? all.filter((_turn, i) => i % count === at) : [all[at] as string],
  )
  return phases.map((names) => [...new Set(names)])
}

/** One that hits leaders, and others. */
const together = (rng: Rng, actors: readonly Actor[], count: number): readonly string[] => {
  const shuffled = rng.shuffle(actors)
  const first = shuffled.find(({ followsLeaders }) => followsLeaders) ?? shuffled[0]
  const others = shuffled.filter((actor) => actor !== first)
  return [...(first === undefined ? [] : [first]), ...others].slice(0, count).map(({ name }) => name)
}

const followers = (actors: readonly Actor[]): readonly Actor[] =>
  actors.filter(({ followsLeaders }) => followsLeaders)

/** How many phases of each kind fit; each kind comes at least once if there is room for all. */
const countsFor = (capacity: number, canBurst: boolean): Readonly<Record<PhaseKind, number>> => {
  const share = (kind: PhaseKind): number => Math.round((ROUND[kind] * capacity) / ROUND_LENGTH)
  const [pair, storm, calm] = [share('pair'), share('storm'), share('calm')]
  const burst = canBurst ? share('burst') : 0
  return { pair, burst, storm, calm, alone: Math.max(1, capacity - pair - burst - storm - calm) }
}

const drawPhases = (
  rng: Rng,
  actors: readonly Actor[],
  capacity: number,
): readonly Pick<Phase, 'kind' | 'nemeses'>[] => {
  const bursting = followers(actors)
  const counts = countsFor(capacity, bursting.length > 0)
  const times = (kind: PhaseKind, draw: (own: Rng) => readonly string[]) =>
    Array.from({ length: counts[kind] }, (_, at) => ({ kind, nemeses: draw(rng.fork(kind, at)) }))
  return rng.fork('order').shuffle([
    ...alone(rng.fork('alone'), actors, counts.alone).map((some) => ({
      kind: 'alone' as const,
      nemeses: some,
    })),
    ...times('pair', (own) => together(own, actors, 2)),
    // Two take turns at the leader: while one holds the last leader down, the other hits the next.
    ...times('burst', (own) => together(own, bursting, 2)),
    ...times('storm', (own) => together(own, actors, STORM)),
    ...times('calm', () => []),
  ])
}

/**
 * The phases of a run, in order.
 *
 * @param restNs the least time between two phases: how long a node takes to start
 */
export const phasesOf = (
  rng: Rng,
  actors: readonly Actor[],
  timeLimitNs: number,
  restNs: number,
): readonly Phase[] => {
  const rest = Math.max(REST_NS, restNs)
  const available = timeLimitNs - WARM_UP_NS
  const capacity = Math.max(1, Math.floor(available / (PHASE_NS + rest)))
  const drawn = drawPhases(rng, actors, capacity)
  const lengths = drawn.map((_, at) => 0.6 + rng.fork('length', at).float() * 0.8)
  const total = lengths.reduce((sum, each) => sum + each, 0)
  const scale = (available - rest * drawn.length) / total
  let fromNs = WARM_UP_NS
  return drawn.map((phase, at) => {
    const toNs = fromNs + (lengths[at] as number) * scale
    const placed = { ...phase, fromNs: Math.round(fromNs), toNs: Math.round(toNs) }
    fromNs = toNs + rest
    return placed
  })
}

/** The windows in which a nemesis may act. */
export const windowsOf = (phases: readonly Phase[], name: string): readonly PlanWindow[] =>
  phases
    .filter(({ nemeses }) => nemeses.includes(name))
    .map(({ kind, fromNs, toNs }) => ({ fromNs, toNs, isBurst: kind === 'burst' }))
