/** Strings by key: get, put, append (the model of Porcupine's test data). */
import type { Model } from '../model.ts'
import { decideStrings } from '../specialised/strings.ts'
import type { KeyValueInput } from './calls.ts'

export type { KeyValueInput } from './calls.ts'

export const keyValue: Model<string, KeyValueInput, string> = {
  name: 'key-value',
  init: () => '',
  step: (state, input, output) => {
    if (input.f === 'put') return input.value
    if (input.f === 'append') return state + input.value
    return output === undefined || output === state ? state : undefined
  },
  readOnly: (input) => input.f === 'get',
  overwrites: (input) => input.f === 'put',
  classify: (input, output) =>
    input.f === 'get' ? (output === undefined ? 'g' : `g ${output}`) : `${input.f[0]}${input.value}`,
  partition: (input) => input.key,
  describe: (input, output) =>
    input.f === 'get'
      ? `get -> ${output ?? '?'}`
      : `${input.f} ${input.value}${output === undefined ? ' ?' : ''}`,
  describeState: (state) => JSON.stringify(state),
  specialised: decideStrings,
}
