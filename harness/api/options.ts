/** Options of targets, workloads and nemeses, declared as data. */

export type OptionValue = string | number | boolean

export type Options = Readonly<Record<string, OptionValue>>

/**
 * One option, as listed by `faultline list` and validated by the command line. Durations are in milliseconds. A share is a number
 * from 0 to 1 that mixes something, such as reads among all operations: swarms draw it.
 */
export interface OptionSpec {
  readonly type: 'string' | 'number' | 'share' | 'boolean' | 'duration'
  readonly default: OptionValue
  readonly choices?: readonly string[]
  readonly description: string
  /**
   * What it tells that an imported history does not, in words, such as `the value of a register that was never written`.
   * Where it is not given, the verdict names the default as assumed. Absent: it tells a run what to do.
   */
  readonly untold?: string
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
  readonly share: number
  readonly boolean: boolean
  readonly duration: number
}

/**
 * The option values that declarations describe: `number` for numbers, shares and durations, the union of the choices if there
 * are any, and `Options` if the declarations are not known. (A mapped type, not a conditional one, so that a part with
 * specific options is assignable to a part with unknown options. Types are inferred from the declarations, not from this.)
 */
export type OptionsOf<Specs extends OptionSpecs> = {
  readonly [Name in keyof NoInfer<Specs>]: ValuesByType<NoInfer<Specs>[Name]>[NoInfer<Specs>[Name]['type']]
}
