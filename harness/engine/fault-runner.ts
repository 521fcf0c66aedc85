/** Carries out the fault plan: injects, measures and heals faults, and records what each fault did. */
import type { OpGenerator } from '../api/generator.ts'
import type { Call, Outcome } from '../api/history.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../api/nemesis.ts'
import type { FaultEvent } from '../api/record.ts'
import { nothing, schedule } from '../generators/combinators.ts'
import { messageOf } from '../support/assert.ts'
import { NS_PER_MS } from '../support/time.ts'
import { sleep } from '../support/wait.ts'
import type { Moments } from './moments.ts'
import { leastShareBefore, type ServiceLevel } from './service-level.ts'

export type FaultCall =
  | { readonly f: 'inject'; readonly value: PlannedFault }
  | { readonly f: 'heal'; readonly value: { readonly id: string } }

/** A nemesis's plan as operations: the start and end of each fault, ordered by time. */
export const faultGenerator = (plan: readonly PlannedFault[]): OpGenerator => {
  if (plan.length === 0) return nothing()
  const calls = plan.flatMap((fault): { atNs: number; call: Call }[] => [
    { atNs: fault.atNs, call: { f: 'inject', value: fault } },
    { atNs: fault.atNs + fault.durationNs, call: { f: 'heal', value: { id: fault.id } } },
  ])
  return schedule(calls.sort((a, b) => a.atNs - b.atNs))
}

export interface FaultRunnerOptions {
  readonly nemeses: Readonly<Record<string, Nemesis>>
  readonly context: NemesisContext
  readonly clock: () => number
  readonly moments: Pick<Moments, 'wait' | 'leader' | 'succession'>
  readonly service: Pick<ServiceLevel, 'isBack'>
  readonly record: (event: FaultEvent) => void
  /** Once aborted, no fault waits for its moment or its end. */
  readonly signal: AbortSignal
  /** Once aborted, no fault begins, and those in force end, unless they are to be looked at. */
  readonly stop: AbortSignal
  /** Faults that are in force when it stops stay in force until `healAll`. */
  readonly staysWhenStopped: boolean
}

/** How many times a heal that fails is tried. */
const HEAL_TRIES = 15
const HEAL_EVERY_MS = 200

/** A cluster in which no other leader came so many times in a row may have a fixed one. */
const MOST_IN_VAIN = 3

interface InForce {
  readonly fault: ActiveFault
  readonly planned: PlannedFault
  /** The node that led before; null if none did, or if it does not matter. */
  readonly leader: string | null
  /** A fault that waited for its moment still lasts as long as planned. */
  readonly untilNs: number
}

export class FaultRunner {
  readonly #options: FaultRunnerOptions
  readonly #active = new Map<string, InForce>()
  #isOver = false
  /** How many times in a row another leader was waited for, and none came. */
  #inVain = 0

  constructor(options: FaultRunnerOptions) {
    this.#options = options
  }

