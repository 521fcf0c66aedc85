/** Counters: add (any amount; may return the new value) and read. */
import type { Model } from '../model.ts'
import { decideCounter } from '../specialised/counter.ts'
import type { CounterInput, CounterOutput } from './calls.ts'
import { partitionOf } from './sequence.ts'

export type { CounterInput, CounterOutput } from './calls.ts'

/** Kinds of rows. */
const READ = 0
const ADD = 1

export const counter: Model<number, CounterInput, CounterOutput> = {
  name: 'counter',
  init: () => 0,
  step: (state, input, output) => {
    const after = input.f === 'add' ? state + input.delta : state
    return output === undefined || output.value === null || output.value === after ? after : undefined
  },
  readOnly: (input) => input.f === 'read' || input.delta === 0,
  classify: (input, output) =>
    `${input.f === 'add' ? input.delta : 'r'} ${output === undefined ? null : output.value}`,
  partition: ({ key }) => partitionOf(key),
  describe: (input, output) => {
    const told = output === undefined ? ' ?' : output.value === null ? '' : ` -> ${output.value}`
    return input.f === 'read' ? `read${told}` : `add ${input.delta}${told}`
  },
  describeState: String,
  packing: {
    pack: ({ key, ...input }, output) => ({
      ...(input.f === 'add' ? { kind: ADD, value: input.delta } : { kind: READ, value: null }),
      key,
      second: output?.value ?? null,
    }),
    unpack: ({ kind, key, value, second }) => ({
      input: kind === ADD ? { f: 'add', key, delta: value as number } : { f: 'read', key },
      output: { value: second as number | null },
    }),
  },
  specialised: decideCounter,
}
