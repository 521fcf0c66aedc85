/** What a planted bug is made of. */
import type { PlantedBug } from '../../../harness/api/target.ts'
import type { CoreDeviations } from '../core/deviations.ts'

export interface BugDefinition extends Pick<PlantedBug, 'description' | 'realRun'> {
  readonly simulatorSeeds: number
  /** What differs from the healthy core. */
  readonly core: Partial<CoreDeviations>
}
