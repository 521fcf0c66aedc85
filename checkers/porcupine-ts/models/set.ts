/** Sets: add, remove (which tell whether they changed anything), contains, and read of all elements. */
import type { Model } from '../model.ts'
import { decideSet } from '../specialised/set.ts'
import { equalSequences, hashSequence, insertSorted } from './sequence.ts'

export type SetInput =
  | { readonly f: 'add' | 'remove' | 'contains'; readonly key: number; readonly element: number }
  | { readonly f: 'read'; readonly key: number }

/** What was found: whether the element was there before, or (read) all elements in ascending order; null: not told. */
export type SetOutput = boolean | readonly number[] | null

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
