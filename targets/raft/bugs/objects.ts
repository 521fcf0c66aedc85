/** The log is right, and an object makes something else of it than its vocabulary says. */
import type { Call } from '../../../harness/api/history.ts'
import { BOOKING, type Booked, type BookingCall, type Seat } from '../../../harness/vocabularies/booking.ts'
import { LOCK, type LockCall, type LockResult } from '../../../harness/vocabularies/locks.ts'
import { SET, type SetResult } from '../../../harness/vocabularies/set.ts'
import { WATCH, type WatchEvent, type Watched } from '../../../harness/vocabularies/watch.ts'
import { Changes } from '../../protocol/structures/changes.ts'
import { Locks } from '../../protocol/structures/locks.ts'
import { Seats } from '../../protocol/structures/seats.ts'
import { Elements } from '../../protocol/structures/sets.ts'
import type { Position } from '../../protocol/structures/structure.ts'
import type { BugDefinition } from './definition.ts'

const PAGE = 500

class FirstPage extends Elements {
  override read(): SetResult {
    return { elements: this.save().slice(0, PAGE) }
  }
}

/** A client that does not ask for the next page takes a part for the whole. */
export const firstPageOnly: BugDefinition = {
  description: `a read of a set returns its first ${PAGE} elements`,
  workload: 'set',
  realRun: { args: '--time-limit 8s' },
  machine: { structures: { [SET.name]: (saved) => new FirstPage((saved ?? []) as number[]) } },
}

class LocksOfAnyone extends Locks {
  override execute(call: Call, at: Position): LockResult {
    if (call.f !== 'release') return super.execute(call, at)
    const { key, owner } = (call as LockCall).value
    const holder = this.owners.get(key)
    this.owners.delete(key)
    return { done: holder === owner }
  }
}

/** The lock is free while its holder still works under it. */
export const releaseByAnyone: BugDefinition = {
  description: 'a lock is released by any client that asks, although another one holds it',
  workload: 'lock',
  realRun: { args: '--time-limit 8s' },
  machine: { structures: { [LOCK.name]: (saved) => new LocksOfAnyone((saved ?? []) as [number, number][]) } },
}

class LocksOfTerms extends Locks {
  override execute(call: Call, at: Position): LockResult {
    const result = super.execute(call, at)
    return result.token === undefined ? result : { ...result, token: at.term }
  }
}

/** A token that does not grow from one holder to the next cannot fence off the earlier one. */
export const tokenIsTerm: BugDefinition = {
  description: 'the fencing token is the term, which many holders share',
  workload: 'lock',
  realRun: { args: '--time-limit 8s' },
  machine: { structures: { [LOCK.name]: (saved) => new LocksOfTerms((saved ?? []) as [number, number][]) } },
}

class OverbookedSeats extends Seats {
  override execute(raw: Call): Booked | Seat {
    const call = raw as BookingCall
    if (call.f === 'read') return this.read(call)
    const { seat, customer } = call.value
    this.customers.set(seat, customer)
    return { seat, customer, confirmed: true }
  }
}

/** Two customers are told that the seat is theirs. */
export const lastBookingWins: BugDefinition = {
  description: 'a seat is confirmed to every customer who asks, although another one has it',
  workload: 'booking',
  realRun: { args: '--time-limit 8s' },
  machine: {
    structures: { [BOOKING.name]: (saved) => new OverbookedSeats((saved ?? []) as [number, number][]) },
  },
}

class LateChanges extends Changes {
  override read(call: Call): Watched {
    const { after } = call.value as { after: number }
    if (after === 0) return super.read(call)
    const { events } = super.read({ ...call, value: { after: after + 1 } })
    return { events, upTo: events.at(-1)?.revision ?? after }
  }
}

/** Off by one: each time that a watch resumes it misses one change. */
export const watchResumesLate: BugDefinition = {
  description: 'a watch that resumes after a change starts one change too late',
  workload: 'watch',
  realRun: { args: '--time-limit 8s' },
  machine: { structures: { [WATCH.name]: (saved) => new LateChanges((saved ?? []) as WatchEvent[]) } },
}
