import { describe, expect, it } from 'vitest'
import { check } from './check.ts'
import { MalformedHistoryError } from './history/validate.ts'
import type { Operation } from './model.ts'
import { type KeyValueInput, keyValue } from './models/key-value.ts'
import { casRegister, type RegisterInput, type RegisterOutput } from './models/register.ts'
import { regressions } from './testing/regressions.ts'

type Register = Operation<RegisterInput, RegisterOutput>

const register = casRegister(null)

/**
 * Histories as diagrams with one line for each client. `w1` writes 1, `r1` reads 1, `r_` reads nothing, `c12` compares
 * with 1 and sets 2 (applied), `n12` is the same without a match; `?` after a name: it never returned. Columns are time.
 */
const parse = (diagram: string): Register[] =>
  diagram
    .trim()
    .split('\n')
    .flatMap((line, client) =>
      [...line.matchAll(/\|-*\s*(\S+?)\s*-*(\||\.\.\.)/g)].map((match): Register => {
        const text = match[1] as string
        const pending = match[2] === '...'
        const call = match.index
        const digit = (at: number): number | null => (text[at] === '_' ? null : Number(text[at]))
        const kind = text[0]
        const input: RegisterInput =
          kind === 'w'
            ? { f: 'write', key: 0, value: digit(1) as number }
            : kind === 'r'
              ? { f: 'read', key: 0 }
              : { f: 'cas', key: 0, expected: digit(1), next: digit(2) as number }
        const output: RegisterOutput = kind === 'r' ? { value: digit(1) } : { applied: kind === 'c' }
        return {
          client,
          call,
          return: pending ? Number.POSITIVE_INFINITY : call + match[0].length - 1,
          input,
          output: pending ? undefined : output,
        }
      }),
    )

const verdictOf = (diagram: string): string => check(register, parse(diagram)).verdict

describe('by hand', () => {
  it.each([
    ['a read after a write', '|-w1-| |-r1-|'],
    ['a read beside a write may see either', '|---w1---|\n  |-r_-| '],
    ['two reads beside a write, in order', '|------w1------|\n |-r_-| |-r1-|'],
    ['a pending write may take effect late', '|-w1...\n|-r_-| |-r_-| |-r1-|'],
    ['or never', '|-w1...\n|-r_-| |-r_-|'],
    ['compare-and-set that matched', '|-w1-| |-c12-| |-r2-|'],
    ['compare-and-set that did not', '|-w1-| |-n32-| |-r1-|'],
    ['a pending compare-and-set may have applied', '|-w1-|\n       |-c12...\n              |-r2-|'],
    ['nothing at all', ''],
  ])('legal: %s', (_name, diagram) => expect(verdictOf(diagram)).toBe('ok'))

  it.each([
    ['a stale read', '|-w1-| |-w2-| |-r1-|'],
    ['a lost write', '|-w1-| |-r_-|'],
    ['a value from nowhere', '|-r7-|'],
    ['reads that go back', '|------w1------|\n |-r1-| |-r_-|'],
    ['compare-and-set against the wrong value', '|-w1-| |-c32-|'],
    ['a mismatch observed where it matched', '|-w1-| |-n12-|'],
    ['one value taken twice', '|-w1-|\n       |-c12-|\n       |-c13-|\n'],
    ['a pending write seen and then gone', '|-w1...\n|-w2-| |-r1-| |-r2-|'],
  ])('illegal: %s', (_name, diagram) => expect(verdictOf(diagram)).toBe('illegal'))

  it('reports the shortest prefix, and whose return it ends with', () => {
    const operations = parse('|-w1-| |-w2-| |-r1-| |-w3-| |-r3-|')
    const result = check(register, operations)
    expect(result).toMatchObject({
      verdict: 'illegal',
      blocked: 2,
      prefix: Int32Array.of(0, 1, 2),
      shortest: true,
    })
  })

  it('checks keys apart', () => {
    const operations: Register[] = [
      { client: 0, call: 0, return: 1, input: { f: 'write', key: 1, value: 5 }, output: { applied: true } },
      { client: 0, call: 2, return: 3, input: { f: 'read', key: 2 }, output: { value: 5 } },
    ]
    expect(check(register, operations)).toMatchObject({ verdict: 'illegal', partition: 2 })
  })
})

describe('rare, and once judged wrongly', () => {
  it.each(regressions)('$name', ({ verdict, operations }) =>
    expect(check(register, operations).verdict).toBe(verdict),
  )
})

