/** The cases of a suite: each is one run, as the words of its command. */
import type { OptionsText, RunChoice, Suite } from '../api/suite.ts'
import { flagOf } from '../support/flag.ts'
import type { Space } from './swarm.ts'

/** One run of a campaign. */
export interface Case {
  /** What its suite combined, such as `raft queue partition,kill`, without the seed. */
  readonly name: string
  readonly choice: RunChoice & { readonly target: string }
  readonly seed: number
  /** What it must show, one of them. Empty: nothing, it must be valid. */
  readonly expected: readonly string[]
  /** What its settings are drawn from when it is run. Absent: they are as they are. */
  readonly swarm?: Space
  /** The remembered plan that it repeats. Absent: none. */
  readonly remembered?: string
}

/** As on the command line. */
export const optionsText = (options: OptionsText): string =>
  typeof options === 'string'
    ? options
    : Object.entries(options)
        .map(([name, value]) => `${name}=${value}`)
        .join(',')

type Value = string | number | boolean

const plain = (value: OptionsText | Value): Value => (typeof value === 'object' ? optionsText(value) : value)

/** The settings that were chosen, as values. */
const chosen = (choice: RunChoice): readonly (readonly [string, Value])[] =>
  Object.entries(choice).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, plain(value as OptionsText | Value)] as const],
  )

/** The words behind `faultline run`. */
export const wordsOf = ({ choice, seed }: Pick<Case, 'choice' | 'seed'>): readonly string[] => [
  choice.target,
  ...chosen(choice).flatMap(([name, value]) => {
    if (name === 'target' || value === false) return []
    return value === true ? [flagOf(name)] : [flagOf(name), String(value)]
  }),
  ...['--seed', String(seed)],
]

const agrees = (choice: RunChoice, pattern: RunChoice): boolean => {
  const values = new Map(chosen(choice))
  return chosen(pattern).every(([name, value]) => values.get(name) === value)
}

/** Their values need no name. */
const BARE: readonly string[] = ['target', 'bug', 'workload', 'incident', 'nemesis']

/** What was combined, without what all cases share. */
const nameOf = (choice: RunChoice): string => {
  const values = new Map(chosen(choice))
  const others = [...values].filter(([name]) => !BARE.includes(name))
  return [
    ...BARE.flatMap((name) => values.get(name) ?? []),
    ...others.map(([name, value]) => `${name}=${value}`),
  ].join(' ')
}

const asChoice = (entry: string | RunChoice, name: 'target' | 'workload' | 'nemesis'): RunChoice =>
  typeof entry === 'string' ? { [name]: entry } : entry

/** @param seeds their number, from 1 on, or themselves */
export const seedsOf = (seeds: Suite['seeds'] = 1): readonly number[] =>
  typeof seeds === 'number' ? Array.from({ length: seeds }, (_, at) => at + 1) : seeds

/** The settings of a case. */
export type Combined = RunChoice & { readonly target: string }

/** The workloads whose calls a target answers with its options, for suites that ask for all. */
export type WorkloadsOf = (target: Combined) => readonly string[]

/** Each target with the settings of its own and those of all cases. */
export const targetsOf = ({ targets, settings }: Suite): readonly Combined[] =>
  targets.map((entry) => {
    const own = asChoice(entry, 'target')
    return { ...settings, ...own, target: own.target as string }
  })

const combinations = (suite: Suite, workloadsOf: WorkloadsOf): readonly Combined[] =>
  suite.targets.flatMap((entry, at) => {
    const target = asChoice(entry, 'target')
    const name = target.target as string
    const workloads =
      suite.workloads === 'all' ? workloadsOf(targetsOf(suite)[at] as Combined) : (suite.workloads ?? [{}])
    return workloads.flatMap((workload) =>
      (suite.nemeses ?? [{}]).flatMap((nemesis) =>
        (suite.variants ?? [{}]).map((variant) => ({
          ...target,
          ...asChoice(workload, 'workload'),
          ...asChoice(nemesis, 'nemesis'),
          ...variant,
          target: variant.target ?? name,
        })),
      ),
    )
  })

/**
 * All cases. The first seed of each combination comes before the second of any, so that a suite that ends early has tried
 * everything once.
 */
export const casesOf = (suite: Suite, workloadsOf: WorkloadsOf): readonly Case[] => {
  const { settings = {}, exclude = [], expectations = [] } = suite
  const kept = combinations(suite, workloadsOf)
    .map((combined) => ({ name: nameOf(combined), choice: { ...settings, ...combined } }))
    .filter(({ choice }) => !exclude.some((pattern) => agrees(choice, pattern)))
  return seedsOf(suite.seeds).flatMap((seed) =>
    kept.map(({ name, choice }) => ({
      name,
      choice,
      seed,
      expected: expectations.find(({ when }) => agrees(choice, when))?.findings ?? [],
    })),
  )
}

/** Names that two combinations share: the suite would run the same twice. */
export const repeatedNames = (cases: readonly Case[]): readonly string[] =>
  [...Map.groupBy(cases, ({ name, seed }) => `${name} --seed ${seed}`)]
    .filter(([, same]) => same.length > 1)
    .map(([name]) => name)

/** Every n-th case of `count` shards, from the `index`-th on (1 is the first). */
export const shardOf = (cases: readonly Case[], index: number, count: number): readonly Case[] =>
  cases.filter((_, at) => at % count === index - 1)
