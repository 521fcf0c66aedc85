/**
 * `npm run bench:byzantine`: every target that has words for lies, with as many traitors as it tolerates and with one more.
 * It prints in how many of the seeds something broke among the nodes that are honest, what broke, and which lies were told.
 * A target that tolerates none is run with one traitor of 3 and of 5; one that tolerates a third with f and with f + 1
 * of 3f + 1 nodes, for f = 1 and 2.
 */
import { targets } from '../../../targets/index.ts'
import { workloads } from '../../../workloads/index.ts'
import type { LieTold } from '../../api/nemesis.ts'
import type { Target } from '../../api/target.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { loadBesides } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { REGISTER } from '../../vocabularies/register.ts'
import { parseOptions } from '../run/options.ts'
import { runOnce } from './run-once.ts'

export interface ByzantineSettings {
  readonly seeds: number
  /** Only cases whose name, such as `pbft, 3 of 7 nodes lie`, contains this text. */
  readonly only: string | undefined
}

interface Case {
  readonly target: Target
  readonly nodes: number
  readonly traitors: number
  /** What must come of it. */
  readonly wanted: 'holds' | 'breaks'
}

interface Outcome {
  readonly seed: number
  readonly status: RunVerdict['status'] | 'not run'
  /** The first sentence of each checker that found something broken. */
  readonly broken: readonly string[]
  readonly told: readonly LieTold[]
}

const RESULTS = 'results/bench-byzantine'
const SHOWN_CHARACTERS = 160

const toleratesThem = (target: Target): boolean => {
  const options = parseOptions(`target ${target.name}`, undefined, target.options)
  return target.claims(options, REGISTER).tolerates.byzantine !== undefined
}

const casesOf = (target: Target): readonly Case[] => {
  if (!toleratesThem(target)) return [3, 5].map((nodes) => ({ target, nodes, traitors: 1, wanted: 'breaks' }))
  return [1, 2].flatMap((f): Case[] => [
    { target, nodes: 3 * f + 1, traitors: f, wanted: 'holds' },
    { target, nodes: 3 * f + 1, traitors: f + 1, wanted: 'breaks' },
  ])
}

/**
 * A leader's lies do the most harm, so the first traitor leads. Leaders are killed where that is no fault too many: what a traitor
 * did to others shows when they lead.
 */
const argsOf = ({ target, nodes, traitors, wanted }: Case): readonly string[] => {
  const kills = wanted === 'breaks' && !toleratesThem(target)
  const options = [
    `byzantine.traitors=${traitors}`,
    'byzantine.victims=leader',
    'byzantine.interval=3s',
    'byzantine.duration=3s',
    ...(kills ? ['kill.victims=leader', 'kill.interval=4s'] : []),
  ]
  return [
    ...[
      target.name,
      '--env',
      'namespaces',
      '--nodes',
      String(nodes),
      '-w',
      'register',
      '--time-limit',
      '25s',
    ],
    ...[
      '-n',
      kills ? 'byzantine,kill' : 'byzantine',
      '--plan',
      'steady',
      '--nemesis-opts',
      options.join(','),
    ],
    ...['--expect', 'linearizable'],
  ]
}

const runCase = async (each: Case, seed: number): Promise<Outcome> => {
  const ran = await runOnce([...argsOf(each), '--seed', String(seed)], RESULTS)
  if ('error' in ran) return { seed, status: 'not run', broken: [ran.error], told: [] }
  const broken = ran.verdicts
    .filter(({ status }) => status === 'invalid')
    .map(({ checker, summary }) => `${checker}: ${summary}`.slice(0, SHOWN_CHARACTERS))
  const { faults } = loadBesides(ran.runDir)
  const told = (faults ?? []).flatMap(({ effects }) => effects.at(-1)?.lies ?? [])
  return { seed, status: ran.status, broken, told }
}

const sum = (told: readonly LieTold[]): number => told.reduce((total, { count }) => total + count, 0)

/** Such as `n3 to n1: 12 entries-differ, 3 replay`. */
const liesInWords = (told: readonly LieTold[]): readonly string[] =>
  [...Map.groupBy(told, ({ by, to }) => `${by} to ${to}`)].map(([who, some]) => {
    const each = [...Map.groupBy(some, ({ lie }) => lie)].map(([lie, same]) => `${sum(same)} ${lie}`)
    return `${who}: ${each.join(', ')}`
  })

const isBroken = ({ status, broken }: Outcome): boolean => status !== 'not run' && broken.length > 0

const nameOf = ({ target, nodes, traitors }: Case): string =>
  `${target.name}, ${traitors} of ${nodes} nodes lie`

const describe = (each: Case, outcomes: readonly Outcome[]): string => {
  const count = (isWanted: (outcome: Outcome) => boolean): number => outcomes.filter(isWanted).length
  const valid = count(({ status }) => status === 'valid')
  const head = `${nameOf(each).padEnd(32)} ${each.wanted === 'holds' ? 'must hold ' : 'must break'}  broke in ${count(isBroken)}, valid in ${valid} of ${outcomes.length} seeds`
  const details = outcomes.flatMap(({ seed, status, broken, told }) => [
    `  seed ${seed}: ${status}`,
    ...broken.map((text) => `    ${text}`),
    ...liesInWords(told).map((text) => `    ${text}`),
  ])
  return `${[head, ...details].join('\n')}\n`
}

/** Broken in some seed; a run is short, and a lie does harm only at the right moment. */
const isAsWanted = ({ wanted }: Case, outcomes: readonly Outcome[]): boolean =>
  wanted === 'breaks' ? outcomes.some(isBroken) : outcomes.every(({ status }) => status === 'valid')

/** Exit code 0 only if all targets hold or break as they must. */
export const benchByzantineCommand = async ({ seeds, only = '' }: ByzantineSettings): Promise<number> => {
  const { register } = workloads
  const speaking = Object.values(targets).filter(
    ({ byzantine, clients }) =>
      byzantine !== undefined && register !== undefined && clients[register.vocabulary.name] !== undefined,
  )
  let isGood = true
  for (const each of speaking.flatMap(casesOf).filter((one) => nameOf(one).includes(only))) {
    const outcomes: Outcome[] = []
    for (let seed = 1; seed <= seeds; seed++) outcomes.push(await runCase(each, seed))
    process.stdout.write(describe(each, outcomes))
    isGood = isAsWanted(each, outcomes) && isGood
  }
  return isGood ? EXIT_CODES.valid : EXIT_CODES.invalid
}
