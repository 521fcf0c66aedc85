/** The planted bugs of a bundled cluster, as the harness lists them. */
import type { PlantedBug } from '../../harness/api/target.ts'

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
