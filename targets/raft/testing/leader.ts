/** A leader without a core, for tests of what stands around it. */
import type { Call } from '../../../harness/api/history.ts'
import type { Reply } from '../../protocol/server/client-api.ts'
import { dutiesOf } from '../../protocol/server/duties/duties.ts'
import type { Duty } from '../../protocol/server/duties/duty.ts'
import { StateMachine } from '../../protocol/state-machine.ts'
import { type Bug, deviationsOf } from '../bugs/bugs.ts'
import type { Command } from '../core/types.ts'
import type { Deviations } from '../deviations.ts'
import type { ClientApi, ServerApi } from '../server/client-api.ts'

const TERM = 7

/** What is submitted becomes an entry of the log when `step` is called. */
export class Leader implements ServerApi {
  readonly #deviations: Deviations
  readonly #duties: readonly Duty[]
  readonly #submitted: { readonly command: Command; readonly reply: Reply }[] = []
  #machine: StateMachine
  #api: ClientApi
  #index = 0

  constructor(bug: Bug | null) {
    this.#deviations = deviationsOf(bug)
    const { machine, server } = this.#deviations
    this.#machine = new StateMachine(null, machine)
    this.#api = server.clientApiOf(this)
    this.#duties = dutiesOf({ id: 'n1', sink: 'http://sink', propose: this.propose, deviations: server })
  }

  submit(command: Command, reply: Reply): void {
    this.#submitted.push({ command, reply })
  }

  readonly propose = (vocabulary: string, call: Call): void =>
    this.submit({ kind: 'internal', vocabulary, call }, () => {})

  read(vocabulary: string, call: Call, reply: Reply): void {
    reply({ type: 'value', value: this.localRead(vocabulary, call) })
  }

  localRead(vocabulary: string, call: Call): unknown {
    return this.#machine.read(vocabulary, call)
  }

  changeMembers(): never {
    throw new Error('not in this test')
  }

  status(): never {
    throw new Error('not in this test')
  }

  /** One entry is logged and applied. */
  step(): void {
    const next = this.#submitted.shift()
    if (next === undefined) return
    this.#index++
    next.reply(this.#machine.apply({ index: this.#index, term: TERM, command: next.command }))
  }

  #settle(): void {
    while (this.#submitted.length > 0) this.step()
  }

  /** A new client sends a write; its answer, once there is one, is in `value`. */
  send(vocabulary: string, f: string, value: unknown): { value?: unknown } {
    const answer: { value?: unknown } = {}
    const session = ++this.#index
    this.#machine.apply({ index: session, term: TERM, command: { kind: 'session' } })
    const command = { kind: 'op', session, seq: 1, vocabulary, call: { f, value } } as const
    this.#api.submit(command, (reply) => {
      if (reply.type === 'value') answer.value = reply.value
    })
    return answer
  }

  /** Writes that are under way at the same time, each from a client of its own. */
  together(vocabulary: string, ...calls: readonly (readonly [f: string, value: unknown])[]): unknown[] {
    const answers = calls.map(([f, value]) => this.send(vocabulary, f, value))
    this.#settle()
    return answers.map(({ value }) => value)
  }

  write(vocabulary: string, f: string, value: unknown): unknown {
    return this.together(vocabulary, [f, value])[0]
  }

  ask(vocabulary: string, f: string, value: unknown): unknown {
    let answer: unknown
    this.#api.read(vocabulary, { f, value }, (reply) => {
      if (reply.type === 'value') answer = reply.value
    })
    return answer
  }

  /** Another node takes over with this node's log: what was only in memory is gone. */
  replace(): void {
    this.#api = this.#deviations.server.clientApiOf(this)
  }

  /** The node starts again from a snapshot. */
  restart(): void {
    this.#machine = new StateMachine(this.#machine.save(), this.#deviations.machine)
  }

  lead(): void {
    for (const duty of this.#duties) duty.perform(this.#machine, TERM)
    this.#settle()
  }
}
