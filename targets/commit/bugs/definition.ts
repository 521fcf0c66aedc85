/** What a planted bug is made of. */
import type { BugText } from '../../protocol/planted-bugs.ts'
import type { CoreDeviations } from '../core/deviations.ts'
import type { CommitConfig } from '../core/types.ts'

export interface BugDefinition extends BugText {
  readonly simulatorSeeds: number
  /** The coordinator in which it is a mistake. Absent: a single one, or both. */
  readonly coordinator?: CommitConfig['coordinator']
  /** What differs from the healthy core. */
  readonly core: Partial<CoreDeviations>
}
