/** All duties of a leader: those of the healthy server, and those that a planted bug adds. */
import { JOB_QUEUE } from '../../../../harness/vocabularies/job-queue.ts'
import { LEASE, LEASE_MS } from '../../../../harness/vocabularies/lease.ts'
import { SCHEDULE } from '../../../../harness/vocabularies/schedule.ts'
import { lentOf } from '../../structures/job-queue.ts'
import { leasesOf } from '../../structures/leases.ts'
import { schedulesOf } from '../../structures/schedules.ts'
import type { Propose } from '../client-api.ts'
import type { DutyDeviations } from './deviations.ts'
import type { Duty } from './duty.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { Ticker } from './ticker.ts'
import { EffectWorker } from './worker.ts'

export interface DutyOptions {
  /** Name of this node. */
  readonly id: string
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
  readonly propose: Propose
  readonly deviations: DutyDeviations
}

export const dutiesOf = ({ id, sink, propose, deviations }: DutyOptions): readonly Duty[] => [
  new EffectWorker({
    sink,
    id,
    deviations,
    done: ({ vocabulary, request: { key } }) =>
      propose(vocabulary, { f: 'done', value: { key, worker: id } }),
  }),
  new LeaseKeeper({
    held: (machine) => leasesOf(machine.structure(LEASE.name)),
    isOver: deviations.leaseIsOver,
    expire: (key, token) => propose(LEASE.name, { f: 'expire', value: { key, token } }),
  }),
  new LeaseKeeper({
    held: (machine) => lentOf(machine.structure(JOB_QUEUE.name)),
    isOver: (_job, heldMs) => heldMs > LEASE_MS,
    expire: (key, token) => propose(JOB_QUEUE.name, { f: 'give-back', value: { key, token } }),
  }),
  new Ticker({
    open: (machine) => schedulesOf(machine.structure(SCHEDULE.name)),
    next: deviations.nextTick,
    propose: (call) => propose(SCHEDULE.name, call),
  }),
  ...deviations.moreDuties(propose),
]
