/** Checkers share one reading of the history, and none suffers from another. */
import { describe, expect, it } from 'vitest'
import type { Checker } from '../harness/api/verdict.ts'
import { recordOf } from '../harness/testing/record.ts'
import { historyWith } from './cluster/testing/records.ts'
import { runCheckers } from './run-checkers.ts'
import { foldingChecker } from './verdict.ts'

const record = recordOf({
  history: historyWith([
    { node: 'n1', type: 'ok', fromS: 0, toS: 1 },
    { node: 'n1', type: 'ok', fromS: 2, toS: 3 },
  ]),
})

const counting = (name: string, failsAt: 'begin' | 'take' | 'result' | 'verdict' | null): Checker =>
  foldingChecker({
    name,
    finds: '',
    needs: ['history'],
    promise: () => ({ text: '', source: '' }),
    fold: () => {
      if (failsAt === 'begin') throw new Error('at the start')
      const places: number[] = []
      return {
        take: (_, place) => {
          if (failsAt === 'take' && place === 1) throw new Error('at the second pair')
          places.push(place)
        },
        result: () => {
          if (failsAt === 'result') throw new Error('at the end')
          if (failsAt === 'verdict') return Promise.reject(new Error('later'))
          return { status: 'valid', summary: places.join(), evidence: [], details: {} }
        },
      }
    },
  })

describe('a checker that folds', () => {
  it('sees each pair once, in order, alone and beside others', async () => {
    const checker = counting('one', null)
    const { signal } = new AbortController()
    expect((await checker.check(record, signal)).summary).toBe('0,1')
    const { verdicts, counts } = await runCheckers([checker, counting('two', null)], record, signal)
    expect(verdicts.map(({ checker, summary }) => `${checker} ${summary}`)).toEqual(['one 0,1', 'two 0,1'])
    expect(counts).toEqual({ ok: 2, fail: 0, info: 0 })
  })

  it.each(['begin', 'take', 'result', 'verdict'] as const)(
    'that crashes (%s) is unknown, and alone in it',
    async (at) => {
      const { verdicts } = await runCheckers(
        [counting('crashes', at), counting('other', null)],
        record,
        new AbortController().signal,
      )
      expect(verdicts.map(({ status }) => status)).toEqual(['unknown', 'valid'])
      expect(verdicts[0]?.summary).toMatch(/^The checker failed: (at|later)/)
    },
  )
})
