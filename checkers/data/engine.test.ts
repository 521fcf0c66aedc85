/** All objects that fail are named, not only the one at which the search ended. */
import { expect, it } from 'vitest'
import type { Checker } from '../../harness/api/verdict.ts'
import { done, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { counter } from './counter.ts'
import { othersFailing } from './engine.ts'
import { linearizability } from './linearizability.ts'
import { multiRegister } from './multi-register.ts'

const read = (f: string, key: Scalar, value: number): readonly Step[] => done(1, f, { key }, { key, value })
const register = (key: Scalar, found: number): readonly Step[] => [
  ...done(0, 'write', { key, value: 1 }),
  ...read('read', key, found),
]
const adding = (key: Scalar, found: number): readonly Step[] => [
  ...done(0, 'add', { key, delta: 1 }),
  ...read('read', key, found),
]
const transaction = (key: Scalar, found: number): readonly Step[] => [
  ...done(0, 'txn', [['w', key, 1]]),
  ...done(1, 'txn', [['r', key, null]], [['r', key, found]]),
]

it.each<[string, Checker, (key: Scalar, found: number) => readonly Step[]]>([
  ['registers', linearizability({ initial: null }), register],
  ['counters', counter, adding],
  ['multi-registers', multiRegister(null), transaction],
])('every key of %s that fails is named, with the operation', async (_, checker, write) => {
  const wrong: readonly Scalar[] = ['left', 'right', 7]
  const steps = ['fine', ...wrong, 8].flatMap((key) => write(key, wrong.includes(key) ? 5 : 1))
  const { status, summary, evidence, details } = await judgeSteps(checker, steps)
  expect(status).toBe('invalid')
  const failing = (details.failing as readonly unknown[]).map((name) => String(name).replaceAll('"', ''))
  expect(new Set(failing)).toEqual(new Set(wrong.map(String)))
  expect(summary).toContain('2 other keys fail too')
  for (const key of wrong) expect(`${summary}${evidence[0]?.title}`).toContain(String(key))
  for (const key of ['fine', '8']) expect(summary).not.toContain(key)
  expect(evidence).toHaveLength(3)
  expect(evidence.map(({ view }) => view?.kind)).toEqual(['linearization', 'linearization', 'linearization'])
})

it('says that there may be more if it could not look at all', async () => {
  let asked = 0
  const illegal = (partition: number) =>
    ({
      verdict: 'illegal',
      partition,
      blocked: 0,
      prefix: new Int32Array(),
      witness: new Int32Array(),
    }) as const
  const others = await othersFailing(0, async (known) => {
    expect(known.size).toBe(++asked)
    return { rows: [asked], result: illegal(asked) as never }
  })
  expect(others.isComplete).toBe(false)
  expect(others.found[0]).toMatchObject({ partition: 1, blocked: 1 })
})
