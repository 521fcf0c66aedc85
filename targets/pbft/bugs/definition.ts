/** What a planted bug is made of. */
import type { BugText } from '../../protocol/planted-bugs.ts'
import type { CoreDeviations } from '../core/deviations.ts'
import type { ServiceDeviations } from '../service.ts'

export interface BugDefinition extends BugText {
  readonly simulatorSeeds: number | null
  /** What differs from the healthy replica. */
  readonly core?: Partial<CoreDeviations>
  readonly service?: Partial<ServiceDeviations>
  /** Equal answers that a client waits for, of the f+1 that it should. */
  readonly answersOf?: (healthy: number) => number
}