describe('limits', () => {
  type KeyValue = Operation<KeyValueInput, string>

  // Appends that never returned (one of the empty string, so the general engine decides), and a value that nothing
  // explains: every order of every subset of them is another state.
  const hard = (count: number): KeyValue[] => [
    ...Array.from(
      { length: count },
      (_, i): KeyValue => ({
        client: i,
        call: i,
        return: Number.POSITIVE_INFINITY,
        input: { f: 'append', key: 'x', value: i === 0 ? '' : `${i} ` },
        output: undefined,
      }),
    ),
    {
      client: count,
      call: count,
      return: count + 1,
      input: { f: 'get', key: 'x' },
      output: 'nothing like it',
    },
  ]

  it('out of time is unknown, never ok', () => {
    const startMs = performance.now()
    expect(check(keyValue, hard(40), { timeMs: 200 })).toMatchObject({ verdict: 'unknown', reason: 'time' })
    expect(performance.now() - startMs).toBeLessThan(5000)
  })

  it('out of time is unknown where each step of the model is slow', () => {
    const slow: typeof keyValue = {
      ...keyValue,
      step: (...given) => {
        const endMs = performance.now() + 20
        while (performance.now() < endMs);
        return keyValue.step(...given)
      },
    }
    const startMs = performance.now()
    const keys = Array.from({ length: 30 }, (_, i) => `k${i}`)
    const history = keys.flatMap((key, i) =>
      hard(6).map((operation) => ({
        ...operation,
        client: operation.client + 100 * i,
        input: { ...operation.input, key },
      })),
    )
    expect(check(slow, history, { timeMs: 200 })).toMatchObject({ verdict: 'unknown', reason: 'time' })
    expect(performance.now() - startMs).toBeLessThan(1000)
  })

  it('out of memory is unknown, never ok', () => {
    expect(check(keyValue, hard(40), { memoryBytes: 2 ** 20 })).toMatchObject({
      verdict: 'unknown',
      reason: 'memory',
    })
  })

  it.each([
    ['no memory for an array', 'Array buffer allocation failed'],
    ['a map as large as they get', 'Map maximum size exceeded'],
  ])('%s is unknown, not a crash', (_name, message) => {
    const operations = parse('|-w1-| |-r1-| |-w1-|')
    const broken = {
      ...register,
      step: () => {
        throw new RangeError(message)
      },
    }
    expect(check(broken, operations)).toMatchObject({ verdict: 'unknown', reason: 'memory' })
  })

  it('an error in the model is not taken for a lack of memory', () => {
    const broken = {
      ...register,
      step: () => {
        throw new RangeError('toFixed() digits argument must be between 0 and 100')
      },
    }
    expect(() => check(broken, parse('|-w1-| |-r1-| |-w1-|'))).toThrow('toFixed')
  })

  it('an illegal partition counts though another is undecided', () => {
    const illegal: KeyValue[] = [
      { client: 99, call: 0, return: 1, input: { f: 'get', key: 'y' }, output: 'z' },
      { client: 98, call: 0, return: 1, input: { f: 'put', key: 'y', value: 'v' }, output: '' },
    ]
    expect(check(keyValue, [...hard(40), ...illegal], { memoryBytes: 2 ** 20 })).toMatchObject({
      verdict: 'illegal',
      partition: 'y',
    })
  })
})

