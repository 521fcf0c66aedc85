/** Clients of a simulated cluster: registers, with sessions and declared retries. */
import type { Rng } from '../../../harness/api/random.ts'
import { REGISTER, type RegisterCall } from '../../../harness/vocabularies/register.ts'
import type { NodeId } from '../commands.ts'
import type { SimulatedReply } from './node.ts'
import { PacedClient, type Recorded } from './paced-client.ts'
import { drawRegisterCall } from './register-calls.ts'
import type { World } from './world.ts'

const SHARES = { reads: 0.5, writes: 0.35 }
const ATTEMPT_TICKS = 40
const MAX_ATTEMPTS = 4

export class SimulatedClient extends PacedClient {
  #session: number | null = null
  #seq = 0
  #ops = 0
  #target: NodeId

  constructor(
    world: World,
    rng: Rng,
    process: number,
    restTicks: number,
    record: (operation: Recorded) => void,
  ) {
    super(world, rng, process, restTicks, record)
    this.#target = rng.pick(world.ids)
  }

  protected next(): void {
    if (this.#session === null) return this.#openSession()
    const call = drawRegisterCall(this.rng, this.process, this.#ops++, SHARES)
    this.#seq++
    this.invoked(call)
    this.#attempt(call, 1)
  }

  #openSession(): void {
    this.#ask(
      (reply) => this.world.submit(this.#target, { kind: 'session' }, reply),
      (answer) => {
        if (answer?.type === 'value') {
          this.#session = answer.value as number
          this.#seq = 0
        } else this.#retarget()
        this.rest()
      },
    )
  }

  /** Null: no answer in time. */
  #ask(
    send: (reply: SimulatedReply) => void,
    then: (answer: Parameters<SimulatedReply>[0] | null) => void,
  ): void {
    let open = true
    const settle = (answer: Parameters<SimulatedReply>[0] | null): void => {
      if (!open) return
      open = false
      then(answer)
    }
    send(settle)
    this.world.after(ATTEMPT_TICKS, () => settle(null))
  }

  #retarget(): void {
    this.#target =
      this.rng.float() < 0.7
        ? (this.world.leader() ?? this.rng.pick(this.world.ids))
        : this.rng.pick(this.world.ids)
  }

  #attempt(call: RegisterCall, attempt: number, doubtful = false): void {
    const session = this.#session as number
    const seq = this.#seq
    const target = this.#target
    this.#ask(
      (reply) =>
        call.f === 'read'
          ? this.world.read(target, call, reply)
          : this.world.submit(target, { kind: 'op', session, seq, vocabulary: REGISTER.name, call }, reply),
      (answer) => this.#answered(call, attempt, doubtful, answer),
    )
  }

  #answered(
    call: RegisterCall,
    attempt: number,
    doubtful: boolean,
    answer: Parameters<SimulatedReply>[0] | null,
  ): void {
    if (answer?.type === 'value') return this.#complete(call, 'ok', answer.value)
    if (answer?.type === 'refused') {
      this.#session = null
      return this.#complete(call, doubtful ? 'info' : 'fail')
    }
    const nowDoubtful = doubtful || (answer?.type !== 'not-leader' && call.f !== 'read')
    this.#retarget()
    if (attempt < MAX_ATTEMPTS) {
      this.world.after(1 + this.rng.int(5), () => this.#attempt(call, attempt + 1, nowDoubtful))
    } else this.#complete(call, nowDoubtful ? 'info' : 'fail')
  }

  #complete(call: RegisterCall, type: 'ok' | 'fail' | 'info', value?: unknown): void {
    this.completed(call, type, value)
    if (type === 'info') this.#session = null
    this.rest()
  }
}
