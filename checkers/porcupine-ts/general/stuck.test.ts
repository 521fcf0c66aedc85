/** What is called stuck is stuck: on histories with a known answer. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateColumns, toOperations } from '../bench/histories.ts'
import { budgetOf, check } from '../check.ts'
import { partsOfOperations } from '../history/operations.ts'
import type { Model, Operation } from '../model.ts'
import { casRegister, type RegisterInput, type RegisterOutput } from '../models/register.ts'
import { largerSubjects } from '../testing/larger.ts'
import { histories, SEED } from '../testing/seeded.ts'
import { subjects } from '../testing/specimens.ts'
import { determinize, isNondeterministic } from './determinize.ts'
import { allStates, isStuck } from './stuck.ts'

describe.each([...subjects, ...largerSubjects])('$name', ({ model: given, history }) => {
  const plain = isNondeterministic(given) ? determinize(given) : given
  const { partition: _, specialised: __, ...model } = plain as Model<unknown, unknown, unknown>

  it('no operation of a legal history is stuck, and of an illegal one none before the first that cannot return', () => {
    let stuck = 0
    const isStuckLate = fc.property(histories(history), (operations) => {
      const result = check(model, operations, { memoryBytes: 2 ** 24 })
      if (result.verdict === 'unknown') return
      const [part] = partsOfOperations(model, operations)
      if (part === undefined) return
      const end =
        result.verdict === 'illegal'
          ? (operations[result.blocked] as Operation<unknown, unknown>).return
          : Number.POSITIVE_INFINITY
      for (let i = 0; i < part.count; i++) {
        const returned = part.return[i] as number
        if (returned === Number.POSITIVE_INFINITY || !isStuck(model, part, i, budgetOf({}))) continue
        expect(returned, `operation ${i}`).toBeGreaterThanOrEqual(end)
        stuck++
      }
    })
    fc.assert(isStuckLate, { seed: SEED, numRuns: 150 })
    // With many states none is called stuck.
    if (stuck === 0) expect(allStates(model, partsOfOperations(model, history(1))[0] as never)).toBe(null)
  })
})

describe('a register with crashed operations and one wrong read at the end', () => {
  it.each([0.01, 0.03, 0.05])('is found illegal without a full search: %d of them crashed', (crashed) => {
    const operations = toOperations(
      generateColumns({
        seed: 3,
        operations: 1000,
        clients: 10,
        values: 5,
        cas: 1 / 3,
        reads: 1 / 3,
        crashed,
      }),
    )
    const end = Math.max(...operations.map(({ return: time }) => time).filter(Number.isFinite))
    const wrong: Operation<RegisterInput, RegisterOutput> = {
      client: 9999,
      call: end + 1,
      return: end + 2,
      input: { f: 'read', key: 0 },
      output: { value: 99 },
    }
    const result = check(casRegister(null), [...operations, wrong], { memoryBytes: 2 ** 26 })
    expect(result).toMatchObject({ verdict: 'illegal', blocked: 1000, shortest: true })
  })
})
