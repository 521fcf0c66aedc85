import { describe, expect, it } from 'vitest'
import { generateColumns, toOperations } from '../bench/histories.ts'
import { check } from '../check.ts'
import type { Operation } from '../model.ts'
import type { KeyValueInput } from '../models/key-value.ts'
import { casRegister } from '../models/register.ts'
import { checkParallel } from './check-parallel.ts'

const register = {
  module: new URL('../models/register.ts', import.meta.url).href,
  name: 'casRegister',
  args: [null],
}
const keyValue = { module: new URL('../models/key-value.ts', import.meta.url).href, name: 'keyValue' }

/** Appends that never returned (one is empty, so the general engine decides), and a value that nothing explains. */
const hard = (key: string): Operation<KeyValueInput, string>[] => [
  ...Array.from(
    { length: 40 },
    (_, i): Operation<KeyValueInput, string> => ({
      client: i,
      call: i,
      return: Number.POSITIVE_INFINITY,
      input: { f: 'append', key, value: i === 0 ? '' : `${i} ` },
      output: undefined,
    }),
  ),
  { client: 40, call: 40, return: 41, input: { f: 'get', key }, output: 'nothing like it' },
]

describe('on worker threads', () => {
  const stale = generateColumns({ seed: 5, operations: 20_000, clients: 10, keys: 20, stale: true })

  it.each([
    ['columns', stale],
    ['objects', toOperations(stale)],
  ])('the answer is the same, in indices of the input: %s', async (_form, history) => {
    const alone = check(casRegister(null), history)
    const together = await checkParallel(register, history, { workers: 3 })
    expect(alone.verdict).toBe('illegal')
    expect({ ...together, engines: null }).toEqual({ ...alone, engines: null })
  })

  it('of several illegal partitions the same one is named, however many workers there are', async () => {
    const both = toOperations(generateColumns({ seed: 8, operations: 4000, clients: 10, keys: 12 }))
    const wrong = both.map((operation) =>
      operation.input.key % 3 === 0 && operation.input.f === 'read' && operation.call > 2000
        ? { ...operation, output: { value: 1e6 } }
        : operation,
    )
    const alone = check(casRegister(null), wrong)
    expect(alone.verdict).toBe('illegal')
    const several = check(casRegister(null), wrong, { mostIllegal: 3 })
    expect(several).toMatchObject({ verdict: 'illegal', others: [{}, {}] })
    for (const workers of [1, 2, 3, 5]) {
      const together = await checkParallel(register, wrong, { workers })
      expect({ ...together, engines: null }).toEqual({ ...alone, engines: null })
      const all = await checkParallel(register, wrong, { workers, mostIllegal: 3 })
      expect({ ...all, engines: null }).toEqual({ ...several, engines: null })
    }
  })

  it('of a short history, which is decided without a thread, it is the same too', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const short = generateColumns({ seed, operations: 200, clients: 5, keys: 3, stale: seed % 2 === 0 })
      const alone = check(casRegister(null), short)
      expect(alone.verdict).toBe(seed % 2 === 0 ? 'illegal' : 'ok')
      expect(await checkParallel(register, short)).toEqual(alone)
    }
  })

  it('all partitions are counted', async () => {
    const legal = generateColumns({ seed: 5, operations: 5000, clients: 10, keys: 20 })
    const result = await checkParallel(register, legal, { workers: 4 })
    expect(result).toMatchObject({ verdict: 'ok', partitions: 20, engines: { specialised: 20, general: 0 } })
  })

  it('out of time is unknown, soon after the limit', async () => {
    const startMs = performance.now()
    const result = await checkParallel(keyValue, hard('x'), { timeMs: 300 })
    expect(result).toMatchObject({ verdict: 'unknown', reason: 'time' })
    expect(performance.now() - startMs).toBeLessThan(10_000)
  })

  it('out of memory is unknown, and nothing else is lost', async () => {
    const result = await checkParallel(keyValue, hard('x'), { memoryBytes: 32 * 2 ** 20 })
    expect(result).toMatchObject({ verdict: 'unknown', reason: 'memory' })
  })

  it('one illegal partition decides, whatever the others do', async () => {
    const illegal: Operation<KeyValueInput, string> = {
      client: 99,
      call: 0,
      return: 1,
      input: { f: 'get', key: 'y' },
      output: 'from nowhere',
    }
    const result = await checkParallel(keyValue, [...hard('x'), illegal], { workers: 2, timeMs: 20_000 })
    expect(result).toMatchObject({ verdict: 'illegal', partition: 'y', blocked: 41 })
  })

  it('says what is wrong with the model or the history', async () => {
    await expect(checkParallel({ ...register, name: 'nothing' }, [])).rejects.toThrow(
      'exports no model named nothing',
    )
    await expect(checkParallel(keyValue, stale)).rejects.toThrow('the model key-value has no decode')
  })
})
