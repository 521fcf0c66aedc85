/** The cases of a suite, each checked as `faultline run` would check it, before anything starts. */
import { workloads } from '../../../workloads/index.ts'
import type { Suite } from '../../api/suite.ts'
import type { Reach } from '../../campaign/advice.ts'
import {
  type Case,
  type Combined,
  casesOf,
  optionsText,
  repeatedNames,
  targetsOf,
  wordsOf,
} from '../../campaign/cases.ts'
import type { Space } from '../../campaign/swarm.ts'
import { UserError } from '../../support/assert.ts'
import { changedOptions } from '../run/again.ts'
import { findWorkload } from '../run/find-workload.ts'
import { parseOptions } from '../run/options.ts'
import { findNemesis, findTarget } from '../run/registries.ts'
import { RUN_SETTINGS } from '../run/settings.ts'
import { buildRunSpec } from '../run/spec.ts'
import { parseSettings } from '../setting.ts'
import { typedCommand } from '../shell.ts'

/** `--time-limit 60s` as a setting. */
const givenIn = (words: readonly string[]): Readonly<Record<string, string | boolean>> => {
  const given: Record<string, string | boolean> = {}
  let name = ''
  for (const word of words) {
    if (!word.startsWith('--')) given[name] = word
    else {
      name = word.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
      given[name] = true
    }
  }
  return given
}

/** Null: it can be run. */
const problemOf = async (each: Case): Promise<string | null> => {
  const [target = '', ...flags] = wordsOf(each)
  try {
    await buildRunSpec(target, parseSettings(RUN_SETTINGS, givenIn(flags)))
    return null
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}

/** Bundled workloads whose calls the target answers with these options. */
const workloadsFor = async (choice: Combined): Promise<readonly string[]> => {
  const target = await findTarget(choice.target)
  const given = choice.targetOpts === undefined ? undefined : optionsText(choice.targetOpts)
  const options = parseOptions(`target ${target.name}`, given, target.options)
  return Object.values(workloads)
    .filter(
      ({ vocabulary }) =>
        target.clients[vocabulary.name] !== undefined &&
        (target.lacks?.(vocabulary, options) ?? null) === null,
    )
    .map(({ name }) => name)
}

/**
 * @param whose in words, such as `The suite nightly`
 * @param advice what to do about it
 * @throws UserError that names every case that cannot be run, and why
 */
export const refuseWrong = async (cases: readonly Case[], whose: string, advice: string): Promise<void> => {
  const first = cases.filter(({ name }, at) => cases.findIndex((each) => each.name === name) === at)
  const problems: string[] = []
  for (const each of first) {
    const problem = await problemOf(each)
    if (problem !== null)
      problems.push(`  ${typedCommand(['faultline', 'run', ...wordsOf(each)])}\n    ${problem}`)
  }
  if (problems.length > 0)
    throw new UserError(`${whose} has cases that cannot be run here. ${advice}:\n${problems.join('\n')}`)
}

/** @throws UserError that names every case that cannot be run, and why */
export const checkedCases = async (suite: Suite): Promise<readonly Case[]> => {
  const speaks = new Map<string, readonly string[]>()
  const keyOf = ({ target, targetOpts = '' }: Combined): string =>
    JSON.stringify([target, optionsText(targetOpts)])
  for (const choice of targetsOf(suite)) speaks.set(keyOf(choice), await workloadsFor(choice))
  const cases = casesOf(suite, (target) => speaks.get(keyOf(target)) ?? [])
  if (cases.length === 0) throw new UserError(`The suite ${suite.name} excludes all of its cases.`)
  const [twice] = repeatedNames(cases)
  if (twice !== undefined) throw new UserError(`The suite ${suite.name} has this case twice: ${twice}.`)
  await refuseWrong(cases, `The suite ${suite.name}`, 'Change them, or name them in exclude')
  return cases
}

/** Besides the default: clusters whose majorities differ. */
const NODES = [3, 5]

const spaceOf = async ({ choice, seed }: Case): Promise<Space> => {
  const nemesis = choice.nemesis ?? 'all'
  const [name = '', ...flags] = wordsOf({ choice: { ...choice, nemesis }, seed })
  const { spec } = await buildRunSpec(name, parseSettings(RUN_SETTINGS, givenIn(flags)))
  const { nodes } = await findTarget(name)
  const { options } = await findWorkload(spec.workload)
  const given = choice.workloadOpts === undefined ? [] : optionsText(choice.workloadOpts).split(',')
  const isGiven = (option: string): boolean => given.some((pair) => pair.startsWith(`${option}=`))
  const isPossible = (count: number): boolean => count >= nodes.min && count <= (nodes.max ?? count)
  return {
    nemeses: Object.fromEntries(
      spec.nemeses.map((each) => [each.name, changedOptions(each.options, findNemesis(each.name).options)]),
    ),
    nodes: [...new Set([nodes.default, ...NODES.filter(isPossible)])],
    workload: given,
    shares: Object.fromEntries(
      Object.entries(options).flatMap(([option, { type, default: share }]) =>
        type === 'share' && !isGiven(option) ? [[option, Number(share)]] : [],
      ),
    ),
  }
}

/** Cases that draw their settings, with what they can draw from. Those of one name draw from the same. */
export const withSpaces = async (cases: readonly Case[]): Promise<readonly Case[]> => {
  const spaces = new Map<string, Space>()
  for (const each of cases) if (!spaces.has(each.name)) spaces.set(each.name, await spaceOf(each))
  return cases.map((each) => ({ ...each, swarm: spaces.get(each.name) as Space }))
}

/** What the targets of these cases could have been asked besides. */
export const reachOf = async (cases: readonly Case[]): Promise<readonly Reach[]> => {
  const byTarget = Map.groupBy(cases, ({ choice }) => choice.target)
  return Promise.all(
    [...byTarget].map(async ([name, same]) => {
      const target = await findTarget(name)
      const speaks = Object.values(workloads).filter(
        ({ vocabulary }) => target.clients[vocabulary.name] !== undefined,
      )
      const byVocabulary = Map.groupBy(speaks, ({ vocabulary }) => vocabulary.name)
      const used = same.map(({ choice }) => choice.workload ?? RUN_SETTINGS.workload.default)
      return {
        target: name,
        workloads: Object.fromEntries(
          [...byVocabulary].map(([vocabulary, those]) => [vocabulary, those.map((each) => each.name)]),
        ),
        used: Object.fromEntries(
          used.map((workload) => [workload, workloads[workload]?.vocabulary.name ?? workload]),
        ),
      }
    }),
  )
}
