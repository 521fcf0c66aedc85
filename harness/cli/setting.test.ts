import { describe, expect, it } from 'vitest'
import { commands } from './commands.ts'
import { RUN_SETTINGS } from './run/settings.ts'
import { parseSettings, type Settings } from './setting.ts'

const TABLE = {
  name: { type: 'string', value: 'name', default: 'a', description: '' },
  colour: { type: 'string', value: 'colour', choices: ['red', 'blue'], description: '' },
  count: { type: 'integer', value: 'n', default: '3', min: 1, max: 9, description: '' },
  timeLimit: { type: 'duration', value: 'duration', default: '2s', description: '' },
  quick: { type: 'switch', description: '' },
} as const satisfies Settings

describe('settings', () => {
  it('are the given values and defaults for the rest, durations in milliseconds', () => {
    expect(parseSettings(TABLE, {})).toEqual({
      name: 'a',
      colour: undefined,
      count: 3,
      timeLimitMs: 2000,
      quick: false,
    })
    const given = { name: 'b', colour: 'blue', count: '9', timeLimit: '500ms', quick: true }
    expect(parseSettings(TABLE, given)).toEqual({
      name: 'b',
      colour: 'blue',
      count: 9,
      timeLimitMs: 500,
      quick: true,
    })
  })

  it.each([
    [{ colour: 'rad' }, 'There is no colour named rad. Did you mean red?'],
    [{ count: '0' }, '--count 0: a whole number from 1 to 9 is expected.'],
    [{ count: '10' }, '--count 10'],
    [{ count: '1.5' }, '--count 1.5'],
    [{ count: '' }, '--count '],
    [{ timeLimit: 'long' }, '--time-limit long: a duration'],
    [{ timeLimit: '0s' }, '--time-limit 0s'],
  ])('refuse %o', (given, message) => expect(() => parseSettings(TABLE, given)).toThrow(message))

  it.each(commands)('$name has defaults that it would accept', ({ settings, arguments: declared }) => {
    const parsed = parseSettings(settings, {})
    expect(Object.keys(parsed)).toHaveLength(Object.keys(settings).length)
    for (const argument of declared)
      if (argument.choices !== undefined && argument.default !== undefined)
        expect(argument.choices).toContain(argument.default)
  })

  it('of a run are in the help of `run`, all of them', () => {
    const run = commands.find(({ name }) => name === 'run')
    expect(Object.keys(run?.settings ?? {})).toEqual(expect.arrayContaining(Object.keys(RUN_SETTINGS)))
  })
})