  /** Ids of the faults that are in force now. */
  get active(): readonly string[] {
    return [...this.#active.keys()]
  }

  /** Never rejects. A fault that could not be made is recorded as failed and counts as one without effect. */
  async invoke(call: FaultCall): Promise<Outcome> {
    try {
      return call.f === 'inject' ? await this.#inject(call.value) : await this.#healInTime(call.value.id)
    } catch (error) {
      this.#options.record({
        type: 'failed',
        id: call.value.id,
        atNs: this.#options.clock(),
        error: messageOf(error),
      })
      return { type: 'info', error: messageOf(error) }
    }
  }

  async #inject(fault: PlannedFault): Promise<Outcome> {
    const { context, moments, service, clock, record } = this.#options
    const nemesis = this.#options.nemeses[fault.nemesis] as Nemesis
    const { latestNs } = fault
    if (latestNs !== undefined && !(await service.isBack(latestNs, leastShareBefore(nemesis)))) {
      record({ type: 'left-out', id: fault.id, atNs: clock() })
      return { type: 'info', error: 'left out: the cluster had not served enough' }
    }
    if (fault.trigger !== undefined) await moments.wait(fault.trigger)
    if (this.#options.stop.aborted) {
      record({ type: 'left-out', id: fault.id, atNs: clock() })
      return { type: 'info', error: 'left out: the run was stopped' }
    }
    const leader = fault.outlasts === undefined ? null : await moments.leader()
    record({ type: 'injecting', id: fault.id, atNs: clock() })
    const active = await nemesis.inject(context, fault)
    // One that had to wait lasts as long as planned all the same.
    const waits = fault.trigger !== undefined || latestNs !== undefined || nemesis.isSlowToInject === true
    const untilNs = waits ? clock() + fault.durationNs : 0
    this.#active.set(fault.id, { fault: active, planned: fault, leader, untilNs })
    record({ type: 'injected', id: fault.id, atNs: clock(), victims: active.victims })
    // Measure now as well as at the heal: another fault may undo this effect in between (a kill ends a pause).
    const effect = await active.measure()
    record({ type: 'measured', id: fault.id, atNs: clock(), effect })
    return { type: 'ok', value: { id: fault.id, victims: active.victims } }
  }

  async #healInTime(id: string): Promise<Outcome> {
    const { clock, stop, staysWhenStopped } = this.#options
    const inForce = this.#active.get(id)
    if (inForce !== undefined) {
      await this.#sleep(inForce.untilNs - clock())
      await this.#outlast(inForce)
    }
    if (stop.aborted && staysWhenStopped && !this.#isOver) return { type: 'info', error: 'left in force' }
    return this.#heal(id)
  }

  /** Waits for another leader, unless nobody led, or it was waited for in vain before: not every cluster elects another. */
  async #outlast({ planned: { outlasts }, leader }: InForce): Promise<void> {
    const isOver = this.#isOver || this.#options.stop.aborted
    if (outlasts === undefined || leader === null || isOver || this.#inVain >= MOST_IN_VAIN) return
    const isAnother = await this.#options.moments.succession(leader, outlasts.withinNs)
    this.#inVain = isAnother ? 0 : this.#inVain + 1
    if (isAnother) await this.#sleep(outlasts.thenNs)
  }

  async #sleep(ns: number): Promise<void> {
    const { signal, stop } = this.#options
    if (ns > 0 && !this.#isOver) await sleep(ns / NS_PER_MS, AbortSignal.any([signal, stop])).catch(() => {})
  }

  async #heal(id: string): Promise<Outcome> {
    const active = this.#active.get(id)?.fault
    if (active === undefined) return { type: 'info', error: 'not in force' }
    this.#options.record({ type: 'healing', id, atNs: this.#options.clock() })
    const effect = await this.#tryToHeal(active)
    this.#active.delete(id)
    this.#options.record({ type: 'healed', id, atNs: this.#options.clock(), effect })
    // The fault is healed; a node that cannot be started is found by recovery.
    await this.#startWhatEnded(active).catch(() => {})
    return { type: 'ok', value: { id, effective: effect.effective, effect: effect.summary } }
  }

  /** Nodes that ended under the fault are started again, except those that another fault holds down. */
  async #startWhatEnded({ victims }: ActiveFault): Promise<void> {
    const { cluster, signal } = this.#options.context
    const hit = cluster.nodes.filter(({ name }) => victims.includes(name))
    await Promise.all(hit.map((node) => node.start(signal)))
  }

  /**
   * Tries several times.
   *
   * @throws the first error, since later ones may only say that a part of the heal was done already
   */
  async #tryToHeal(active: ActiveFault): Promise<Effect> {
    let first: unknown = null
    for (let tries = 1; ; tries++) {
      try {
        return await active.heal()
      } catch (error) {
        first ??= error
        if (tries === HEAL_TRIES) throw first
        await sleep(HEAL_EVERY_MS)
      }
    }
  }

  /** After the last heal, each nemesis settles what it left in doubt. A failure will show in the cluster's recovery. */
  async settleAll(): Promise<void> {
    const { nemeses, context } = this.#options
    for (const nemesis of Object.values(nemeses)) await nemesis.settle?.(context)
  }

  /** Heals all faults that are still in force, at once. */
  async healAll(): Promise<void> {
    this.#isOver = true
    for (const id of this.active) await this.invoke({ f: 'heal', value: { id } })
  }
}
