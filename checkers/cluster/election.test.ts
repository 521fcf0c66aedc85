import { describe, expect, it } from 'vitest'
import type { Sample } from '../../harness/api/record.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import { claiming, expecting } from '../../harness/testing/promises.ts'
import { done, type Step } from '../../harness/testing/steps.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { election } from './election.ts'
import { judge, sample } from './testing/records.ts'

describe('election', () => {
  const told = (process: number, leader: string | null, term: number): readonly Step[] =>
    done(process, 'leader', {}, { leader, term })
  const judgeTold = (
    steps: readonly (readonly Step[])[],
    samples: readonly Sample[] = [],
  ): Promise<Verdict> => judge(election, { samples }, steps.flat())

  it.each([
    ['one a term', 'valid', [told(0, 'n1', 1), told(1, 'n1', 1), told(0, 'n2', 2)], []],
    ['nobody known', 'valid', [told(0, null, 1), told(1, 'n1', 1)], []],
    ['two in one term', 'invalid', [told(0, 'n1', 1), told(1, 'n2', 1)], []],
    [
      'another than the node itself says',
      'invalid',
      [told(0, 'n1', 3)],
      [sample(5, 'n2', { role: 'leader', term: 3 })],
    ],
    ['a term that goes back', 'invalid', [told(0, 'n1', 3), told(0, 'n2', 2)], []],
    ['nobody asked', 'unknown', [], [sample(5, 'n2', { role: 'leader', term: 3 })]],
  ] as const)('%s: %s', async (_, status, steps, samples) => {
    expect(await judgeTold(steps, samples)).toMatchObject({ status })
  })

  it('two answers that overlap may come in any order', async () => {
    const steps: readonly Step[] = [
      [0, 'invoke', 'leader', {}],
      [1, 'invoke', 'leader', {}],
      [1, 'ok', 'leader', { leader: 'n2', term: 4 }],
      [0, 'ok', 'leader', { leader: 'n1', term: 3 }],
    ]
    expect(await judgeTold([steps])).toMatchObject({ status: 'valid' })
  })
})

it.each([
  ['claimed', claiming(ELECTION, { leader: 'consistent-prefix' })],
  ['expected', expecting('consistent-prefix')],
] as const)(
  'election, where old answers are %s: a term may go back, and has one leader all the same',
  async (_, given) => {
    const told = (process: number, leader: string, term: number): readonly Step[] =>
      done(process, 'leader', {}, { leader, term })
    const back = await judge(election, { samples: [], ...given }, [...told(0, 'n1', 3), ...told(0, 'n2', 2)])
    expect(back).toMatchObject({ status: 'valid', details: { 'a term that goes back': 1 } })
    const two = await judge(election, { samples: [], ...given }, [...told(0, 'n1', 3), ...told(1, 'n2', 3)])
    expect(two.status).toBe('invalid')
  },
)
