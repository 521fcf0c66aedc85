/** Several registers, read and written together in one step. */
import type { Model } from '../model.ts'

/** `read`: the value is what was found (null: nothing was written yet). */
export interface RegisterStep {
  readonly f: 'read' | 'write'
  readonly key: number
  readonly value: number | null
}

/** In an input, the value of a read is ignored, since it is not known yet. In an output, all values are known. */
export type Transaction = readonly RegisterStep[]

/** States as text: `key=value` in ascending order of keys. */
const parse = (state: string): Map<number, number> =>
  new Map(state === '' ? [] : state.split(' ').map((cell) => cell.split('=').map(Number) as [number, number]))

const format = (cells: ReadonlyMap<number, number>): string =>
  [...cells]
    .sort(([a], [b]) => a - b)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')

export const multiRegister: Model<string, Transaction, Transaction> = {
  name: 'multi-register',
  init: () => '',
  step: (state, input, output) => {
    const cells = parse(state)
    for (const [i, { f, key, value }] of input.entries()) {
      if (f === 'write') cells.set(key, value as number)
      else if (output !== undefined && (cells.get(key) ?? null) !== output[i]?.value) return undefined
    }
    return format(cells)
  },
  readOnly: (input) => input.every(({ f }) => f === 'read'),
  classify: (input, output) =>
    (output ?? input)
      .map(({ f, key, value }) => `${f}${key}=${f === 'read' && output === undefined ? '?' : value}`)
      .join(),
  describe: (input, output) =>
    (output ?? input)
      .map(
        ({ f, key, value }) =>
          `${f === 'read' ? 'r' : 'w'}${key}${output === undefined && f === 'read' ? '?' : `=${value ?? '-'}`}`,
      )
      .join(' '),
  describeState: (state) => state,
}

/** Keys from `n * size` to below `(n + 1) * size` are a group. No transaction leaves its group, so each is an object. */
export const multiRegisterInGroups = (size: number): Model<string, Transaction, Transaction> => ({
  ...multiRegister,
  partition: (input) => Math.floor((input[0]?.key ?? 0) / size),
})
