/** A simulated client (4.1): asks all replicas, sends again, and takes what f+1 of them answer alike. Reads are ordered, too. */
import type { Rng } from '../../../harness/api/random.ts'
import { REGISTER, type RegisterCall } from '../../../harness/vocabularies/register.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import { PacedClient, type Recorded } from '../../protocol/simulation/paced-client.ts'
import { drawRegisterCall } from '../../protocol/simulation/register-calls.ts'
import type { World } from '../../protocol/simulation/world.ts'

const SHARES = { reads: 0.4, writes: 0.4 }
const ATTEMPT_TICKS = 60
const MAX_ATTEMPTS = 5
/** Some requests are sent again much later, as by a slow network. */
const LATE_TICKS = 150

export class SimulatedPbftClient extends PacedClient {
  readonly #answersNeeded: number
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
    super(world, rng, process, restTicks, record)
    this.#answersNeeded = answersNeeded
  }

  protected next(): void {
    const call = drawRegisterCall(this.rng, this.process, this.#ops++, SHARES)
    this.#timestamp++
    this.invoked(call)
    this.#ask(call)
  }

  #ask(call: RegisterCall): void {
    const command: Command = {
      kind: 'op',
      session: this.process,
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
      for (const id of this.world.ids)
        this.world.submit(id, command, (answer) => {
          if (answer.type !== 'value') return
          answers.set(id, JSON.stringify(answer.value))
          const agreed = this.#agreed([...answers.values()])
          if (agreed !== null) settle('ok', JSON.parse(agreed))
        })
    }
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
      this.world.after(1 + attempt * ATTEMPT_TICKS, () => {
        if (isOpen) send()
      })
    if (this.rng.float() < 0.1) this.world.after(LATE_TICKS, send)
    this.world.after(1 + MAX_ATTEMPTS * ATTEMPT_TICKS, () => settle('info'))
  }

  #agreed(answers: readonly string[]): string | null {
    return (
      answers.find((each) => answers.filter((other) => other === each).length >= this.#answersNeeded) ?? null
    )
  }

  #complete(call: RegisterCall, type: 'ok' | 'info', value?: unknown): void {
    this.completed(call, type, value)
    if (type === 'info') this.#timestamp = 0
    this.rest()
  }
}
