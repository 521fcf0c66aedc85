/** A simulated client (4.1): asks all replicas, sends again, and takes what f+1 of them answer alike. Reads are ordered, too. */
import type { Rng } from '../../../harness/api/random.ts'
import { REGISTER, type RegisterCall } from '../../../harness/vocabularies/register.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import { CLIENTS, type Recorded } from '../../protocol/simulation/client.ts'
import type { World } from '../../protocol/simulation/world.ts'

const KEYS = 3
const ATTEMPT_TICKS = 60
const MAX_ATTEMPTS = 5
/** Some requests are sent again much later, as by a slow network. */
const LATE_TICKS = 150

export class SimulatedPbftClient {
  readonly #world: World
  readonly #rng: Rng
  readonly #record: (operation: Recorded) => void
  readonly #restTicks: number
  readonly #answersNeeded: number
  #process: number
  #timestamp = 0
  #ops = 0

  /** @param answersNeeded f+1 */
  constructor(
    world: World,
    rng: Rng,
    process: number,
    restTicks: number,
    record: (operation: Recorded) => void,
    answersNeeded: number,
  ) {
    this.#world = world
    this.#rng = rng
    this.#process = process
    this.#restTicks = restTicks
    this.#record = record
    this.#answersNeeded = answersNeeded
  }

  start(): void {
    this.#world.after(1 + this.#rng.int(10), () => this.#next())
  }

  #next(): void {
    const call = this.#call()
    this.#timestamp++
    this.#record({ process: this.#process, type: 'invoke', f: call.f, value: call.value })
    this.#ask(call)
  }

  #call(): RegisterCall {
    const key = this.#rng.int(KEYS)
    const value = 1 + this.#process + this.#ops++ * 10_000
    const draw = this.#rng.float()
    if (draw < 0.4) return { f: 'read', value: { key } }
    if (draw < 0.8) return { f: 'write', value: { key, value } }
    return { f: 'cas', value: { key, expected: this.#rng.int(3) === 0 ? null : value - 10_000, next: value } }
  }

  #ask(call: RegisterCall): void {
    const command: Command = {
      kind: 'op',
      session: this.#process,
      seq: this.#timestamp,
      vocabulary: REGISTER.name,
      call,
    }
    /** Of each replica, the latest. */
    const answers = new Map<NodeId, string>()
    let isOpen = true
    const settle = (type: 'ok' | 'info', value?: unknown): void => {
      if (!isOpen) return
      isOpen = false
      this.#complete(call, type, value)
    }
    const send = (): void => {
      for (const id of this.#world.ids)
        this.#world.submit(id, command, (answer) => {
          if (answer.type !== 'value') return
          answers.set(id, JSON.stringify(answer.value))
          const agreed = this.#agreed([...answers.values()])
          if (agreed !== null) settle('ok', JSON.parse(agreed))
        })
    }
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
      this.#world.after(1 + attempt * ATTEMPT_TICKS, () => {
        if (isOpen) send()
      })
    if (this.#rng.float() < 0.1) this.#world.after(LATE_TICKS, send)
    this.#world.after(1 + MAX_ATTEMPTS * ATTEMPT_TICKS, () => settle('info'))
  }

  #agreed(answers: readonly string[]): string | null {
    return (
      answers.find((each) => answers.filter((other) => other === each).length >= this.#answersNeeded) ?? null
    )
  }

  #complete(call: RegisterCall, type: 'ok' | 'info', value?: unknown): void {
    this.#record({ process: this.#process, type, f: call.f, value: type === 'ok' ? value : call.value })
    if (type === 'info') {
      this.#process += CLIENTS
      this.#timestamp = 0
    }
    this.#world.after(1 + this.#rng.int(this.#restTicks), () => this.#next())
  }
}
