/** Clients of a simulated cluster: registers, with sessions and declared retries. */
import type { Operation } from '../../../harness/api/history.ts'
import type { Rng } from '../../../harness/api/random.ts'
import { REGISTER, type RegisterCall } from '../../../harness/vocabularies/register.ts'
import type { NodeId } from '../commands.ts'
import type { SimulatedReply } from './node.ts'
import type { World } from './world.ts'

/** The most. Process numbers of one client differ by this. */
export const CLIENTS = 6
const KEYS = 3
const ATTEMPT_TICKS = 40
const MAX_ATTEMPTS = 4

/** What a client records; the simulator adds when. */
export type Recorded = Omit<Operation, 'index' | 'timeNs'>

export class SimulatedClient {
  readonly #world: World
  readonly #rng: Rng
  readonly #record: (operation: Recorded) => void
  readonly #restTicks: number
  #process: number
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
    this.#world = world
    this.#restTicks = restTicks
    this.#rng = rng
    this.#process = process
    this.#record = record
    this.#target = rng.pick(world.ids)
  }

  start(): void {
    this.#world.after(1 + this.#rng.int(10), () => this.#next())
  }

  #next(): void {
    if (this.#session === null) return this.#openSession()
    const call = this.#call()
    this.#seq++
    this.#record({ process: this.#process, type: 'invoke', f: call.f, value: call.value })
    this.#attempt(call, 1)
  }

  #rest(): void {
    this.#world.after(1 + this.#rng.int(this.#restTicks), () => this.#next())
  }

  #call(): RegisterCall {
    const key = this.#rng.int(KEYS)
    const value = 1 + this.#process + this.#ops++ * 10_000
    const draw = this.#rng.float()
    if (draw < 0.5) return { f: 'read', value: { key } }
    if (draw < 0.85) return { f: 'write', value: { key, value } }
    return { f: 'cas', value: { key, expected: this.#rng.int(3) === 0 ? null : value - 10_000, next: value } }
  }

  #openSession(): void {
    this.#ask(
      (reply) => this.#world.submit(this.#target, { kind: 'session' }, reply),
      (answer) => {
        if (answer?.type === 'value') {
          this.#session = answer.value as number
          this.#seq = 0
        } else this.#retarget()
        this.#rest()
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
    this.#world.after(ATTEMPT_TICKS, () => settle(null))
  }

  #retarget(): void {
    this.#target =
      this.#rng.float() < 0.7
        ? (this.#world.leader() ?? this.#rng.pick(this.#world.ids))
        : this.#rng.pick(this.#world.ids)
  }

  #attempt(call: RegisterCall, attempt: number, doubtful = false): void {
    const session = this.#session as number
    const seq = this.#seq
    const target = this.#target
    this.#ask(
      (reply) =>
        call.f === 'read'
          ? this.#world.read(target, call, reply)
          : this.#world.submit(target, { kind: 'op', session, seq, vocabulary: REGISTER.name, call }, reply),
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
      this.#world.after(1 + this.#rng.int(5), () => this.#attempt(call, attempt + 1, nowDoubtful))
    } else this.#complete(call, nowDoubtful ? 'info' : 'fail')
  }

  #complete(call: RegisterCall, type: 'ok' | 'fail' | 'info', value?: unknown): void {
    this.#record({ process: this.#process, type, f: call.f, value: type === 'ok' ? value : call.value })
    if (type === 'info') {
      this.#process += CLIENTS
      this.#session = null
    }
    this.#rest()
  }
}
