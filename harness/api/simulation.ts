/**
 * Deterministic simulations: the core of a target with neither processes nor clocks nor sockets. The same plan always gives
 * the same run, so a plan that breaks a property can be made smaller exactly.
 */
import type { Operation } from './history.ts'

/** A fault that ends by itself. What else it has is its simulation's own; all of it is JSON. */
export interface SimulatedFault {
  readonly kind: string
  readonly atTick: number
  readonly lastsTicks: number
}

/** All that decides a run. */
export interface SimulatedPlan<F extends SimulatedFault = SimulatedFault> {
  /** Of the delays of messages, the timeouts, and what clients ask. */
  readonly seed: number
  readonly ticks: number
  readonly nodes: number
  readonly clients: number
  /** Whether messages are lost, repeated and late besides the faults. */
  readonly isLossy: boolean
  /** Null: they are drawn from the seed as the run goes on. Those of nodes that are not there have no effect. */
  readonly faults: readonly F[] | null
}

export interface SimulatedRun<F extends SimulatedFault = SimulatedFault> {
  /** The first property of the core that was broken: its name, a colon, and what happened. Null: none. */
  readonly violation: string | null
  /** It ends where a property is broken. */
  readonly endedAtTick: number
  /** What the clients saw. A tick is a millisecond. */
  readonly history: readonly Operation[]
  /** The faults as they came about, earliest first. With them as its faults, the plan gives this run again. */
  readonly faults: readonly F[]
}

export interface Simulation<F extends SimulatedFault = SimulatedFault> {
  /** A bundled workload whose checkers judge the history. */
  readonly workload: string
  /** The plan of a seed, with faults to draw. */
  draw(seed: number): SimulatedPlan<F>
  /** @param bug a planted bug; null: the healthy core */
  run(plan: SimulatedPlan<F>, bug: string | null): SimulatedRun<F>
  /** The fault in words, such as `n1 crashes and loses its power`. */
  describe(fault: F): string
}
