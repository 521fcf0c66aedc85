/** Whether the environment and the target support what a run requests. */
import type { Environment } from '../../api/environment.ts'
import type { Options } from '../../api/options.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Target } from '../../api/target.ts'
import type { Workload } from '../../api/workload.ts'
import { UserError } from '../../support/assert.ts'
import { findNemesis } from './registries.ts'

/** A target with its options, and the environment that it is to run in. */
export interface Place {
  readonly target: Target
  readonly targetOptions: Options
  readonly environment: Environment
}

/** @throws UserError if the target does not support the workload's vocabulary */
export const requireVocabulary = (target: Target, targetOptions: Options, workload: Workload): void => {
  const { name, vocabulary } = workload
  if (target.clients[vocabulary.name] === undefined)
    throw new UserError(
      `${target.name} does not speak the ${vocabulary.name} vocabulary, which the workload ${name} needs. ` +
        `It speaks: ${Object.keys(target.clients).join(', ') || 'none'}.`,
    )
  const lacks = target.lacks?.(vocabulary, targetOptions) ?? null
  if (lacks !== null) throw new UserError(`${target.name} cannot run the workload ${name}: ${lacks}.`)
}

/** The missing requirements of a nemesis, one reason each. */
export const missingFor = (
  { target, targetOptions, environment }: Place,
  name: string,
  options: Options,
): readonly string[] => {
  const nemesis = findNemesis(name)
  const ofTarget = nemesis.needsOfTarget?.(target, targetOptions) ?? null
  if (ofTarget !== null) return [ofTarget]
  const needs = [...nemesis.needs, ...(nemesis.alsoNeeds?.(options, target) ?? [])]
  return needs.flatMap((capability) => {
    const why = environment.lacks(capability)
    return why === null ? [] : [`${capability}: ${why}`]
  })
}

/** @throws UserError for the first part of the run that is not possible here */
export const requireSupport = (place: Place, nemeses: RunSpec['nemeses']): void => {
  const { target, targetOptions, environment } = place
  const why = environment.whyNotFor(target, targetOptions)
  if (why !== null) throw new UserError(why)
  for (const { name, options } of nemeses) {
    const missing = missingFor(place, name, options)
    if (missing.length === 0) continue
    throw new UserError(
      `The nemesis ${name} cannot be used here: ${missing.join('; ')}. \`faultline doctor\` says what this machine can do.`,
    )
  }
}
