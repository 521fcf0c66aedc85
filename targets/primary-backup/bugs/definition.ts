/** What a planted bug is made of. */
import type { BugText } from '../../protocol/planted-bugs.ts'
import type { CoreDeviations } from '../core/deviations.ts'
import type { ServiceDeviations } from '../view-service/deviations.ts'

export interface BugDefinition extends BugText {
  readonly simulatorSeeds: number
  /** What differs from the healthy node. */
  readonly core?: Partial<CoreDeviations>
  /** What differs from the healthy view service. */
  readonly service?: Partial<ServiceDeviations>
}
