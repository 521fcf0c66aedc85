/**
 * Leases. Only the log decides who holds one: a lease ends by an entry that the leader proposes
 * (server/lease-keeper.ts), so all replicas agree, whatever their clocks say.
 */
import type { Call } from '../../../harness/api/history.ts'
import type { LeaseCall, LeaseResult } from '../../../harness/vocabularies/lease.ts'
import { DigestMap, type MakeStructure, type Position, type Structure } from './structure.ts'

export interface Lease {
  readonly owner: number
  readonly token: number
}

export class Leases implements Structure {
  protected readonly leases: DigestMap<number, Lease>

  constructor(saved: readonly [number, Lease][]) {
    this.leases = new DigestMap(saved)
  }

  get digest(): number {
    return this.leases.digest
  }

  get held(): readonly (readonly [number, Lease])[] {
    return this.leases.entries()
  }

  execute(raw: Call, { index }: Position): LeaseResult {
    if (raw.f === 'expire') return this.#expire(raw.value as { key: number; token: number })
    const { f, value } = raw as LeaseCall
    const { key, owner } = value
    const holder = this.leases.get(key)
    if (f === 'release') {
      const done = holder?.owner === owner
      if (done) this.leases.delete(key)
      return { done }
    }
    if (holder !== undefined) return { done: false }
    this.leases.set(key, { owner, token: index })
    return { done: true, token: index }
  }

  read(): null {
    return null
  }

  save(): unknown {
    return this.leases.entries()
  }

  #expire({ key, token }: { key: number; token: number }): LeaseResult {
    const done = this.leases.get(key)?.token === token
    if (done) this.leases.delete(key)
    return { done }
  }
}

export const leases: MakeStructure = (saved) => new Leases((saved ?? []) as [number, Lease][])

/** The leases that are held; empty for any other structure. */
export const leasesOf = (structure: Structure | undefined): readonly (readonly [number, Lease])[] =>
  structure instanceof Leases ? structure.held : []
