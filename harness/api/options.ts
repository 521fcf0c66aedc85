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
