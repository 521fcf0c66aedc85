/** Seats, each for one customer. */
import type { Call } from '../../../harness/api/history.ts'
import type { Booked, BookingCall, Seat } from '../../../harness/vocabularies/booking.ts'
import type { Bug } from '../bugs/bugs.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

class Seats implements Structure {
  readonly #customers: DigestMap<number, number>
  readonly #bug: Bug | null

  constructor(saved: readonly [number, number][], bug: Bug | null) {
    this.#customers = new DigestMap(saved)
    this.#bug = bug
  }

  get digest(): number {
    return this.#customers.digest
  }

  execute(raw: Call): Booked | Seat {
    const call = raw as BookingCall
    if (call.f === 'read') return this.read(call)
    const { seat, customer } = call.value
    const holder = this.#customers.get(seat)
    const isFree = holder === undefined || this.#bug === 'last-booking-wins'
    if (isFree) this.#customers.set(seat, customer)
    return { seat, customer, confirmed: isFree || holder === customer }
  }

  read(call: Call): Seat {
    const { seat } = call.value as { seat: number }
    return { seat, customer: this.#customers.get(seat) ?? null }
  }

  save(): unknown {
    return this.#customers.entries()
  }
}

export const seats: MakeStructure = (saved, bug) => new Seats((saved ?? []) as [number, number][], bug)
