/**
 * Divides a run with several nemeses into phases. If every nemesis acted all the time, the cluster would be down most of the
 * time, and a cluster that serves nothing is hardly tested. So each nemesis acts alone, some act in pairs, and only
 * sometimes many act at once; in a burst, short faults follow whichever node leads, in every second one while all links or
 * disks are slow; in a calm, state builds up. At the end all nodes are down at once, if that is possible. After each phase the cluster has time to recover. Nemeses under which a healthy cluster goes on serving, such as clocks, take
 * turns beneath all that.
 */
import type { Nemesis, PlanWindow } from '../api/nemesis.ts'
import type { Rng } from '../api/random.ts'
import { NS_PER_S } from '../support/time.ts'

type PhaseKind = 'alone' | 'pair' | 'burst' | 'storm' | 'calm'

export interface Phase {
  readonly kind: PhaseKind | 'beneath' | 'outage'
  readonly fromNs: number
  readonly toNs: number
  /** The names of the nemeses that act in it. */
  readonly nemeses: readonly string[]
  /** The nemesis that makes all nodes slow in it. Absent: none. */
  readonly slowedBy?: string
}

type PhaseToPlace = Omit<Phase, 'fromNs' | 'toNs'>

type Actor = Pick<Nemesis, 'name' | 'followsLeaders' | 'isMild' | 'slows' | 'stopsAll' | 'weight'>

/** Time without faults at the start, so that there is a leader when the first fault comes. */
const WARM_UP_NS = 1.5 * NS_PER_S
const PHASE_NS = 2.8 * NS_PER_S
const REST_NS = 0.7 * NS_PER_S
/** The phases of one round, by kind. A long run has several rounds. */
const ROUND: Readonly<Record<PhaseKind, number>> = { alone: 10, pair: 4, burst: 6, storm: 2, calm: 1 }
const ROUND_LENGTH = Object.values(ROUND).reduce((sum, count) => sum + count)
const STORM = 4
/** Long enough for clients to notice, and short enough not to be missed. */
const OUTAGE_NS = 1 * NS_PER_S
/** How much longer a phase is in which everything takes longer. */
const SLOWED_LENGTH = 1.5

/** One nemesis for each of `count` turns. */
const turns = (rng: Rng, actors: readonly Actor[], count: number): readonly string[] => {
  const round = actors.flatMap(({ name, weight = 1 }) => Array.from({ length: weight }, () => name))
  if (round.length === 0) return []
  const rounds = Math.ceil(count / round.length)
  return Array.from({ length: rounds }, (_, at) => rng.fork(at).shuffle(round))
    .flat()
    .slice(0, count)
}

