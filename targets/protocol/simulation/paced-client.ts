/** What simulated clients have in common: one call after another with a rest between them, and what they record. */
import type { Call, Operation } from '../../../harness/api/history.ts'
import type { Rng } from '../../../harness/api/random.ts'
import type { World } from './world.ts'

/** The most. Process numbers of one client differ by this. */
export const CLIENTS = 6

/** What a client records; the simulator adds when. */
export type Recorded = Omit<Operation, 'index' | 'timeNs'>

/** A client that asks from its start on. */
export abstract class PacedClient {
  protected readonly world: World
  protected readonly rng: Rng
  readonly #record: (operation: Recorded) => void
  readonly #restTicks: number
  #process: number

  /** @param restTicks the longest rest, and one */
  constructor(
    world: World,
    rng: Rng,
    process: number,
    restTicks: number,
    record: (operation: Recorded) => void,
  ) {
    this.world = world
    this.rng = rng
    this.#process = process
    this.#restTicks = restTicks
    this.#record = record
  }

  /** Of the present process: a call that stays in doubt ends one. */
  protected get process(): number {
    return this.#process
  }

  start(): void {
    this.world.after(1 + this.rng.int(10), () => this.next())
  }

  protected rest(): void {
    this.world.after(1 + this.rng.int(this.#restTicks), () => this.next())
  }

  /** Asks the next thing. */
  protected abstract next(): void

  protected invoked({ f, value }: Call): void {
    this.#record({ process: this.#process, type: 'invoke', f, value })
  }

  protected completed(call: Call, type: 'ok' | 'fail' | 'info', value?: unknown): void {
    this.#record({ process: this.#process, type, f: call.f, value: type === 'ok' ? value : call.value })
    if (type === 'info') this.#process += CLIENTS
  }
}
