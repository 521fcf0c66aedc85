import { describe, expect, it } from 'vitest'
import { formatState, parseState } from './state.ts'

describe('the address of the page', () => {
  it('keeps what is selected, the span and the filter', () => {
    const state = {
      selected: { kind: 'fault', name: 'partition-3' },
      span: { fromMs: 12.000001, toMs: 13.5 },
      filter: 'key:5 a&b=c#d',
    } as const
    expect(parseState(formatState(state))).toEqual(state)
  })

  it('is short where nothing is chosen', () => {
    expect(formatState({ selected: null, span: null, filter: '' })).toBe('#')
    expect(parseState('')).toEqual({ selected: null, span: null, filter: '' })
  })

  it('may be written by hand', () => {
    expect(parseState('#op=1234').selected).toEqual({ kind: 'op', name: '1234' })
  })

  it('ignores a span that is none', () => {
    for (const hash of ['#from=5', '#from=a&to=b', '#from=9&to=3']) expect(parseState(hash).span).toBeNull()
  })

  it('of a heading selects nothing', () => {
    expect(parseState('#evidence-linearizability-0').selected).toBeNull()
  })
})
