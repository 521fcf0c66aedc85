/** `faultline list`: what there is, from the registries. */
import type { Nemesis, OptionSpecs, Options } from '../api.ts'
import { nemeses, targets, unknownName, workloads } from './registries.ts'

const optionLines = (options: OptionSpecs): readonly string[] =>
  Object.entries(options).map(([name, { default: value, description, type }]) => {
    const shown = type === 'duration' ? `${value}ms` : value
    return `      ${`${name}=${shown}`.padEnd(34)} ${description}`
  })

const defaultsOf = (specs: OptionSpecs): Options =>
  Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]))

const listTargets = (): readonly string[] =>
  Object.values(targets).flatMap((target) => [
    `  ${target.name.padEnd(12)} ${target.description} (vocabularies: ${Object.keys(target.clients).join(', ')})`,
    ...optionLines(target.options),
  ])

const listWorkloads = (): readonly string[] =>
  Object.values(workloads).flatMap((workload) => {
    const checkers = workload.checkers(defaultsOf(workload.options))
    return [
      `  ${workload.name.padEnd(12)} ${workload.description} (vocabulary ${workload.vocabulary}; judged by ${checkers.map(({ name }) => name).join(', ')})`,
      ...optionLines(workload.options),
    ]
  })

/** Bundled targets that a nemesis cannot be used on, by the target's default options. */
const notOn = (nemesis: Nemesis): string => {
  const names = Object.values(targets)
    .filter((target) => (nemesis.needsOfTarget?.(target, defaultsOf(target.options)) ?? null) !== null)
    .map(({ name }) => name)
  return names.length === 0 ? '' : `; not by default on ${names.join(', ')}`
}

const listNemeses = (): readonly string[] =>
  Object.values(nemeses).flatMap((nemesis) => [
    `  ${nemesis.name.padEnd(12)} ${nemesis.description} (needs ${nemesis.needs.join(', ')}${notOn(nemesis)})`,
    ...optionLines(nemesis.options),
  ])

const listCheckers = (): readonly string[] => {
  const names = new Map<string, string[]>()
  for (const workload of Object.values(workloads)) {
    for (const checker of workload.checkers(defaultsOf(workload.options)))
      names.set(checker.name, [...(names.get(checker.name) ?? []), workload.name])
  }
  return [...names].map(([name, used]) => `  ${name.padEnd(18)} used by ${used.join(', ')}`)
}

const listBugs = (): readonly string[] =>
  Object.values(targets).flatMap((target) =>
    target.bugs.map((bug) => {
      const command = `faultline run ${target.name} --env namespaces --bug ${bug.name} -w ${bug.workload}`
      const where =
        'args' in bug.realRun
          ? `${command} ${bug.realRun.args}`
          : `by the simulator only: ${bug.realRun.none}`
      return `  ${bug.name.padEnd(24)} ${bug.description}\n${' '.repeat(27)}${where}${bug.simulatorSeeds === null ? '' : ` (simulator: within ${bug.simulatorSeeds} seeds)`}`
    }),
  )

const SECTIONS: Readonly<Record<string, () => readonly string[]>> = {
  targets: listTargets,
  workloads: listWorkloads,
  nemeses: listNemeses,
  checkers: listCheckers,
  bugs: listBugs,
}

export const listCommand = async (section: string | undefined): Promise<number> => {
  const names = section === undefined ? Object.keys(SECTIONS) : [section]
  for (const name of names) {
    const list = SECTIONS[name]
    if (list === undefined) throw unknownName('list', name, Object.keys(SECTIONS))
    process.stdout.write(`${name}\n${list().join('\n')}\n\n`)
  }
  return 0
}
