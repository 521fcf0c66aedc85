/**
 * A simulated plan that breaks a property, made smaller. One run decides each candidate for certain, so the result is exact:
 * without any one of its faults, clients or ticks, it does not break the property.
 */
import type { SimulatedFault, SimulatedPlan } from '../api/simulation.ts'
import { ddmin } from './ddmin.ts'

/** All that there is to make smaller. */
export type WholePlan = SimulatedPlan & { readonly faults: readonly SimulatedFault[] }

/** Whether it breaks the same property. */
export type Breaks = (plan: WholePlan) => Promise<boolean>

/** Without a majority of others, a node cannot be cut off from one. */
const FEWEST_NODES = 3

class Shrinking {
  readonly #breaks: Breaks
  readonly #decided = new Map<string, boolean>()
  #plan: WholePlan

  constructor(plan: WholePlan, breaks: Breaks) {
    this.#plan = plan
    this.#breaks = breaks
  }

  get plan(): WholePlan {
    return this.#plan
  }

  async #try(change: Partial<WholePlan>): Promise<boolean> {
    const candidate = { ...this.#plan, ...change }
    const key = JSON.stringify(candidate)
    const decided = this.#decided.get(key) ?? (await this.#breaks(candidate))
    this.#decided.set(key, decided)
    if (decided) this.#plan = candidate
    return decided
  }

  /** What has been broken stays broken: the first tick after it is found by halves. */
  async #fewerTicks(): Promise<void> {
    for (let low = 0; low + 1 < this.#plan.ticks; ) {
      const middle = Math.floor((low + this.#plan.ticks) / 2)
      if (!(await this.#try({ ticks: middle }))) low = middle
    }
  }

  async #fewerFaults(): Promise<void> {
    const { faults } = this.#plan
    if (faults.length > 0) await ddmin(faults, (subset) => this.#try({ faults: subset }))
  }

  /** The smallest number, from the lowest up. */
  async #fewer(what: 'clients' | 'nodes', lowest: number): Promise<void> {
    for (let count = lowest; count < this.#plan[what]; count++) if (await this.#try({ [what]: count })) return
  }

  async #shorterFaults(): Promise<void> {
    for (const [at] of this.#plan.faults.entries()) {
      const halved = (): readonly SimulatedFault[] =>
        this.#plan.faults.map((fault, index) =>
          index === at ? { ...fault, lastsTicks: Math.floor(fault.lastsTicks / 2) } : fault,
        )
      while ((this.#plan.faults[at]?.lastsTicks ?? 0) > 1 && (await this.#try({ faults: halved() })));
    }
  }

  async run(): Promise<void> {
    for (let before = ''; before !== JSON.stringify(this.#plan); ) {
      before = JSON.stringify(this.#plan)
      await this.#fewerTicks()
      await this.#fewerFaults()
      await this.#fewer('nodes', Math.min(FEWEST_NODES, this.#plan.nodes))
      await this.#fewer('clients', 1)
      if (this.#plan.isLossy) await this.#try({ isLossy: false })
      await this.#shorterFaults()
    }
  }
}

/** @param plan one that breaks the property */
export const shrinkSimulated = async (plan: WholePlan, breaks: Breaks): Promise<WholePlan> => {
  const shrinking = new Shrinking(plan, breaks)
  await shrinking.run()
  return shrinking.plan
}
