/** The functions that are made of schemas say what zod says. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Rng } from '../api/random.ts'
import { rngFromSeed } from '../support/random.ts'
import { EXAMPLES } from '../testing/examples.ts'
import { accepts, compiledTest } from './accepts.ts'
import { vocabularies } from './index.ts'
import { LIST_APPEND } from './transactions.ts'

/** What stands somewhere in a value instead of what belongs there. */
const ODD = [
  ...[null, undefined, true, '', 'r', 'append', '3', [], {}, [[]], 3n, Symbol.iterator, () => 3],
  ...[-1, 0, 1.5, 2 ** 53 - 1, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, new Array(2), new Date(0)],
]

/** The same with one place changed: another value, a field or an element more or fewer. */
const mutated = (value: unknown, rng: Rng): unknown => {
  const choice = rng.fork('what').int(6)
  if (choice === 0 || typeof value !== 'object' || value === null) return rng.fork('odd').pick(ODD)
  const inner = (child: unknown): unknown => mutated(child, rng.fork('in'))
  if (Array.isArray(value)) {
    const at = rng.fork('at').int(value.length + 1)
    if (choice === 1) return value.toSpliced(at, 1)
    if (choice === 2) return value.toSpliced(at, 0, rng.fork('odd').pick(ODD))
    if (choice === 3) return value.toSpliced(at, 0, value[0])
    return value.map((each, i) => (i === at ? inner(each) : each))
  }
  const names = Object.keys(value)
  if (choice === 1 || names.length === 0) return { ...value, [rng.fork('name').pick(['key', 'x'])]: 3 }
  const name = rng.fork('name').pick(names)
  const { [name]: old, ...others } = value as Readonly<Record<string, unknown>>
  return choice === 2 ? others : { ...others, [name]: inner(old) }
}

const each = Object.entries(EXAMPLES).flatMap(([name, calls]) =>
  Object.entries(calls).flatMap(([f, example]) =>
    (['value', 'ok'] as const).map((part) => ({ name, f, part, example })),
  ),
)

it.each(each)('$name $f: the same $part as zod', ({ name, f, part, example }) => {
  const schema = vocabularies[name]?.calls[f]?.[part] as z.ZodType
  const test = compiledTest(schema) ?? ((value: unknown) => accepts(schema, value))
  const seen = { yes: 0, no: 0 }
  const isSame = (value: unknown): void => {
    const expected = schema.safeParse(value).success
    seen[expected ? 'yes' : 'no']++
    expect(test(value)).toBe(expected)
  }
  const bad = part === 'value' ? example.badValues : example.badOks
  const starts = [example.value, example.ok, ...bad, ...ODD]
  for (const start of starts) isSame(start)
  const agrees = fc.property(fc.nat(), (seed) => {
    const rng = rngFromSeed(seed)
    const once = mutated(rng.fork('start').pick([example[part], ...starts]), rng.fork('once'))
    isSame(once)
    isSame(mutated(once, rng.fork('twice')))
  })
  fc.assert(agrees, { seed: 7, numRuns: 300 })
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(0)
})

describe('a schema', () => {
  it('of transactions needs no zod', () => {
    expect(compiledTest(LIST_APPEND.calls.txn.value)).not.toBeNull()
    expect(compiledTest(LIST_APPEND.calls.txn.ok)).not.toBeNull()
  })

  const same = z.int()
  it.each<[string, z.ZodType, readonly unknown[]]>([
    ['limits', z.int().min(2).max(4), [1, 2, 3, 4, 5, 2.5]],
    ['limits that are excluded', z.number().gt(2).lt(4), [2, 3, 4, Number.NaN]],
    ['several literals', z.literal(['a', Number.NaN, null]), ['a', Number.NaN, null, 'b', undefined]],
    ['one literal that equals nothing', z.literal(Number.NaN), [Number.NaN, 1]],
    [
      'a field that may be absent',
      z.object({ a: same.optional() }),
      [{}, { a: 1 }, { a: undefined }, { a: null }, 1],
    ],
    [
      'an optional value in a tuple',
      z.tuple([same, same.optional()]),
      [[1], [1, 2], [1, undefined], [1, 'a'], []],
    ],
    ['a union of exactly one', z.xor([same, z.number()]), [1, 1.5]],
  ])('%s', (_, schema, values) => {
    for (const value of values) expect(accepts(schema, value)).toBe(schema.safeParse(value).success)
    const test = compiledTest(schema)
    if (test !== null)
      expect(values.map(test)).toEqual(values.map((value) => schema.safeParse(value).success))
  })

  it.each<[string, z.ZodType]>([
    ['a text of a format', z.email()],
    ['a text with a rule', z.string().min(1)],
    ['a rule of its own', z.int().refine((value) => value !== 3)],
    ['a number of 32 bits', z.int32()],
    ['multiples', z.int().multipleOf(2)],
    ['what is made to fit', z.coerce.number()],
    ['what is made to fit', z.coerce.boolean()],
    ['what may be absent', z.tuple([z.int().optional()])],
    ['what has a default', z.tuple([z.int().default(3)])],
    ['other fields of a kind', z.object({}).catchall(z.int())],
    ['more elements of a kind', z.tuple([z.int()], z.string())],
    ['a list with a limit', z.array(z.int()).max(2)],
    ['a union of exactly one', z.xor([z.int(), z.number()])],
    ['deep in it', z.array(z.union([z.int(), z.object({ a: z.email().nullable() }).readonly()]))],
  ])('that only zod understands is left to it: %s', (_, schema) => {
    expect(compiledTest(schema)).toBeNull()
  })
})
