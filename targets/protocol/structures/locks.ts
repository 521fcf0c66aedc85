/** Locks with fencing tokens, and semaphores. */
import type { Call } from '../../../harness/api/history.ts'
import { type LockCall, type LockResult, PERMITS } from '../../../harness/vocabularies/locks.ts'
import { DigestMap, type MakeStructure, type Position, type Structure } from './structure.ts'

export class Locks implements Structure {
  protected readonly owners: DigestMap<number, number>

  constructor(saved: readonly [number, number][]) {
    this.owners = new DigestMap(saved)
  }

  get digest(): number {
    return this.owners.digest
  }

  execute(raw: Call, { index }: Position): LockResult {
    const { f, value } = raw as LockCall
    const { key, owner } = value
    const holder = this.owners.get(key)
    if (f === 'acquire') {
      if (holder !== undefined) return { done: false }
      this.owners.set(key, owner)
      // An index of the log is greater than all earlier ones, whichever node leads.
      return { done: true, token: index }
    }
    const done = holder === owner
    if (done) this.owners.delete(key)
    return { done }
  }

  read(): null {
    return null
  }

  save(): unknown {
    return this.owners.entries()
  }
}

export class Semaphores implements Structure {
  readonly #owners: DigestMap<number, readonly number[]>

  constructor(saved: readonly [number, readonly number[]][]) {
    this.#owners = new DigestMap(saved)
  }

  get digest(): number {
    return this.#owners.digest
  }

  execute(raw: Call): LockResult {
    const { f, value } = raw as LockCall
    const { key, owner } = value
    const owners = this.#owners.get(key) ?? []
    if (f === 'acquire') {
      const done = owners.length < PERMITS
      if (done) this.#owners.set(key, [...owners, owner])
      return { done }
    }
    const done = owners.includes(owner)
    if (done)
      this.#owners.set(
        key,
        owners.filter((other) => other !== owner),
      )
    return { done }
  }

  read(): null {
    return null
  }

  save(): unknown {
    return this.#owners.entries()
  }
}

export const locks: MakeStructure = (saved) => new Locks((saved ?? []) as [number, number][])

export const semaphores: MakeStructure = (saved) =>
  new Semaphores((saved ?? []) as [number, readonly number[]][])
