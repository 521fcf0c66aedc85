/** What a planted bug is made of. */
import type { BugText } from '../../protocol/planted-bugs.ts'
import type { CoreDeviations } from '../core/deviations.ts'
import type { CommitConfig } from '../core/types.ts'

/** Options of `packet`: more is on its way when something happens. */
export const ON_SLOW_LINKS =
  'packet.modes=delay,packet.victims=all,packet.direction=two-way,packet.interval=30s,packet.duration=30s,packet.gap=50ms,packet.delay=40ms,packet.jitter=0ms'

export interface BugDefinition extends BugText {
  readonly simulatorSeeds: number
  /** The coordinator in which it is a mistake. Absent: a single one, or both. */
  readonly coordinator?: CommitConfig['coordinator']
  /** What differs from the healthy core. */
  readonly core: Partial<CoreDeviations>
}
