/** Something that a leader does beside the log. */
import type { StateMachine } from '../state-machine.ts'

export interface Duty {
  /** Called again and again while the node leads. */
  perform(machine: StateMachine, term: number): void
  /** Called again and again while the node does not lead: what it counted as leader no longer counts. */
  stop?(): void
}
