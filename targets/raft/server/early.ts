/** Planted bugs of one family: the leader looks at its own state before a call is in the log, and logs what follows. */
import type { Call } from '../../../harness/api/history.ts'
import { LEASE, LEASE_MS } from '../../../harness/vocabularies/lease.ts'
import type { Bug } from '../bugs/bugs.ts'
import type { Command } from '../core/types.ts'
import type { StateMachine } from '../state-machine.ts'

type Op = Command & { readonly kind: 'op' }

const withValue = (call: Call, more: object): Call => ({
  ...call,
  value: { ...(call.value as object), ...more },
})

export class EarlyMistakes {
  readonly #bug: Bug | null
  /** The last id that this process handed out. */
  #lastId = 0

  constructor(bug: Bug | null) {
    this.#bug = bug
  }

  /** What is logged in place of the command. */
  distort(command: Command, machine: StateMachine): Command {
    if (this.#bug === null || command.kind !== 'op') return command
    return { ...command, call: this.#distortCall(command, machine) }
  }

  #distortCall({ vocabulary, call }: Op, machine: StateMachine): Call {
    const read = <T>(): T => machine.read(vocabulary, { f: 'read', value: call.value }) as T
    switch (this.#bug) {
      case 'txn-reads-early':
        return vocabulary.startsWith('list') || vocabulary.startsWith('rw')
          ? this.#readFirst(vocabulary, call, machine)
          : call
      case 'counter-outside-log': {
        if (vocabulary !== 'counter') return call
        const { delta } = call.value as { delta: number }
        return withValue(call, { becomes: read<{ value: number }>().value + delta })
      }
      case 'dequeue-before-commit':
        return call.f === 'dequeue'
          ? withValue(call, { taken: read<{ value: number | null }>().value })
          : call
      case 'ids-from-memory':
        if (vocabulary !== 'unique-ids') return call
        this.#lastId = Math.max(this.#lastId, read<{ id: number }>().id) + 1
        return withValue(call, { reserved: this.#lastId })
      case 'funds-checked-early': {
        if (call.f !== 'transfer') return call
        const { from, amount } = call.value as { from: number; amount: number }
        return withValue(call, {
          allowed: (read<{ balances: number[] }>().balances[from] as number) >= amount,
        })
      }
      case 'lease-by-wall-clock':
        return vocabulary === LEASE.name && call.f === 'acquire'
          ? withValue(call, { untilMs: Date.now() + LEASE_MS })
          : call
      case 'newest-clock-wins':
        return vocabulary === 'access' ? withValue(call, { clockMs: Date.now() }) : call
      default:
        return call
    }
  }

  /** Reads are answered now, and logged with their answers. */
  #readFirst(vocabulary: string, call: Call, machine: StateMachine): Call {
    const ops = call.value as readonly (readonly [string, unknown, unknown])[]
    const reads = ops.map(([, key]) => ['r', key, null])
    const answers = machine.read(vocabulary, { f: 'txn', value: reads }) as readonly (readonly unknown[])[]
    return {
      f: 'txn',
      value: ops.map((op, at) => (op[0] === 'r' ? ['answered', op[1], answers[at]?.[2]] : op)),
    }
  }
}
