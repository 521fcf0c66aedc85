/** Where the server around the core can be made to go wrong; each field is for planted bugs (`../bugs/`). */
import { LEASE_MS } from '../../../harness/vocabularies/lease.ts'
import type { Lease } from '../structures/leases.ts'
import type { Scheduled, TickCall } from '../structures/schedules.ts'
import type { ClientApi, Propose, ServerApi } from './client-api.ts'
import type { Duty } from './duty.ts'

export interface ServerDeviations {
  /** What clients reach. Called once a node. */
  readonly clientApiOf: (replica: ServerApi) => ClientApi
  /** Duties of a leader beside the healthy ones. Called once a node. */
  readonly moreDuties: (propose: Propose) => readonly Duty[]
  /** Whether a lease has run out. `heldMs`: how long this leader has counted, by its monotonic clock. */
  readonly leaseIsOver: (lease: Lease, heldMs: number) => boolean
  /** The tick that comes next. */
  readonly nextTick: (schedule: Scheduled) => TickCall['value']
  /** The worker logs that an effect happened before it asks the sink for it. */
  readonly recordsBeforeEffect: boolean
  /** The idempotency key that the sink is given. */
  readonly sinkKey: (key: string, worker: string, attempt: number) => string
}

export const healthyServer: ServerDeviations = {
  clientApiOf: (replica) => replica,
  moreDuties: () => [],
  leaseIsOver: (_lease, heldMs) => heldMs > LEASE_MS,
  nextTick: ({ key, ticked }) => ({ key, tick: ticked + 1 }),
  recordsBeforeEffect: false,
  sinkKey: (key) => key,
}
