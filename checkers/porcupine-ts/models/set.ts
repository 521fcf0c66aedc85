/** Sets: add and remove (which may return whether the element was there), contains, and read of all elements. */
import type { Model } from '../model.ts'
import { decideSet } from '../specialised/set.ts'
import type { SetInput, SetOutput } from './calls.ts'
import { equalSequences, hashSequence, insertSorted } from './sequence.ts'

export type { SetInput, SetOutput } from './calls.ts'

export const set: Model<readonly number[], SetInput, SetOutput> = {
  name: 'set',
  init: () => [],
  step: (state, input, output) => {
    if (input.f === 'read') {
      const possible = !Array.isArray(output) || equalSequences(output as readonly number[], state)
      return possible ? state : undefined
    }
    const present = state.includes(input.element)
    if (typeof output === 'boolean' && output !== present) return undefined
    if (input.f === 'add') return present ? state : insertSorted(state, input.element)
    return input.f === 'remove' && present ? state.filter((element) => element !== input.element) : state
  },
  equal: equalSequences,
  hash: hashSequence,
  readOnly: (input, output) =>
    input.f === 'read' ||
    input.f === 'contains' ||
    (input.f === 'add' && output === true) ||
    (input.f === 'remove' && output === false),
  classify: (input, output) => `${input.f} ${'element' in input ? input.element : ''} ${String(output)}`,
  partition: ({ key }) => key,
  describe: (input, output) =>
    `${input.f}${'element' in input ? ` ${input.element}` : ''} -> ${output === undefined ? '?' : String(output)}`,
  describeState: (state) => `{${state.join(', ')}}`,
  specialised: decideSet,
}
