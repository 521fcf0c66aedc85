/**
 * Schedules. Only the log decides which tick comes next; the leader proposes when it comes (server/ticker.ts). A tick
 * that is proposed twice counts once.
 */
import type { Call } from '../../../harness/api/history.ts'
import type { PendingResult } from '../../../harness/vocabularies/effects.ts'
import { type Schedule, type ScheduleCall, tickKey } from '../../../harness/vocabularies/schedule.ts'
import { type Acting, type DoneCall, Ledger, type SavedLedger } from './ledger.ts'
import { DigestMap, type MakeStructure, type Position, type Structure } from './structure.ts'

/** From the leader: a tick is due. */
export interface TickCall {
  readonly f: 'tick'
  readonly value: { readonly key: string; readonly tick: number }
}

export interface Scheduled extends Schedule {
  /** The last tick that came; 0: none. */
  readonly ticked: number
}

export interface SavedSchedules {
  readonly ledger: SavedLedger
  readonly schedules: readonly [string, Scheduled][]
}

export class Schedules implements Acting {
  protected readonly ledger: Ledger
  protected readonly schedules: DigestMap<string, Scheduled>

  constructor({ ledger, schedules }: SavedSchedules) {
    this.ledger = new Ledger([...ledger])
    this.schedules = new DigestMap(schedules)
  }

  get digest(): number {
    return (this.ledger.digest ^ Math.imul(this.schedules.digest, 31)) >>> 0
  }

  get requests(): Acting['requests'] {
    return this.ledger.requests
  }

  /** Schedules with ticks to come. */
  get open(): readonly Scheduled[] {
    return this.schedules
      .entries()
      .map(([, each]) => each)
      .filter(({ ticked, ticks }) => ticked < ticks)
  }

  execute(raw: Call, { index }: Position): unknown {
    const call = raw as ScheduleCall | TickCall | DoneCall
    switch (call.f) {
      case 'schedule': {
        const { key } = call.value
        if (this.schedules.get(key) === undefined) this.schedules.set(key, { ...call.value, ticked: 0 })
        return { key }
      }
      case 'tick':
        return this.tick(call, index)
      case 'done':
        return this.ledger.finish(call.value.key, index, call.value.worker)
      default:
        return this.read(raw)
    }
  }

  read(call: Call): unknown {
    const told = this.ledger.read(call)
    if (call.f !== 'pending') return told
    const { pending, done } = told as PendingResult
    return { pending: [...pending, ...this.open.map(({ key }) => key)], done }
  }

  save(): SavedSchedules {
    return { ledger: this.ledger.save(), schedules: this.schedules.entries() as [string, Scheduled][] }
  }

  protected tick({ value: { key, tick } }: TickCall, index: number): void {
    const schedule = this.schedules.get(key)
    if (schedule === undefined) return
    const { ticked, ticks, resource } = schedule
    if (tick !== ticked + 1 || tick > ticks) return
    this.schedules.set(key, { ...schedule, ticked: tick })
    this.ledger.accept({ key: tickKey(key, tick), resource, version: tick }, index)
  }
}

export const schedules: MakeStructure = (saved) =>
  new Schedules((saved ?? { ledger: [], schedules: [] }) as SavedSchedules)

/** Schedules with ticks to come; empty for any other structure. */
export const schedulesOf = (structure: Structure | undefined): readonly Scheduled[] =>
  structure instanceof Schedules ? structure.open : []