/** Nemeses for each phase in which one acts alone. If there are more nemeses than phases, some share one. */
const alone = (rng: Rng, actors: readonly Actor[], count: number): readonly (readonly string[])[] => {
  const all = turns(rng, actors, count)
  const left = rng.shuffle(actors.map(({ name }) => name).filter((name) => !all.includes(name)))
  return all.map((name, at) => [name, ...left.filter((_, i) => i % count === at)])
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

/** Every second one, by each nemesis that slows in turn. */
const slowed = (
  rng: Rng,
  actors: readonly Actor[],
  phases: readonly PhaseToPlace[],
): readonly PhaseToPlace[] => {
  const slowing = rng.shuffle(actors.filter(({ slows }) => slows))
  return phases.map((phase, at) => {
    const by = at % 2 === 1 ? slowing[((at - 1) / 2) % slowing.length] : undefined
    return by === undefined ? phase : { ...phase, slowedBy: by.name }
  })
}

const drawPhases = (rng: Rng, actors: readonly Actor[], capacity: number): readonly PhaseToPlace[] => {
  const bursting = followers(actors)
  const counts = countsFor(capacity, bursting.length > 0)
  const times = (kind: PhaseKind, draw: (own: Rng) => readonly string[]) =>
    Array.from({ length: counts[kind] }, (_, at) => ({ kind, nemeses: draw(rng.fork(kind, at)) }))
  return rng.fork('order').shuffle<PhaseToPlace>([
    ...alone(rng.fork('alone'), actors, counts.alone).map((some) => ({
      kind: 'alone' as const,
      nemeses: some,
    })),
    ...times('pair', (own) => together(own, actors, 2)),
    // Two take turns at the leader: while one holds the last leader down, the other hits the next.
    ...slowed(
      rng.fork('slowing'),
      actors,
      times('burst', (own) => together(own, bursting, 2)),
    ),
    ...times('storm', (own) => together(own, actors, STORM)),
    ...times('calm', () => []),
  ])
}

/** Places phases one after another, with lengths that differ, so that they fill the run. */
const place = (
  rng: Rng,
  phases: readonly PhaseToPlace[],
  timeLimitNs: number,
  restNs: number,
): readonly Phase[] => {
  const lengths = phases.map(
    ({ slowedBy }, at) =>
      (0.6 + rng.fork('length', at).float() * 0.8) * (slowedBy === undefined ? 1 : SLOWED_LENGTH),
  )
  const total = lengths.reduce((sum, each) => sum + each, 0)
  const scale = (timeLimitNs - WARM_UP_NS - restNs * phases.length) / total
  let fromNs = WARM_UP_NS
  return phases.map((phase, at) => {
    const toNs = fromNs + (lengths[at] as number) * scale
    const placed = { ...phase, fromNs: Math.round(fromNs), toNs: Math.round(toNs) }
    fromNs = toNs + restNs
    return placed
  })
}

/** Those of mild nemeses are beneath the others, and overlap them. */
const beforeOutage = (
  rng: Rng,
  actors: readonly Actor[],
  timeLimitNs: number,
  startUpNs: number,
): readonly Phase[] => {
  const restNs = Math.max(REST_NS, startUpNs)
  const roomFor = (rest: number): number =>
    Math.max(1, Math.floor((timeLimitNs - WARM_UP_NS) / (PHASE_NS + rest)))
  const mild = actors.filter(({ isMild }) => isMild)
  const others = actors.filter(({ isMild }) => !isMild)
  if (others.length === 0) return place(rng, drawPhases(rng, mild, roomFor(restNs)), timeLimitNs, restNs)
  const above = place(rng, drawPhases(rng, others, roomFor(restNs)), timeLimitNs, restNs)
  if (mild.length === 0) return above
  const own = rng.fork('beneath')
  const beneath = alone(own, mild, roomFor(REST_NS)).map((nemeses) => ({ kind: 'beneath' as const, nemeses }))
  return [...above, ...place(own, beneath, timeLimitNs, REST_NS)]
}

/**
 * The phases of a run, and an outage of all nodes at its end if a nemesis can stop them.
 *
 * @param startUpNs how long a node takes to start: the least time between two phases
 */
export const phasesOf = (
  rng: Rng,
  actors: readonly Actor[],
  timeLimitNs: number,
  startUpNs: number,
): readonly Phase[] => {
  const stopping = actors.filter(({ stopsAll }) => stopsAll).slice(0, 1)
  if (stopping.length === 0) return beforeOutage(rng, actors, timeLimitNs, startUpNs)
  const fromNs = timeLimitNs - OUTAGE_NS
  const nemeses = stopping.map(({ name }) => name)
  return [
    ...beforeOutage(rng, actors, fromNs, startUpNs),
    { kind: 'outage', fromNs, toNs: timeLimitNs, nemeses },
  ]
}

const windowKind = ({ kind, slowedBy }: Phase, name: string): PlanWindow['kind'] => {
  if (slowedBy === name) return 'slow'
  if (kind === 'outage') return kind
  if (kind !== 'burst') return 'usual'
  return slowedBy === undefined ? 'burst' : 'slowed-burst'
}

/** The windows in which a nemesis may act. */
export const windowsOf = (phases: readonly Phase[], name: string): readonly PlanWindow[] =>
  phases
    .filter(({ nemeses, slowedBy }) => nemeses.includes(name) || slowedBy === name)
    .map((phase) => ({ fromNs: phase.fromNs, toNs: phase.toNs, kind: windowKind(phase, name) }))
