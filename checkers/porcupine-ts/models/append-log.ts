/** Logs: append (which may return the offset), and read of everything from the start. */
import type { Model } from '../model.ts'
import { equalSequences, hashSequence } from './sequence.ts'

export type LogInput =
  | { readonly f: 'append'; readonly key: number; readonly value: number }
  | { readonly f: 'read'; readonly key: number }

/** For an append: its offset, or null if that was not returned. For a read: all values. */
export type LogOutput = number | null | readonly number[]

export const appendLog: Model<readonly number[], LogInput, LogOutput> = {
  name: 'append-log',
  init: () => [],
  step: (state, input, output) => {
    if (input.f === 'append')
      return typeof output === 'number' && output !== state.length ? undefined : [...state, input.value]
    return output === undefined || equalSequences(output as readonly number[], state) ? state : undefined
  },
  equal: equalSequences,
  hash: hashSequence,
  readOnly: (input) => input.f === 'read',
  classify: (input, output) => `${input.f === 'append' ? `a${input.value}` : 'r'} ${String(output)}`,
  partition: ({ key }) => key,
  describe: (input, output) =>
    input.f === 'append'
      ? `append ${input.value}${typeof output === 'number' ? ` -> offset ${output}` : output === undefined ? ' ?' : ''}`
      : `read -> ${output === undefined ? '?' : `[${String(output)}]`}`,
  describeState: (state) => `[${state.join(', ')}]`,
}
