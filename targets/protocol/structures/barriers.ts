/** Barriers: the parties that have arrived at each. */
import type { Call } from '../../../harness/api/history.ts'
import type { BarrierCall, Entered } from '../../../harness/vocabularies/barrier.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export class Barriers implements Structure {
  protected readonly arrived: DigestMap<number, readonly number[]>

  constructor(saved: readonly [number, readonly number[]][]) {
    this.arrived = new DigestMap(saved)
  }

  get digest(): number {
    return this.arrived.digest
  }

  execute(raw: Call): unknown {
    const call = raw as BarrierCall
    if (call.f === 'enter') return this.read(call)
    const { barrier, party } = call.value
    this.arrive(barrier, party)
    return { barrier, party }
  }

  protected arrive(barrier: number, party: number): void {
    const arrived = this.arrived.get(barrier) ?? []
    if (!arrived.includes(party)) this.arrived.set(barrier, [...arrived, party])
  }

  read(call: Call): Entered {
    const { barrier, parties } = call.value as { barrier: number; parties: number }
    return { barrier, passed: (this.arrived.get(barrier) ?? []).length >= parties }
  }

  save(): unknown {
    return this.arrived.entries()
  }
}

export const barriers: MakeStructure = (saved) => new Barriers((saved ?? []) as [number, readonly number[]][])
