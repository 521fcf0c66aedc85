/** Planned faults for tests that need only some of their fields. */
import type { PlannedFault } from '../api/nemesis.ts'

export const plannedFault = (change: Partial<PlannedFault> = {}): PlannedFault => ({
  id: 'kill-1',
  nemesis: 'kill',
  kind: 'kill/at-once',
  label: 'kill',
  colour: 'purple',
  atNs: 0,
  durationNs: 1,
  model: 'kill',
  intent: {},
  ...change,
})
