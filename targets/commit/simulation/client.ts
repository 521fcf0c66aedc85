/** Clients of the simulated shards: transfers between accounts, with sessions and declared retries, and reads of all of them. */
import { ACCOUNTS, BANK, type BankCall } from '../../../harness/vocabularies/bank.ts'
import type { NodeId } from '../../protocol/commands.ts'
import type { SimulatedReply } from '../../protocol/simulation/node.ts'
import { PacedClient } from '../../protocol/simulation/paced-client.ts'

const ATTEMPT_TICKS = 40
const MAX_ATTEMPTS = 4
const MOST = 15

type Answer = Parameters<SimulatedReply>[0]

/** A transfer that was sent, and whether an earlier try of it may have had an effect. */
interface Attempt {
  readonly call: BankCall
  readonly number: number
  readonly isDoubtful: boolean
}

export class BankClient extends PacedClient {
  /** With the node that opened it. */
  #session: { readonly id: number; readonly home: NodeId } | null = null
  #seq = 0

  protected next(): void {
    if (this.#session === null) return this.#openSession()
    const call = this.#draw()
    this.#seq++
    this.invoked(call)
    this.#attempt({ call, number: 1, isDoubtful: false })
  }

  #draw(): BankCall {
    if (this.rng.float() < 0.35) return { f: 'read', value: {} }
    const from = this.rng.int(ACCOUNTS)
    const to = (from + 1 + this.rng.int(ACCOUNTS - 1)) % ACCOUNTS
    return { f: 'transfer', value: { from, to, amount: 1 + this.rng.int(MOST) } }
  }

  #openSession(): void {
    const home = this.rng.pick(this.world.ids)
    this.#ask(
      (reply) => this.world.submit(home, { kind: 'session' }, reply),
      (answer) => {
        if (answer?.type === 'value') this.#session = { id: answer.value as number, home }
        this.#seq = 0
        this.rest()
      },
    )
  }

  /** Null: no answer in time. */
  #ask(send: (reply: SimulatedReply) => void, then: (answer: Answer | null) => void): void {
    let open = true
    const settle = (answer: Answer | null): void => {
      if (!open) return
      open = false
      then(answer)
    }
    send(settle)
    this.world.after(ATTEMPT_TICKS, () => settle(null))
  }

  #attempt(attempt: Attempt): void {
    const { call } = attempt
    const { id: session, home } = this.#session as { id: number; home: NodeId }
    const command = { kind: 'op', session, seq: this.#seq, vocabulary: BANK.name, call } as const
    this.#ask(
      (reply) =>
        call.f === 'read' ? this.world.read(home, call, reply) : this.world.submit(home, command, reply),
      (answer) => this.#answered(attempt, answer),
    )
  }

  #answered({ call, number, isDoubtful }: Attempt, answer: Answer | null): void {
    if (answer?.type === 'value') return this.#complete(call, 'ok', answer.value)
    if (answer?.type === 'refused' && !isDoubtful) return this.#complete(call, 'fail')
    const nowDoubtful = isDoubtful || (answer === null && call.f !== 'read')
    if (number === MAX_ATTEMPTS) return this.#complete(call, nowDoubtful ? 'info' : 'fail')
    const next = { call, number: number + 1, isDoubtful: nowDoubtful }
    this.world.after(1 + this.rng.int(5), () => this.#attempt(next))
  }

  #complete(call: BankCall, type: 'ok' | 'fail' | 'info', value?: unknown): void {
    this.completed(call, type, value)
    // After one without an answer, another node is asked.
    if (type !== 'ok') this.#session = null
    this.rest()
  }
}
