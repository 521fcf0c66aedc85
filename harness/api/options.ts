/** Options of targets, workloads and nemeses, declared as data. */

export type OptionValue = string | number | boolean

export type Options = Readonly<Record<string, OptionValue>>

/** One option, as listed by `faultline list` and validated by the command line. Durations are in milliseconds. */
export interface OptionSpec {
  readonly type: 'string' | 'number' | 'boolean' | 'duration'
  readonly default: OptionValue
  readonly choices?: readonly string[]
  readonly description: string
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

type ValueOf<Spec extends OptionSpec> = Spec['type'] extends 'number' | 'duration'
  ? number
  : Spec['type'] extends 'boolean'
    ? boolean
    : Spec extends { readonly choices: readonly (infer Choice extends string)[] }
      ? Choice
      : string

/** The options that declarations give: `number` for numbers and durations, the choices where there are some. */
export type OptionsOf<Specs extends OptionSpecs> = string extends keyof Specs
  ? Options
  : { readonly [Name in keyof Specs]: ValueOf<Specs[Name]> }
