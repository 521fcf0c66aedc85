/** Several registers, read and written together in one step. */
import type { Model } from '../model.ts'
import type { Scalar } from './calls.ts'
import { inWords } from './sequence.ts'

/** `read`: the value is what was found (null: nothing was written yet). */
export interface RegisterStep {
  readonly f: 'read' | 'write'
  readonly key: Scalar
  readonly value: Scalar | null
}

/** In an input, the value of a read is ignored, since it is not known yet. In an output, all values are known. */
export type Transaction = readonly RegisterStep[]

/** Texts, numbers and booleans that look alike are different: `1` and `"1"`. */
const codeOf = (scalar: Scalar | null): string => (scalar === null ? '' : `${typeof scalar}:${scalar}`)

/** States as text: the codes of keys and values, in the order of the keys. */
const parse = (state: string): Map<string, string> =>
  new Map(state === '' ? [] : (JSON.parse(state) as [string, string][]))

const format = (cells: ReadonlyMap<string, string>): string =>
  cells.size === 0 ? '' : JSON.stringify([...cells].sort(([a], [b]) => (a < b ? -1 : 1)))

const named = (code: string): string => code.slice(code.indexOf(':') + 1)
const valueIn = ({ f, value }: RegisterStep, isKnown: boolean): string =>
  f === 'read' && !isKnown ? '?' : value === null ? '-' : inWords(value)

/** @param initial what a read of a register returns before the first write; null: nothing */
export const multiRegisterFrom = (initial: Scalar | null): Model<string, Transaction, Transaction> => ({
  name: 'multi-register',
  init: () => '',
  step: (state, input, output) => {
    const cells = parse(state)
    for (const [i, { f, key, value }] of input.entries()) {
      if (f === 'write') cells.set(codeOf(key), codeOf(value))
      else if (
        output !== undefined &&
        (cells.get(codeOf(key)) ?? codeOf(initial)) !== codeOf(output[i]?.value ?? null)
      )
        return undefined
    }
    return format(cells)
  },
  readOnly: (input) => input.every(({ f }) => f === 'read'),
  classify: (input, output) =>
    JSON.stringify(
      (output ?? input).map(({ f, key, value }) => [
        f,
        codeOf(key),
        f === 'read' && output === undefined ? null : codeOf(value),
      ]),
    ),
  describe: (input, output) =>
    (output ?? input)
      .map(
        (step) =>
          `${step.f === 'read' ? 'r' : 'w'}${inWords(step.key)}=${valueIn(step, output !== undefined)}`,
      )
      .join(' '),
  describeState: (state) =>
    [...parse(state)].map(([key, value]) => `${named(key)}=${value === '' ? '-' : named(value)}`).join(' '),
})

/**
 * Registers that no transaction uses together are apart, and each component is an object.
 *
 * @param components key -> name of its component; a key that is not listed is on its own
 */
export const multiRegister = (
  initial: Scalar | null,
  components: readonly (readonly [Scalar, string])[],
): Model<string, Transaction, Transaction> => {
  const names = new Map(components)
  return {
    ...multiRegisterFrom(initial),
    partition: (input) => {
      const key = input[0]?.key ?? ''
      return names.get(key) ?? inWords(key)
    },
  }
}
