/** Requests that must take effect once, each under its key: accepted at one position of the log, done at a later one. */
import type { Call } from '../../../harness/api/history.ts'
import type {
  LedgerEntry,
  LedgerResult,
  PendingResult,
  Request,
} from '../../../harness/vocabularies/effects.ts'
import { DigestMap, type Structure } from './structure.ts'

interface StoredRequest extends LedgerEntry {
  readonly request: Request
}

export class Ledger {
  readonly #entries: DigestMap<string, StoredRequest>
  /** In the order in which they were accepted. */
  readonly #pending: Map<string, Request>

  constructor(saved: readonly [string, StoredRequest][]) {
    this.#entries = new DigestMap(saved)
    this.#pending = new Map(
      saved
        .map(([, entry]) => entry)
        .filter(({ doneAt }) => doneAt === null)
        .toSorted((a, b) => a.acceptedAt - b.acceptedAt)
        .map(({ request }) => [request.key, request]),
    )
  }

  get digest(): number {
    return this.#entries.digest
  }

  get requests(): readonly Request[] {
    return [...this.#pending.values()]
  }

  has(key: string): boolean {
    return this.#entries.get(key) !== undefined
  }

  /** A second request under the same key is the same request. */
  accept(request: Request, index: number): void {
    const { key } = request
    if (this.has(key)) return
    this.#entries.set(key, { key, request, acceptedAt: index, doneAt: null, worker: null })
    this.#pending.set(key, request)
  }

  finish(key: string, index: number, worker: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.doneAt !== null) return
    this.#entries.set(key, { ...entry, doneAt: index, worker })
    this.#pending.delete(key)
  }

  /** Answers the calls that all vocabularies with effects have. */
  read({ f }: Call): PendingResult | LedgerResult {
    if (f === 'pending')
      return { pending: [...this.#pending.keys()], done: this.#entries.size - this.#pending.size }
    const told = ({ key, acceptedAt, doneAt, worker }: StoredRequest): LedgerEntry => ({
      key,
      acceptedAt,
      doneAt,
      worker,
    })
    return { entries: this.#entries.entries().map(([, entry]) => told(entry)) }
  }

  save(): readonly [string, StoredRequest][] {
    return this.#entries.entries() as [string, StoredRequest][]
  }
}

export type SavedLedger = ReturnType<Ledger['save']>

/** A structure whose requests the leader's worker carries out. */
export interface Acting extends Structure {
  readonly requests: readonly Request[]
}

/** The structure's requests for the worker; empty for a structure without any. */
export const requestsOf = (structure: Structure): readonly Request[] =>
  'requests' in structure ? (structure as Acting).requests : []

/** From the leader's worker: the effect of this key is known to have happened. */
export interface DoneCall {
  readonly f: 'done'
  readonly value: { readonly key: string; readonly worker: string }
}
