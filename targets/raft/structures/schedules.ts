/**
 * Schedules: which tick comes next is in the log alone; when it comes, the leader proposes (server/ticker.ts). A tick that
 * was proposed twice is one.
 */
import type { Call } from '../../../harness/api/history.ts'
import type { PendingResult } from '../../../harness/vocabularies/effects.ts'
import { type Schedule, type ScheduleCall, tickKey } from '../../../harness/vocabularies/schedule.ts'
import type { Bug } from '../bugs/bugs.ts'
import { type Acting, type DoneCall, Ledger, type SavedLedger } from './ledger.ts'
import { DigestMap, type MakeStructure, type Position, type Structure } from './structure.ts'

/** By the leader: a tick is due. */
export interface TickCall {
  readonly f: 'tick'
  readonly value: { readonly key: string; readonly tick: number; readonly clockMs: number }
}

export interface Scheduled extends Schedule {
  readonly ticked: number
  /** By the wall clock of who proposed the last tick; null: none yet. */
  readonly clockMs: number | null
}

interface Saved {
  readonly ledger: SavedLedger
  readonly schedules: readonly [string, Scheduled][]
}

class Schedules implements Acting {
  readonly #ledger: Ledger
  readonly #schedules: DigestMap<string, Scheduled>
  readonly #bug: Bug | null

  constructor({ ledger, schedules }: Saved, bug: Bug | null) {
    this.#ledger = new Ledger([...ledger])
    this.#schedules = new DigestMap(schedules)
    this.#bug = bug
  }

  get digest(): number {
    return (this.#ledger.digest ^ Math.imul(this.#schedules.digest, 31)) >>> 0
  }

  get requests(): Acting['requests'] {
    return this.#ledger.requests
  }

  /** Those with ticks to come. */
  get open(): readonly Scheduled[] {
    return this.#schedules
      .entries()
      .map(([, each]) => each)
      .filter(({ ticked, ticks }) => ticked < ticks)
  }

  execute(raw: Call, { index }: Position): unknown {
    const call = raw as ScheduleCall | TickCall | DoneCall
    switch (call.f) {
      case 'schedule': {
        const { key } = call.value
        if (this.#schedules.get(key) === undefined)
          this.#schedules.set(key, { ...call.value, ticked: 0, clockMs: null })
        return { key }
      }
      case 'tick':
        return this.#tick(call, index)
      case 'done':
        return this.#ledger.finish(call.value.key, index, call.value.worker)
      default:
        return this.read(raw)
    }
  }

  read(call: Call): unknown {
    const told = this.#ledger.read(call)
    if (call.f !== 'pending') return told
    const { pending, done } = told as PendingResult
    return { pending: [...pending, ...this.open.map(({ key }) => key)], done }
  }

  save(): Saved {
    return { ledger: this.#ledger.save(), schedules: this.#schedules.entries() as [string, Scheduled][] }
  }

  #tick({ value: { key, tick, clockMs } }: TickCall, index: number): void {
    const schedule = this.#schedules.get(key)
    if (schedule === undefined) return
    const { ticked, ticks, resource } = schedule
    const isNext = this.#bug === 'missed-ticks-skipped' ? tick > ticked : tick === ticked + 1
    if (!isNext || tick > ticks) return
    this.#schedules.set(key, { ...schedule, ticked: tick, clockMs })
    this.#ledger.accept({ key: tickKey(key, tick), resource, version: tick }, index)
  }
}

export const schedules: MakeStructure = (saved, bug) =>
  new Schedules((saved ?? { ledger: [], schedules: [] }) as Saved, bug)

/** Schedules with ticks to come; none of another kind of structure. */
export const schedulesOf = (structure: Structure | undefined): readonly Scheduled[] =>
  structure instanceof Schedules ? structure.open : []
