/**
 * An in-memory register cluster for tests and benchmarks of the engine: one object in this process plays all nodes. It
 * is linearizable by construction, unless a test makes it misbehave.
 */
import type { Connection } from '../../api/client.ts'
import type { Call, Outcome } from '../../api/history.ts'
import type { Target } from '../../api/target.ts'
import { REGISTER, type RegisterValue } from '../../vocabularies/register.ts'
import { asCall } from '../../vocabularies/vocabulary.ts'

export class FakeRegisters {
  readonly #values = new Map<number, number>()

  apply(raw: Call): Outcome {
    const call = asCall(REGISTER, raw)
    const { key } = call.value
    const current: RegisterValue = this.#values.get(key) ?? null
    if (call.f === 'read') return { type: 'ok', value: { key, value: current } }
    if (call.f === 'write') {
      this.#values.set(key, call.value.value)
      return { type: 'ok', value: call.value }
    }
    const applied = current === call.value.expected
    if (applied) this.#values.set(key, call.value.next)
    return { type: 'ok', value: { ...call.value, applied } }
  }
}

/**
 * @param answer returns the outcome of a call; `honest` applies the call to the registers and returns its correct
 * outcome.
 */
export const fakeTarget = (
  answer: (call: Call, honest: () => Outcome, signal: AbortSignal) => Promise<Outcome> = async (
    _call,
    honest,
  ) => honest(),
): Target => {
  const registers = new FakeRegisters()
  const connection: Connection = {
    invoke: (call, signal) => answer(call, () => registers.apply(call), signal),
    [Symbol.asyncDispose]: async () => {},
  }
  return {
    name: 'fake',
    description: 'an in-memory register, for tests of the engine',
    options: {},
    nodes: { default: 3, min: 1 },
    bugs: [],
    programs: {},
    claims: () => ({
      source: 'the test',
      consistency: { [REGISTER.name]: { read: 'linearizable', write: 'linearizable', cas: 'linearizable' } },
      minority: 'refuse',
      recoversWithinMs: 1000,
      tolerates: { partition: 'any', kill: 'any', pause: 'any' },
    }),
    clients: { [REGISTER.name]: { open: async () => connection } },
    launch: () => ({ processes: [], files: {} }),
    ready: async () => true,
    status: async () => ({ role: 'follower', term: 1 }),
  }
}
