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

type TextOf<Spec extends OptionSpec> = Spec extends {
  readonly choices: readonly (infer Choice extends string)[]
}
  ? Choice
  : string

interface ValuesByType<Spec extends OptionSpec> {
  readonly string: TextOf<Spec>
  readonly number: number
  readonly boolean: boolean
  readonly duration: number
}

/**
 * The options that declarations give: `number` for numbers and durations, the choices where there are some; of
 * declarations that are not known, `Options`. (A mapped type and no conditional one, so that what has options of its
 * own is one of those whose options are not known. Not to be inferred from: the declarations themselves are.)
 */
export type OptionsOf<Specs extends OptionSpecs> = {
  readonly [Name in keyof NoInfer<Specs>]: ValuesByType<NoInfer<Specs>[Name]>[NoInfer<Specs>[Name]['type']]
}
