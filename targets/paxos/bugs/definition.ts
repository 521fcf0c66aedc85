/** What a planted bug is made of. */
import type { BugText } from '../../protocol/planted-bugs.ts'
import type { CoreDeviations } from '../core/deviations.ts'

export interface BugDefinition extends BugText {
  readonly simulatorSeeds: number
  /** What differs from the healthy core. */
  readonly core: Partial<CoreDeviations>
}
