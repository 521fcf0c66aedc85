/** Locks with fencing tokens, and semaphores. */
import type { Call } from '../../../harness/api/history.ts'
import { type LockCall, type LockResult, PERMITS } from '../../../harness/vocabularies/locks.ts'
import type { Bug } from '../bugs/bugs.ts'
import { DigestMap, type MakeStructure, type Position, type Structure } from './structure.ts'

/** The planted bug lock-freed-by-time, by the leader. */
interface FreeCall {
  readonly f: 'free'
  readonly value: LockCall['value']
}

class Locks implements Structure {
  readonly #owners: DigestMap<number, number>
  readonly #bug: Bug | null

  constructor(saved: readonly [number, number][], bug: Bug | null) {
    this.#owners = new DigestMap(saved)
    this.#bug = bug
  }

  get digest(): number {
    return this.#owners.digest
  }

  /** For the bug lock-freed-by-time, which takes a lock for a lease. */
  get held(): readonly (readonly [number, { readonly token: number }])[] {
    return this.#owners.entries().map(([key, owner]) => [key, { token: owner }])
  }

  execute(raw: Call, { index, term }: Position): LockResult {
    const { f, value } = raw as LockCall | FreeCall
    const { key, owner } = value
    const holder = this.#owners.get(key)
    if (f === 'acquire') {
      if (holder !== undefined) return { done: false }
      this.#owners.set(key, owner)
      // An index of the log is greater than all before it, whoever leads.
      return { done: true, token: this.#bug === 'token-is-term' ? term : index }
    }
    const mayRelease = this.#bug === 'release-by-anyone' ? holder !== undefined : holder === owner
    if (mayRelease) this.#owners.delete(key)
    return { done: holder === owner }
  }

  read(): null {
    return null
  }

  save(): unknown {
    return this.#owners.entries()
  }
}

class Semaphores implements Structure {
  readonly #owners: DigestMap<number, readonly number[]>
  readonly #bug: Bug | null

  constructor(saved: readonly [number, readonly number[]][], bug: Bug | null) {
    this.#owners = new DigestMap(saved)
    this.#bug = bug
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
    return this.#bug === 'permits-not-in-snapshot' ? [] : this.#owners.entries()
  }
}

export const locks: MakeStructure = (saved, bug) => new Locks((saved ?? []) as [number, number][], bug)

export const semaphores: MakeStructure = (saved, bug) =>
  new Semaphores((saved ?? []) as [number, readonly number[]][], bug)

/** Locks that are held, with their owners for tokens; none of another kind of structure. */
export const locksOf = (structure: Structure | undefined): Locks['held'] =>
  structure instanceof Locks ? structure.held : []
