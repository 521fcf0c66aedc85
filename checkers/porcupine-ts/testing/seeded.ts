/**
 * Random cases for fast-check that a seed draws: one number drawn costs little, and a case that breaks a property is
 * made simpler step by step before it is printed. What "simpler" means is said by the kind of case, not by the seed.
 */
import fc from 'fast-check'
import type { Operation } from '../model.ts'

/** Draws of fast-check are reproducible: this seed, the number of cases, and the path it prints. */
export const SEED = 1

class Seeded<T> extends fc.Arbitrary<T> {
  readonly #draw: (seed: number) => T
  readonly #simpler: (value: T) => Iterable<T>

  constructor(draw: (seed: number) => T, simpler: (value: T) => Iterable<T>) {
    super()
    this.#draw = draw
    this.#simpler = simpler
  }

  generate(random: fc.Random): fc.Value<T> {
    return new fc.Value(this.#draw(random.nextInt(0, 2 ** 31 - 1)), undefined)
  }

  canShrinkWithoutContext(_value: unknown): _value is T {
    return true
  }

  shrink(value: T): fc.Stream<fc.Value<T>> {
    const simpler = this.#simpler
    const values = function* () {
      for (const each of simpler(value)) yield new fc.Value(each, undefined)
    }
    return fc.stream(values())
  }
}

/**
 * @param draw a case by a seed from 0 to 2^31 - 1
 * @param simpler each a simpler one of the same kind, the simplest first; it must end
 */
export const seeded = <T>(draw: (seed: number) => T, simpler: (value: T) => Iterable<T>): fc.Arbitrary<T> =>
  new Seeded(draw, simpler)

/** A list with some of it left out: halves, then quarters, and at last single items. */
export function* without<T>(items: readonly T[]): Generator<T[]> {
  for (let size = items.length; size > 0; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < items.length; at += size) yield items.toSpliced(at, size)
}

/** The same order of calls and returns, in the smallest whole numbers. */
const ranked = <I, O>(operations: readonly Operation<I, O>[]): Operation<I, O>[] => {
  const times = [...new Set(operations.flatMap(({ call, return: end }) => [call, end]))].sort((a, b) => a - b)
  const rankOf = new Map(
    times.map((time, rank) => [time, time === Number.POSITIVE_INFINITY ? time : rank] as const),
  )
  return operations.map((operation) => ({
    ...operation,
    call: rankOf.get(operation.call) as number,
    return: rankOf.get(operation.return) as number,
  }))
}

function* simplerHistories<I, O>(operations: readonly Operation<I, O>[]): Generator<Operation<I, O>[]> {
  yield* without(operations)
  const tight = ranked(operations)
  if (tight.some(({ call, return: end }, i) => call !== operations[i]?.call || end !== operations[i]?.return))
    yield tight
}

/** Histories that a seed draws. Simpler is one with fewer operations, then one with smaller times. */
export const histories = <I, O>(
  history: (seed: number) => Operation<I, O>[],
): fc.Arbitrary<Operation<I, O>[]> => seeded(history, simplerHistories)
