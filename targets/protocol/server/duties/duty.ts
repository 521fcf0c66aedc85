/** Something that a leader does in addition to replicating the log. */
import type { StateMachine } from '../../state-machine.ts'

export interface Duty {
  /** Called again and again while the node leads. */
  perform(machine: StateMachine, term: number): void
  /** Called again and again while the node does not lead: forgets what it counted as leader. */
  stop?(): void
}
