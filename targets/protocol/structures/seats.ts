/** Seats, each for one customer. */
import type { Call } from '../../../harness/api/history.ts'
import type { Booked, BookingCall, Seat } from '../../../harness/vocabularies/booking.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export class Seats implements Structure {
  protected readonly customers: DigestMap<number, number>

  constructor(saved: readonly [number, number][]) {
    this.customers = new DigestMap(saved)
  }

  get digest(): number {
    return this.customers.digest
  }

  execute(raw: Call): Booked | Seat {
    const call = raw as BookingCall
    if (call.f === 'read') return this.read(call)
    const { seat, customer } = call.value
    const holder = this.customers.get(seat)
    const isFree = holder === undefined
    if (isFree) this.customers.set(seat, customer)
    return { seat, customer, confirmed: isFree || holder === customer }
  }

  read(call: Call): Seat {
    const { seat } = call.value as { seat: number }
    return { seat, customer: this.customers.get(seat) ?? null }
  }

  save(): unknown {
    return this.customers.entries()
  }
}

export const seats: MakeStructure = (saved) => new Seats((saved ?? []) as [number, number][])
