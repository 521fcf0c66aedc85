import { expect, it } from 'vitest'
import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { oldReads } from '../../harness/testing/promises.ts'
import { done, judgeSteps } from '../../harness/testing/steps.ts'
import { BARRIER, type Entered } from '../../harness/vocabularies/barrier.ts'
import {
  type Draw,
  type Drawn,
  drawFrom,
  isExplained,
  overlapping,
  type SequentialObject,
} from '../testing/orders.ts'
import { barrier } from './barrier.ts'

const asked = (party: number) => ({ barrier: 1, party, parties: 2 })
const arrive = (party: number) => done(party, 'arrive', asked(party), { barrier: 1, party })
const enter = (passed: boolean, process = 9) =>
  done(process, 'enter', { barrier: 1, parties: 2 }, { barrier: 1, passed })

const EARLY = [
  ['one has not arrived', 'invalid', arrive(0), enter(true), arrive(1)],
  ['one arrived twice', 'invalid', arrive(0), arrive(0), enter(true)],
  ['one has not arrived, as it was told', 'invalid', arrive(0), refused(1, 'arrive', asked(1)), enter(true)],
] as const

cases(barrier, [
  ['closed, then open', 'valid', enter(false), arrive(0), enter(false), arrive(1), enter(true), enter(true)],
  ['an arrival in doubt, and open', 'valid', arrive(0), inDoubt(1, 'arrive', asked(1)), enter(true)],
  ['an arrival in doubt, and closed', 'unknown', arrive(0), inDoubt(1, 'arrive', asked(1)), enter(false)],
  [
    'an arrival in doubt, and closed again',
    'invalid',
    arrive(0),
    inDoubt(1, 'arrive', asked(1)),
    enter(true),
    enter(false),
  ],
  ['held back', 'invalid', arrive(0), arrive(1), enter(false)],
  ['nobody passed', 'unknown', arrive(0), enter(false)],
  ...EARLY,
])

for (const given of oldReads(BARRIER, 'enter'))
  cases(
    barrier,
    [
      ['held back, and then not', 'valid', arrive(0), arrive(1), enter(false), enter(true)],
      [
        'held back at the end, at every node',
        'invalid',
        arrive(0),
        arrive(1),
        enter(false, 8),
        enter(false, 9),
      ],
      ['held back at the end, at one node', 'valid', arrive(0), arrive(1), enter(true, 8), enter(false, 9)],
      ...EARLY,
    ],
    given,
  )

const PARTIES = 2

const arrivals: SequentialObject<readonly boolean[]> = {
  initial: [false, false],
  after: (state, { f, value }, ok) => {
    if (f === 'arrive') return state.with((value as { party: number }).party, true)
    return ok === undefined || (ok as Entered).passed === state.every(Boolean) ? state : undefined
  },
}

const drawn = (draw: Draw): readonly Drawn[] =>
  Array.from({ length: 6 }, () => {
    const party = draw.int(PARTIES)
    return draw.int(2) === 0
      ? { call: { f: 'arrive', value: asked(party) }, ok: { barrier: 1, party } }
      : {
          call: { f: 'enter', value: { barrier: 1, parties: PARTIES } },
          ok: { barrier: 1, passed: draw.int(2) > 0 },
        }
  })

it('agrees with a search of all orders', async () => {
  let explained = 0
  for (let seed = 0; seed < 8000; seed++) {
    const draw = drawFrom(seed)
    const steps = overlapping(draw, drawn(draw))
    const isRight = isExplained(arrivals, steps)
    const { status, summary } = await judgeSteps(barrier, steps)
    expect(status === 'invalid', `seed ${seed}: ${summary}\n${JSON.stringify(steps)}`).toBe(!isRight)
    if (isRight) explained++
  }
  expect(explained).toBeGreaterThan(1000)
}, 60_000)
