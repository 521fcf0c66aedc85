import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from './check.ts'
import { determinize, isNondeterministic } from './general/determinize.ts'
import { Packer } from './history/packer.ts'
import { BrokenLawError, watchLaws } from './laws.ts'
import type { Model, Operation } from './model.ts'
import { histories, SEED } from './testing/seeded.ts'
import { subjects } from './testing/specimens.ts'

describe.each(subjects)('$name', ({ model, history }) => {
  it('keeps its laws along random walks', () => {
    const choices = fc.array(fc.nat(), { maxLength: 30 })
    const pool = fc.tuple(histories(history), histories(history)).map((both) => both.flat())
    fc.assert(
      fc.property(pool, choices, (operations, walk) => {
        const plain = isNondeterministic(model) ? determinize(model) : model
        const watched = watchLaws(plain as Model<unknown, unknown, unknown>)
        let state: unknown = watched.init()
        for (const choice of operations.length === 0 ? [] : walk) {
          const { input, output } = operations[choice % operations.length] as Operation<unknown, unknown>
          // An impossible step leaves the state as it is.
          state = watched.step(state, input, output) ?? state
        }
      }),
      { seed: SEED },
    )
  })
})

describe.each(subjects.filter(({ model }) => model.packing !== undefined))(
  '$name, packed',
  ({ model, history }) => {
    const { pack, unpack } = model.packing as NonNullable<typeof model.packing>

    it('comes out as it was', () => {
      fc.assert(
        fc.property(histories(history), (operations) => {
          for (const { input, output } of operations) {
            const unpacked = unpack(pack(input, output))
            expect(unpacked.input).toEqual(input)
            if (output !== undefined) expect(unpacked.output).toEqual(output)
          }
        }),
        { seed: SEED },
      )
    })

    it('is judged in the same way', () => {
      fc.assert(
        fc.property(histories(history), (operations) => {
          const packer = new Packer(operations.length)
          for (const each of operations) packer.add(each, pack(each.input, each.output))
          expect(check(model, packer.packed())).toEqual(check(model, operations))
        }),
        { seed: SEED },
      )
    })
  },
)

describe('a broken law is told', () => {
  type Cell = { readonly f: 'set'; readonly value: number } | { readonly f: 'bump' }
  const cell: Model<{ readonly value: number }, Cell, boolean> = {
    name: 'cell',
    init: () => ({ value: 0 }),
    step: (state, input) => ({ value: input.f === 'set' ? input.value : state.value + 1 }),
    equal: (a, b) => a.value === b.value,
    hash: ({ value }) => value,
  }
  const operations = (
    [{ f: 'bump' }, { f: 'set', value: 5 }, { f: 'bump' }, { f: 'set', value: 5 }] as const
  ).map(
    (input, i): Operation<Cell, boolean> => ({
      client: 0,
      call: 2 * i,
      return: 2 * i + 1,
      input,
      output: true,
    }),
  )
  let made = 0

  it.each<[string, Partial<typeof cell>]>([
    ['are equal, but hash to', { hash: () => made++ }],
    ['is said to change nothing', { readOnly: ({ f }) => f === 'bump' }],
    ['is said to overwrite', { overwrites: ({ f }) => f === 'bump' }],
    ['are of one class (same), but step apart', { classify: () => 'same' }],
  ])('%s', (message, broken) => {
    const wrong = { ...cell, ...broken }
    expect(() => check(wrong, operations, { watchLaws: true })).toThrow(BrokenLawError)
    expect(() => check(wrong, operations, { watchLaws: true })).toThrow(message)
  })

  it('and none where none is broken', () =>
    expect(check(cell, operations, { watchLaws: true }).verdict).toBe('ok'))
})
