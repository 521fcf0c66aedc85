/** What a planted bug is made of. */
import type { BugText } from '../../protocol/planted-bugs.ts'
import type { MachineDeviations } from '../../protocol/state-machine.ts'
import type { CoreDeviations } from '../core/deviations.ts'
import type { ServerDeviations } from '../server/deviations.ts'

export interface BugDefinition extends BugText {
  /** What differs from the healthy node. */
  readonly core?: Partial<CoreDeviations>
  readonly machine?: Partial<MachineDeviations>
  readonly server?: Partial<ServerDeviations>
}
