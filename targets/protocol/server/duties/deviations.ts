/** Where a planted bug can change the duties of a leader. */
import { LEASE_MS } from '../../../../harness/vocabularies/lease.ts'
import type { Lease } from '../../structures/leases.ts'
import type { Scheduled, TickCall } from '../../structures/schedules.ts'
import type { Propose } from '../client-api.ts'
import type { Duty } from './duty.ts'

export interface DutyDeviations {
  /** Duties of a leader in addition to the healthy ones. Called once for each node. */
  readonly moreDuties: (propose: Propose) => readonly Duty[]
  /** Whether a lease is over. `heldMs`: how long this leader has seen it, by its monotonic clock. */
  readonly leaseIsOver: (lease: Lease, heldMs: number) => boolean
  /** The tick that comes next. */
  readonly nextTick: (schedule: Scheduled) => TickCall['value']
  /** The worker logs that an effect happened before it asks the sink for it. */
  readonly recordsBeforeEffect: boolean
  /** The idempotency key that the sink is given. */
  readonly sinkKey: (key: string, worker: string, attempt: number) => string
}

export const healthyDuties: DutyDeviations = {
  moreDuties: () => [],
  leaseIsOver: (_lease, heldMs) => heldMs > LEASE_MS,
  nextTick: ({ key, ticked }) => ({ key, tick: ticked + 1 }),
  recordsBeforeEffect: false,
  sinkKey: (key) => key,
}
