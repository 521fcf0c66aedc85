/** All objects that fail are named, not only the one at which the search ended. */
import { expect, it } from 'vitest'
import type { Checker } from '../../harness/api/verdict.ts'
import { done, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { counter } from './counter.ts'
import { tellOthers, undecided } from './engine.ts'
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

it('keys that were not decided are named: those of an unknown verdict, and those beside a failing key', () => {
  const open = [7, 8, 9].map((partition) => ({
    reason: 'time' as const,
    partition,
    passed: 3,
    operations: 20,
  }))
  const engines = { specialised: 0, general: 4, declined: [] }
  const [first] = open as [(typeof open)[0]]
  const none = {
    verdict: 'unknown',
    ...first,
    undecided: open,
    decided: 1,
    partitions: 4,
    help: 'time',
    engines,
  } as const
  const { status, summary, details } = undecided(none, (key) => `k${key}`)
  expect(status).toBe('unknown')
  expect(summary).toContain(
    'on key k7, after 3 of its 20 operations, and did not decide keys k8, k9 either (1 of 4',
  )
  expect(details.undecided).toEqual(['k7', 'k8', 'k9'])
  const { text } = tellOthers({ found: [], undecided: open }, String, () => {
    throw new Error('there is no pair')
  })
  expect(text).toBe(' Not decided: 7, 8, 9.')
})

it('says that there may be more failing keys if it did not look for all', async () => {
  const steps = Array.from({ length: 12 }, (_, key) => adding(key, 5)).flat()
  const { summary } = await judgeSteps(counter, steps)
  expect(summary).toContain('10 other keys fail too')
  expect(summary).toContain('perhaps among more')
})
