import { describe, expect, it } from 'vitest'
import { wordsOf } from './filter.ts'

const text = (wanted: string) => ({ field: null, wanted })

describe('the words of a filter', () => {
  it.each([
    ['key:5  write', [{ field: 'key', wanted: '5' }, text('write')]],
    ['"the sink" 7', [text('the sink'), text('7')]],
    ['call:"read all"', [{ field: 'call', wanted: 'read all' }]],
    ['"key:5"', [text('key:5')]],
    ['colour:red', [text('colour:red')]],
    ['', []],
    [' "" ', []],
  ])('%s', (filter, words) => {
    expect(wordsOf(filter)).toEqual(words)
  })

  it('are the same while a phrase is being typed and has no end', () => {
    expect(wordsOf('7 "the si')).toEqual([text('7'), text('the si')])
  })

  it('may be parts of JSON', () => {
    expect(wordsOf('{"key":5} "value":3')).toEqual([text('{"key":5}'), text('"value":3')])
  })
})
