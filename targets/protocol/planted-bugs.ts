/** The planted bugs of a bundled cluster, as the harness lists them. */
import type { PlantedBug } from '../../harness/api/target.ts'
import { UserError } from '../../harness/support/assert.ts'

/** What a definition says of its bug, besides what the bug changes. */
export interface BugText
  extends Pick<PlantedBug, 'description' | 'realRun'>,
    Partial<Pick<PlantedBug, 'workload' | 'simulatorSeeds'>> {}

/** @param workload of those that name none */
export const plantedBugs = (
  definitions: Readonly<Record<string, BugText>>,
  workload: string,
): readonly PlantedBug[] =>
  Object.entries(definitions).map(([name, { description, realRun, simulatorSeeds = null, ...given }]) => ({
    name,
    description,
    workload: given.workload ?? workload,
    simulatorSeeds,
    realRun,
  }))

/**
 * The planted bug of a name. Null: none is planted.
 *
 * @throws UserError if the target has none of that name
 */
export const findBug = <Name extends string>(
  target: string,
  definitions: Readonly<Record<Name, unknown>>,
  name: string | null,
): Name | null => {
  const isKnown = (given: string): given is Name => Object.hasOwn(definitions, given)
  if (name === null || isKnown(name)) return name
  throw new UserError(`${target} has no bug named ${name}.`)
}
