import { describe, expect, it } from 'vitest'
import { numbered, parseNumbered } from './address.ts'
import { EMPTY, formatState, parseState } from './state.ts'

describe('the address of the page', () => {
  it('keeps what is selected, the span, the filter and the order of lanes', () => {
    const state = {
      selected: { kind: 'fault', name: 'partition-3' },
      span: { fromMs: 12.000001, toMs: 13.5 },
      filter: 'key:5 a&b=c#d',
      groups: ['clients'],
      lanes: ['client 5', 'node a&b'],
    } as const
    expect(parseState(formatState(state))).toEqual(state)
  })

  it('is short where nothing is chosen', () => {
    expect(formatState(EMPTY)).toBe('#')
    expect(parseState('')).toEqual(EMPTY)
  })

  it('may be written by hand', () => {
    expect(parseState('#op=1234').selected).toEqual({ kind: 'op', name: '1234' })
    expect(parseState('#sample=n1:34').selected).toEqual({ kind: 'sample', name: 'n1:34' })
  })

  it('ignores a span that is none', () => {
    for (const hash of ['#from=5', '#from=a&to=b', '#from=9&to=3']) expect(parseState(hash).span).toBeNull()
  })

  it('names things that are numbered within others, whatever those are called', () => {
    for (const owner of ['n1', '', 'a:1', 'a\nb'])
      expect(parseNumbered(numbered(owner, 34))).toEqual({ owner, number: 34 })
    for (const name of ['n1', 'n1:', 'n1:x', '']) expect(parseNumbered(name)).toBeNull()
  })

  it('of a heading selects nothing', () => {
    expect(parseState('#evidence-linearizability-0').selected).toBeNull()
  })
})
