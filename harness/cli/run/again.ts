/** The command that runs a spec again, or judges a history again: what differs from the defaults, and the seed. */
import type { OptionSpecs, Options } from '../../api/options.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Target } from '../../api/target.ts'
import { flagOf } from '../../support/flag.ts'
import type { Judged } from '../output/format.ts'
import { parseSettings } from '../setting.ts'
import { typedCommand } from '../shell.ts'
import { findWorkload } from './find-workload.ts'
import { findNemesis, findTarget } from './registries.ts'
import { CHECK_SETTINGS, type CheckSettings, RUN_SETTINGS } from './settings.ts'

/** `k=v` for each option that is not at its default. */
export const changedOptions = (options: Options, specs: OptionSpecs): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
    if (spec === undefined || spec.default === value) return []
    return [`${name}=${value}${spec.type === 'duration' ? 'ms' : ''}`]
  })

const flag = (name: keyof typeof RUN_SETTINGS, value: string | number | null): readonly string[] =>
  value === null || value === '' ? [] : [flagOf(name), String(value)]

const optionFlag = (name: keyof typeof RUN_SETTINGS, options: readonly string[]): readonly string[] =>
  flag(name, options.join(','))

/** The nemeses, the incident, or the recorded plan that was repeated, with their options. */
const faultWords = ({ nemeses, incident, plan, faults }: RunSpec, recorded: string): readonly string[] => {
  const options = nemeses.flatMap(({ name, options }) =>
    changedOptions(options, findNemesis(name).options).map((option) => `${name}.${option}`),
  )
  if (faults !== undefined) return [...flag('faults', recorded), ...optionFlag('nemesisOpts', options)]
  if (incident !== undefined) return [...flag('incident', incident), ...optionFlag('nemesisOpts', options)]
  if (nemeses.length === 0) return []
  return [
    ...flag('nemesis', nemeses.map(({ name }) => name).join(',')),
    ...optionFlag('nemesisOpts', options),
    // Which plan is the default depends on the options: it is always named. Records from before it was stored are steady.
    ...flag('plan', plan ?? 'steady'),
  ]
}

/** Settings of a run whose names in the spec are the same: those that are not at their default. */
const settingWords = (spec: RunSpec, target: Target): readonly string[] => {
  const defaults = parseSettings(RUN_SETTINGS, {})
  const numbers = (['concurrency', 'clientGroups', 'rate'] as const).flatMap((name) =>
    spec[name] === defaults[name] ? [] : flag(name, spec[name]),
  )
  const durations = (['timeLimit', 'operationTimeout', 'readyTimeout', 'recoveryTimeout'] as const).flatMap(
    (name) => (spec[`${name}Ms`] === defaults[`${name}Ms`] ? [] : flag(name, `${spec[`${name}Ms`]}ms`)),
  )
  const nodes = spec.nodes === target.nodes.default ? [] : flag('nodes', spec.nodes)
  return [...nodes, ...numbers, ...durations]
}

/**
 * The words behind `faultline run`.
 *
 * @param plan the file or the folder that contains the faults of a spec that repeats some
 * @throws UserError if a part of the spec is not there any more
 */
export const wordsToRun = async (spec: RunSpec, plan: string): Promise<readonly string[]> => {
  const target = await findTarget(spec.target)
  const workload = await findWorkload(spec.workload)
  return [
    spec.target,
    ...flag('env', spec.environment),
    ...flag('bug', spec.bug),
    ...optionFlag('targetOpts', changedOptions(spec.targetOptions, target.options)),
    ...flag('workload', spec.workload),
    ...optionFlag('workloadOpts', changedOptions(spec.workloadOptions, workload.options)),
    ...faultWords(spec, plan),
    ...settingWords(spec, target),
    ...(spec.capture === true ? [flagOf('capture')] : []),
    ...flag('expect', spec.expect),
    ...flag('seed', spec.seed),
  ]
}

/** Judging needs no target: where the module of a part is not there or is broken, no command is given. */
export const runAgain = async (spec: RunSpec, dir: string): Promise<Pick<Judged, 'again'>> => {
  try {
    return { again: typedCommand(['faultline', 'run', ...(await wordsToRun(spec, dir))]) }
  } catch {
    return {}
  }
}

export const commandToCheck = (given: string, settings: CheckSettings): string => {
  const defaults: Readonly<Record<string, unknown>> = parseSettings(CHECK_SETTINGS, {})
  const words = Object.entries(settings).flatMap(([name, value]) =>
    !Object.hasOwn(CHECK_SETTINGS, name) ||
    name === 'pages' ||
    value === undefined ||
    value === defaults[name]
      ? []
      : [flagOf(name), String(value)],
  )
  return typedCommand(['faultline', 'check', given, ...words])
}
