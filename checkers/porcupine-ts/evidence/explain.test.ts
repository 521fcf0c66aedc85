import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateColumns, toOperations } from '../bench/histories.ts'
import { budgetOf, check } from '../check.ts'
import { determinize, isNondeterministic } from '../general/determinize.ts'
import type { Illegal, Model, Operation } from '../model.ts'
import { casRegister, type RegisterInput, type RegisterOutput } from '../models/register.ts'
import { bruteForce } from '../testing/brute-force.ts'
import { histories, SEED } from '../testing/seeded.ts'
import { subjects } from '../testing/specimens.ts'
import { explain } from './explain.ts'
import { subHistory } from './sub-history.ts'
import { cutAt, failingWindow, searcher } from './window.ts'

const register = casRegister(null)
type Register = Operation<RegisterInput, RegisterOutput>

const illegal = (operations: readonly Register[]): Illegal => {
  const result = check(register, operations)
  if (result.verdict !== 'illegal') throw new Error(result.verdict)
  return result
}

describe('an explanation', () => {
  const [write, read] = [
    (call: number, value: number): Register => ({
      client: 0,
      call,
      return: call + 1,
      input: { f: 'write', key: 0, value },
      output: { applied: true },
    }),
    (call: number, value: number): Register => ({
      client: 1,
      call,
      return: call + 1,
      input: { f: 'read', key: 0 },
      output: { value },
    }),
  ]

  it('shows what is possible, and why no more is', () => {
    // A value is written twice, so the general engine decides; everything before the last quiet point is one state.
    const operations = [
      write(0, 1),
      read(2, 1),
      write(4, 1),
      write(6, 2),
      read(8, 2),
      read(10, 1),
      read(12, 2),
    ]
    const { window, from, attempts, minimal, text } = explain(register, operations, illegal(operations))
    expect(window).toEqual([5])
    expect(from).toEqual(['2'])
    expect(minimal).toBe(true)
    expect(attempts).toEqual([
      { order: [], state: '2', refused: [{ operation: 5, why: 'read -> 1 is not possible when it is 2' }] },
    ])
    expect(text).toBe(
      [
        'it begins as 2',
        'client 1:  |- read -> 1 -|   <-- cannot be placed',
        'possible so far: nothing',
        '  but then read -> 1 is not possible when it is 2',
      ].join('\n'),
    )
  })

  it('of a long history is short, and a proof by itself', () => {
    const operations = toOperations(
      generateColumns({ seed: 3, operations: 3000, clients: 5, values: 4, cas: 0.3, reads: 0.4 }),
    )
    const last = Math.max(...operations.map((operation) => operation.return))
    // A value that nobody wrote.
    const wrong: Register = { ...read(last + 1, 99), client: 77 }
    const all = [...operations, wrong]
    const { window, from, minimal } = explain(register, all, illegal(all))
    expect(window).toEqual([3000])
    expect(from.length).toBeGreaterThan(0)
    expect(minimal).toBe(true)
  })

  it('keeps to its time, and says when it is not minimal', () => {
    // With so many states it does not try them all, but finds which are possible.
    const operations = toOperations(
      generateColumns({ seed: 3, operations: 3000, clients: 6, values: 60, cas: 0.3, reads: 0.4 }),
    )
    const all = [...operations, { ...read(1e6, 99), client: 9999 }]
    const { window, minimal } = explain(register, all, illegal(all), { timeMs: 0 })
    expect(minimal).toBe(false)
    expect(window.length).toBeGreaterThan(1)
  })
})

describe.each(subjects)('of $name', ({ model, history }) => {
  const plain = (isNondeterministic(model) ? determinize(model) : model) as Model<unknown, unknown, unknown>
  const { partition: _, ...whole } = plain
  it('windows are illegal by themselves from every state they may begin in, and no longer than the witness', () => {
    let seen = 0
    const isExplained = fc.property(histories(history), (operations) => {
      const result = check(model, operations)
      if (result.verdict !== 'illegal') return
      seen++
      const explanation = explain(model, operations, result)
      expect(explanation.minimal).toBe(true)
      expect(explanation.window.length).toBeLessThanOrEqual(result.witness.length)
      expect(explanation.attempts.length).toBeGreaterThan(0)
      const witness = subHistory(operations, result, result.witness)
      const blocked = result.witness.indexOf(result.blocked)
      const window = failingWindow(plain, witness, blocked, budgetOf({}))
      for (const state of window.from)
        expect(bruteForce({ ...plain, init: () => state }, window.operations)).toBe(false)
    })
    fc.assert(isExplained, { seed: SEED, numRuns: 600 })
    expect(seen).toBeGreaterThan(50)
  })

  it('no cut makes a legal history illegal', () => {
    let cuts = 0
    const isCut = fc.property(histories(history), (operations) => {
      if (check(model, operations).verdict !== 'ok') return
      const byCall = [...operations].sort((a, b) => a.call - b.call)
      for (const first of byCall.keys()) {
        const search = searcher(budgetOf({}))
        const cut = cutAt(whole, byCall, first, (before) => search.ends(whole, before))
        if (cut === null) throw new Error('no limit was given')
        expect(search.isIllegal(whole, cut.from, cut.operations)).toBe(false)
        cuts++
      }
    })
    fc.assert(isCut, { seed: SEED, numRuns: 600 })
    expect(cuts).toBeGreaterThan(300)
  })
})
