import { describe, expect, it } from 'vitest'
import type { OptionSpecs } from '../../api/options.ts'
import { parseOptions, splitNemesisOptions } from './options.ts'

const specs = {
  interval: { type: 'duration', default: 5000, description: '' },
  victims: { type: 'string', default: 'one', description: '' },
  reads: { type: 'string', default: 'a', choices: ['a', 'b'], description: '' },
  share: { type: 'share', default: 0.5, description: '' },
  size: { type: 'number', default: 5, description: '' },
  fast: { type: 'boolean', default: false, description: '' },
} as const satisfies OptionSpecs

describe('options', () => {
  it('are the given values and defaults for the rest', () => {
    expect(parseOptions('x', 'interval=2s,share=0.1,fast=true', specs)).toEqual({
      interval: 2000,
      victims: 'one',
      reads: 'a',
      share: 0.1,
      size: 5,
      fast: true,
    })
  })

  it('are typed by their declarations', () => {
    const { interval, reads, fast } = parseOptions('x', undefined, specs)
    const typed: readonly [number, 'a' | 'b', boolean] = [interval, reads, fast]
    expect(typed).toEqual([5000, 'a', false])
  })

  it.each([
    ['intervall=2s', 'There is no option of x named intervall. Did you mean interval?'],
    ['interval=soon', 'a duration such as 500ms or 90s is expected'],
    ['reads=c', 'one of a, b is expected'],
    ['share=much', 'a share from 0 to 1 is expected'],
    ['share=1.5', 'a share from 0 to 1 is expected'],
    ['size=much', 'a number is expected'],
    ['fast=yes', 'true or false is expected'],
    ['victims', 'victims needs a value'],
  ])('refuse %s', (text, message) => expect(() => parseOptions('x', text, specs)).toThrow(message))

  it('of nemeses are for the named one, or for all that have them', () => {
    const split = splitNemesisOptions('kill.interval=1s,victims=all', ['kill', 'pause'], () => specs)
    expect(Object.fromEntries(split)).toEqual({ kill: 'interval=1s,victims=all', pause: 'victims=all' })
    expect(() => splitNemesisOptions('clock.interval=1s', ['kill'], () => specs)).toThrow(
      'no nemesis in this run named clock',
    )
    expect(() => splitNemesisOptions('colour=red', ['kill'], () => specs)).toThrow(
      'no nemesis option named colour',
    )
  })
})
