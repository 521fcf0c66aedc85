import { expect, it } from 'vitest'
import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { claiming } from '../../harness/testing/promises.ts'
import { done, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import { type Found, SEARCH } from '../../harness/vocabularies/search.ts'
import { type Draw, type Drawn, drawFrom, overlapping } from '../testing/orders.ts'
import { search } from './search.ts'

const asked = (element: number) => ({ collection: 1, element })
const add = (element: number) => done(0, 'add', asked(element))
const query = (elements: readonly number[], complete = true, process = 9) =>
  done(process, 'query', { collection: 1 }, { collection: 1, elements, complete })

const EITHER = [
  ['complete', 'valid', query([]), add(1), query([1]), add(2), query([2, 1])],
  ['called complete, and lacks an acknowledged one', 'invalid', add(1), add(2), query([2])],
  ['in doubt, and shown', 'valid', add(1), inDoubt(0, 'add', asked(2)), query([1, 2])],
  ['in doubt, and not shown', 'valid', add(1), inDoubt(0, 'add', asked(2)), query([1])],
  [
    'in doubt, shown, and not shown again',
    'valid',
    add(1),
    inDoubt(0, 'add', asked(2)),
    query([1, 2]),
    query([1], true, 8),
  ],
  ['an element nobody added', 'invalid', add(1), query([1, 7])],
  ['an element whose addition failed', 'invalid', add(1), refused(0, 'add', asked(2)), query([1, 2])],
  ['an element that was added later', 'invalid', add(1), query([1, 2]), add(2)],
  ['an element twice in an answer', 'valid', add(1), query([1, 1])],
  ['nothing was added', 'unknown', query([])],
  ['nothing was asked', 'unknown', add(1)],
] as const

cases(search, [
  ...EITHER,
  ['an answer that says that it is partial', 'invalid', add(1), query([1]), query([], false)],
])

cases(
  search,
  [
    ...EITHER,
    ['partial, and it says so', 'valid', add(1), add(2), query([1], false), query([1, 2])],
    ['partial only', 'unknown', add(1), query([1], false)],
    ['partial, with an element nobody added', 'invalid', add(1), query([1]), query([7], false)],
  ],
  { what: 'if it fails open', parts: claiming(SEARCH, { query: 'fail-open' }) },
)

const drawn = (draw: Draw): readonly Drawn[] => {
  let last = 0
  return Array.from({ length: 8 }, () => {
    if (draw.int(2) === 0) {
      const element = ++last
      return { call: { f: 'add', value: asked(element) }, ok: asked(element) }
    }
    const shown = [1, 2, 3, 4].filter((element) => element <= last + 1 && draw.int(4) > 0)
    const found = { collection: 1, elements: shown, complete: draw.int(3) > 0 }
    return { call: { f: 'query', value: { collection: 1 } }, ok: found }
  })
}

/** The rule, word by word, over all pairs of steps. */
const isRight = (steps: readonly Step[]): boolean =>
  steps.every(([process, type, f, value], end) => {
    if (f !== 'query' || type !== 'ok') return true
    const { elements, complete } = value as Found
    const begin = steps.findLastIndex(([by, how], at) => at < end && by === process && how === 'invoke')
    const hasBegun = (element: number): boolean =>
      steps.some(([by, how, , added], at) => {
        if (at >= end || how !== 'invoke' || (added as { element?: number }).element !== element) return false
        const completion = steps.find(
          ([other, type], later) => later > at && other === by && type !== 'invoke',
        )
        return completion?.[1] !== 'fail'
      })
    const acknowledged = steps.slice(0, begin).filter(([, how, what]) => what === 'add' && how === 'ok')
    const lacksNone = acknowledged.every(([, , , added]) =>
      elements.includes((added as { element: number }).element),
    )
    return elements.every(hasBegun) && (!complete || lacksNone)
  })

it('agrees with the rule, word by word', async () => {
  const seen = { right: 0, wrong: 0 }
  for (let seed = 0; seed < 5000; seed++) {
    const draw = drawFrom(seed)
    const steps = overlapping(draw, drawn(draw))
    const { status, summary } = await judgeSteps(search, steps, claiming(SEARCH, { query: 'fail-open' }))
    const expected = isRight(steps)
    expect(status === 'invalid', `seed ${seed}: ${summary}\n${JSON.stringify(steps)}`).toBe(!expected)
    seen[expected ? 'right' : 'wrong']++
  }
  expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(500)
}, 60_000)
