/** `faultline list`: the contents of the registries. */
import { incidents } from '../../../incidents/index.ts'
import { nemeses } from '../../../nemeses/index.ts'
import { targets } from '../../../targets/index.ts'
import { workloads } from '../../../workloads/index.ts'
import type { Nemesis } from '../../api/nemesis.ts'
import type { OptionSpecs } from '../../api/options.ts'
import type { Checker } from '../../api/verdict.ts'
import type { Vocabulary } from '../../api/vocabulary.ts'
import type { Workload } from '../../api/workload.ts'
import { environments } from '../../environments/index.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { vocabularies } from '../../vocabularies/index.ts'
import { claimsText } from '../audit/claims-text.ts'
import { answersOf } from '../run/claims-file.ts'
import { defaultsOf } from '../run/options.ts'
import { findTarget } from '../run/registries.ts'

const optionLines = (options: OptionSpecs): readonly string[] =>
  Object.entries(options).map(([name, { default: value, description, type }]) => {
    const shown = type === 'duration' ? `${value}ms` : value
    return `      ${`${name}=${shown}`.padEnd(34)} ${description}`
  })

const listTargets = (): readonly string[] =>
  Object.values(targets).flatMap((target) => [
    `  ${target.name.padEnd(12)} ${target.description} (vocabularies: ${Object.keys(target.clients).join(', ')})`,
    ...optionLines(target.options),
  ])

const checkersOf = (workload: Workload): readonly Checker[] => workload.checkers(defaultsOf(workload.options))

const describe = ({ name, finds }: Checker): string => `${name.padEnd(18)} ${finds}`

/** The checkers that every workload has. */
const standing = (): readonly Checker[] => {
  const [first, ...others] = Object.values(workloads).map(checkersOf)
  return (first ?? []).filter(({ name }) => others.every((all) => all.some((each) => each.name === name)))
}

const listWorkloads = (): readonly string[] => {
  const always = standing()
  const isOwn = ({ name }: Checker): boolean => !always.some((each) => each.name === name)
  const each = Object.values(workloads).flatMap((workload) => [
    `  ${workload.name.padEnd(12)} ${workload.description} (vocabulary ${workload.vocabulary.name})`,
    ...checkersOf(workload)
      .filter(isOwn)
      .map((checker) => `      judged by ${describe(checker)}`),
    ...optionLines(workload.options),
  ])
  return [...each, '  every workload', ...always.map((checker) => `      judged by ${describe(checker)}`)]
}

/** The workloads and targets that use a vocabulary. */
const speakersOf = ({ name }: Vocabulary): string => {
  const named = (all: readonly { readonly name: string }[]): string =>
    all.map((each) => each.name).join(', ') || 'none'
  const asking = Object.values(workloads).filter(({ vocabulary }) => vocabulary.name === name)
  const answering = Object.values(targets).filter(({ clients }) => clients[name] !== undefined)
  return `workloads: ${named(asking)}; targets: ${named(answering)}`
}

const listVocabularies = (): readonly string[] =>
  Object.values(vocabularies).flatMap((vocabulary) => {
    const { name, description, calls, promises, unique, initial, services } = vocabulary
    const needs = services.length === 0 ? '' : ` (needs ${services.join(', ')})`
    return [
      `  ${name.padEnd(16)} ${description}${needs}`,
      `      calls: ${Object.keys(calls).join(', ')}`,
      `      promises: ${promises.join(', ')}`,
      `      initially: ${initial}${unique === null ? '' : `; ${unique}`}`,
      `      ${speakersOf(vocabulary)}`,
    ]
  })

/** Bundled targets that a nemesis cannot be used on with the target's default options. */
const notOn = (nemesis: Nemesis): string => {
  const names = Object.values(targets)
    .filter((target) => (nemesis.needsOfTarget?.(target, defaultsOf(target.options)) ?? null) !== null)
    .map(({ name }) => name)
  return names.length === 0 ? '' : `; not usable by default on ${names.join(', ')}`
}

const listNemeses = (): readonly string[] =>
  Object.values(nemeses).flatMap((nemesis) => [
    `  ${nemesis.name.padEnd(12)} ${nemesis.description} (needs ${nemesis.needs.join(', ')}${notOn(nemesis)})`,
    ...optionLines(nemesis.options),
  ])

const listIncidents = (): readonly string[] =>
  Object.values(incidents).flatMap(({ name, description, happened, effect, endangers, leastNodes }) => [
    `  ${name.padEnd(18)} ${description} (needs ${leastNodes} nodes or more)`,
    ...(happened === undefined ? [] : [`      ${happened.year}: ${happened.what}`, `      ${happened.link}`]),
    `      effect: ${effect}`,
    `      endangers: ${endangers}`,
  ])

const listEnvironments = (): readonly string[] =>
  Object.values(environments).map(({ name, description }) => `  ${name.padEnd(12)} ${description}`)

const listCheckers = (): readonly string[] => {
  const users = new Map<string, { readonly checker: Checker; readonly used: string[] }>()
  for (const workload of Object.values(workloads))
    for (const checker of checkersOf(workload)) {
      const known = users.get(checker.name) ?? { checker, used: [] }
      users.set(checker.name, known)
      known.used.push(workload.name)
    }
  const all = Object.keys(workloads).length
  return [...users.values()].map(
    ({ checker, used }) =>
      `  ${describe(checker)} (used by ${used.length === all ? 'every workload' : used.join(', ')})`,
  )
}

const listBugs = (): readonly string[] =>
  Object.values(targets).flatMap((target) =>
    target.bugs.map((bug) => {
      const command = `faultline run ${target.name} --env namespaces --bug ${bug.name} -w ${bug.workload}`
      const where =
        'args' in bug.realRun
          ? `${command} ${bug.realRun.args}`
          : `found by the simulator only: ${bug.realRun.none}`
      return `  ${bug.name.padEnd(24)} ${bug.description}\n${' '.repeat(27)}${where}${bug.simulatorSeeds === null ? '' : ` (simulator: within ${bug.simulatorSeeds} seeds)`}`
    }),
  )

const sections = {
  targets: listTargets,
  workloads: listWorkloads,
  vocabularies: listVocabularies,
  nemeses: listNemeses,
  incidents: listIncidents,
  environments: listEnvironments,
  checkers: listCheckers,
  bugs: listBugs,
} as const satisfies Record<string, () => readonly string[]>

const listClaims = async (name: string): Promise<string> => {
  const target = await findTarget(name)
  const [vocabulary = ''] = Object.keys(target.clients)
  const claims = target.claims(defaultsOf(target.options), vocabularies[vocabulary] ?? { name: vocabulary })
  return claimsText(claims, await answersOf(name))
}

/** @param target whose claims are listed */
export const listCommand = async (
  only: keyof typeof sections | 'claims' | undefined,
  target?: string,
): Promise<number> => {
  if (only === 'claims') {
    if (target === undefined)
      throw new UserError('Of which target? Write faultline list claims and a target, such as raft.')
    process.stdout.write(await listClaims(target))
    return EXIT_CODES.valid
  }
  if (target !== undefined)
    throw new UserError(`Only claims are listed of a target: faultline list claims ${target}.`)
  for (const [name, list] of Object.entries(sections))
    if (only === undefined || only === name) process.stdout.write(`${name}\n${list().join('\n')}\n\n`)
  return EXIT_CODES.valid
}
