/**
 * Settings of commands, declared as data. `--help`, validation and types are derived from the declarations, as are the
 * defaults for code that starts a run without the command line.
 */
import { UserError } from '../support/assert.ts'
import { flagOf } from '../support/flag.ts'
import { parseDurationMs } from '../support/time.ts'
import { unknownName } from './unknown-name.ts'

/** One setting. Its name in a table is camelCase; on the command line it is `--kebab-case`. */
export interface Setting {
  /** `switch`: given or not, without a value. */
  readonly type: 'string' | 'integer' | 'duration' | 'switch'
  /** One-letter form on the command line. */
  readonly short?: string
  /** The name of its value in the help, such as `n`. */
  readonly value?: string
  /** As a user would write it. Absent: no default, and the description says what happens then. */
  readonly default?: string
  readonly choices?: readonly string[]
  /** Limits of an integer. The minimum is 0 if absent. */
  readonly min?: number
  readonly max?: number
  readonly description: string
}

export type Settings = Readonly<Record<string, Setting>>

/** What the user gave, by name: strings, and true for a switch. Omitted settings have their defaults. */
export type Given<S extends Settings = Settings> = {
  readonly [Name in keyof S]?: string | boolean | undefined
}

type ValueOf<S extends Setting> = S['type'] extends 'switch'
  ? boolean
  : S['type'] extends 'integer' | 'duration'
    ? number
    : S extends { readonly choices: readonly (infer Choice extends string)[] }
      ? Choice
      : string

type IsAlwaysThere<S extends Setting> = S['type'] extends 'switch'
  ? true
  : S extends { readonly default: string }
    ? true
    : false

/** The name of a value contains its unit: `timeLimit` is parsed into `timeLimitMs`. */
type ParsedName<Name, S extends Setting> = S['type'] extends 'duration' ? `${Name & string}Ms` : Name

/** The parsed values. Undefined if nothing was given and there is no default. */
export type SettingsOf<S extends Settings> = {
  readonly [Name in keyof S as ParsedName<Name, S[Name]>]:
    | ValueOf<S[Name]>
    | (IsAlwaysThere<S[Name]> extends true ? never : undefined)
}

/** @throws UserError if it is not a whole number within the limits */
export const parseInteger = (name: string, text: string, min: number, max: number | undefined): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= (max ?? value))
    return value
  const limits = max === undefined ? `from ${min}` : `from ${min} to ${max}`
  throw new UserError(`${flagOf(name)} ${text}: a whole number ${limits} is expected.`)
}

const parseDuration = (name: string, text: string): number => {
  const ms = parseDurationMs(text)
  if (ms !== null && ms > 0) return ms
  throw new UserError(`${flagOf(name)} ${text}: a duration such as 500ms, 90s or 5m is expected.`)
}

const parseValue = (name: string, text: string, setting: Setting): string | number => {
  const { type, choices, min, max } = setting
  if (choices !== undefined && !choices.includes(text)) throw unknownName(name, text, choices)
  if (type === 'integer') return parseInteger(name, text, min ?? 0, max)
  return type === 'duration' ? parseDuration(name, text) : text
}

/** The given values, and defaults for the rest. @throws UserError for the first value that does not match */
export const parseSettings = <const S extends Settings>(settings: S, given: Given<S>): SettingsOf<S> => {
  const entries = Object.entries<Setting>(settings).map(([name, setting]) => {
    const value = given[name] ?? setting.default
    if (setting.type === 'switch') return [name, value === true]
    const parsed = typeof value === 'string' ? parseValue(name, value, setting) : undefined
    return [setting.type === 'duration' ? `${name}Ms` : name, parsed]
  })
  return Object.fromEntries(entries) as SettingsOf<S>
}