describe('many keys', () => {
  type KeyValue = Operation<KeyValueInput, string>
  const hard = (key: string): KeyValue[] => [
    ...Array.from(
      { length: 40 },
      (_, i): KeyValue => ({
        client: i,
        call: i,
        return: Number.POSITIVE_INFINITY,
        input: { f: 'append', key, value: i === 0 ? '' : `${i} ` },
        output: undefined,
      }),
    ),
    { client: 40, call: 40, return: 41, input: { f: 'get', key }, output: 'nothing like it' },
  ]
  const get = (key: string, output: string): KeyValue[] => [
    { client: 0, call: 0, return: 1, input: { f: 'get', key }, output },
    // More operations than the hard ones have: those come first.
    ...Array.from(
      { length: 50 },
      (_, i): KeyValue => ({ client: 0, call: 2 + i, return: 2 + i, input: { f: 'get', key }, output: '' }),
    ),
  ]
  const together = (...keys: KeyValue[][]): KeyValue[] =>
    keys.flatMap((key, i) => key.map((operation) => ({ ...operation, client: operation.client + 100 * i })))

  it('a key that takes all its time leaves the others theirs', () => {
    const result = check(keyValue, together(hard('a'), hard('b'), get('c', '')), { timeMs: 400 })
    expect(result).toMatchObject({ verdict: 'unknown', partition: 'a', decided: 1, partitions: 3 })
    if (result.verdict !== 'unknown') return
    expect(
      result.undecided.map(({ partition, reason, operations }) => [partition, reason, operations]),
    ).toEqual([
      ['a', 'time', 41],
      ['b', 'time', 41],
    ])
  })

  it('an illegal key that comes later counts, and what was not decided is said', () => {
    const result = check(keyValue, together(hard('a'), get('c', 'wrong')), { timeMs: 400 })
    expect(result).toMatchObject({ verdict: 'illegal', partition: 'c', undecided: [{ partition: 'a' }] })
  })

  /** @param stepMs key -> how long a step of it takes; absent: no time */
  const slow = (stepMs: Readonly<Record<string, number>>) => {
    const { specialised: _, ...searched }: typeof keyValue = {
      ...keyValue,
      step: (state, input, output) => {
        const endMs = performance.now() + (stepMs[input.key] ?? 0)
        while (performance.now() < endMs);
        return keyValue.step(state, input, output)
      },
    }
    return searched
  }

  const appends = (key: string, count: number): KeyValue[] =>
    Array.from({ length: count }, (_, i) => ({
      client: i,
      call: i,
      return: i + 0.5,
      input: { f: 'append', key, value: `${i}` },
      output: '',
    }))

  const many = Array.from({ length: 50 }, (_, i) => get(`k${i}`, ''))

  it('a key that needs more than its share gets what the others leave', () => {
    const history = together(appends('slow', 20), ...many)
    // Its steps take 200 ms, and its share is 30 ms.
    expect(check(slow({ slow: 10 }), history, { timeMs: 3000 }).verdict).toBe('ok')
  })

  it('a key that was put off first gets what those after it leave', () => {
    const others = ['a', 'b', 'c']
    const history = together(appends('slow', 10), ...others.map((key) => appends(key, 20)), ...many)
    const model = slow({ slow: 170, a: 5, b: 5, c: 5 })
    // Of the four that are put off, it is the smallest: its share of 6 s is 1.5 s, it takes 1.7 s, and the others leave it 4 s.
    expect(check(model, history, { timeMs: 6000 }).verdict).toBe('ok')
  })

  it('as many illegal keys are found as are asked for', () => {
    const keys = together(...['a', 'b', 'c', 'd'].map((key) => get(key, key === 'b' ? '' : 'wrong')))
    const found = (mostIllegal: number): readonly unknown[] => {
      const result = check(keyValue, keys, { mostIllegal })
      if (result.verdict !== 'illegal') throw new Error(result.verdict)
      return [result, ...result.others].map(({ partition }) => partition)
    }
    expect(found(1)).toEqual(['a'])
    expect(found(2)).toEqual(['a', 'c'])
    expect(found(9)).toEqual(['a', 'c', 'd'])
  })

  it('those that failed first are found, also if they are the largest', () => {
    const KEYS = 40
    // Key k fails at 10 * k, and has the more operations the earlier it fails; a later one fails again and again.
    const operations = Array.from({ length: KEYS }, (_, k) =>
      Array.from({ length: 2 * (KEYS - k) }, (_, n): KeyValue => {
        const call = 10 * (k + n)
        return {
          client: 100 * k + n,
          call,
          return: call + 5,
          input: { f: 'get', key: `k${k}` },
          output: n === 0 || n > 5 ? 'wrong' : '',
        }
      }),
    ).flat()
    const result = check(keyValue, operations, { mostIllegal: 4 })
    if (result.verdict !== 'illegal') throw new Error(result.verdict)
    const found = [result, ...result.others]
    expect(found.map(({ partition }) => partition)).toEqual(['k0', 'k1', 'k2', 'k3'])
    expect(found.map(({ failedAt }) => failedAt)).toEqual([5, 15, 25, 35])
    // What is looked for alone may be any.
    expect(check(keyValue, operations)).toMatchObject({ partition: `k${KEYS - 1}` })
  })
})

describe('malformed input', () => {
  const write = (call: number, end: number, client = 0): Register => ({
    client,
    call,
    return: end,
    input: { f: 'write', key: 0, value: 1 },
    output: { applied: true },
  })

  it.each<[string, Register[]]>([
    ['operation 0 returns', [write(5, 3)]],
    ['operation 0: its call time is NaN', [write(Number.NaN, 3)]],
    ['operation 1: client 0', [write(0, 5), write(3, 8)]],
    ['operation 0: an operation has no output', [{ ...write(0, 5), output: undefined }]],
  ])('names it: %s', (message, operations) => {
    expect(() => check(register, operations)).toThrow(MalformedHistoryError)
    expect(() => check(register, operations)).toThrow(message)
  })
})
