/** The definition of a command: arguments and settings as data, and an action that is loaded when it is called. */
import { type Given, parseSettings, type Settings, type SettingsOf } from './setting.ts'
import { unknownName } from './unknown-name.ts'

export interface Argument {
  readonly name: string
  readonly description: string
  /** The argument may be omitted. */
  readonly optional?: true
  /** The value if it is omitted. */
  readonly default?: string
  readonly choices?: readonly string[]
  /** The rest of the words, one at least: the value is a list. */
  readonly many?: true
}

type TextOf<A extends Argument> = A extends { readonly choices: readonly (infer Choice extends string)[] }
  ? Choice
  : string

type OneOf<A extends Argument> = A extends { readonly optional: true }
  ? A extends { readonly default: string }
    ? TextOf<A>
    : TextOf<A> | undefined
  : TextOf<A>

type ValueOf<A extends Argument> = A extends { readonly many: true } ? readonly string[] : OneOf<A>

type ValuesOf<As extends readonly Argument[]> = { [I in keyof As]: ValueOf<As[I]> }

/** Resolves to the exit code. */
type Action<As extends readonly Argument[], S extends Settings> = (
  ...given: [...ValuesOf<As>, SettingsOf<S>]
) => Promise<number>

interface Declaration<As extends readonly Argument[], S extends Settings> {
  readonly name: string
  /** Absent: the command is for developers of faultline and hidden from the help. */
  readonly description?: string
  readonly arguments: As
  readonly settings: S
  /** Imports the action's modules only when it is called, so that `--help` does not wait for Docker's client. */
  load(): Promise<Action<As, S>>
}

export interface Command extends Omit<Declaration<readonly Argument[], Settings>, 'load'> {
  /** @throws UserError if the arguments or settings do not match the declarations */
  run(given: readonly GivenArgument[], flags: Given): Promise<number>
}

/** As the command line has it: a list where the argument takes many words. */
export type GivenArgument = string | readonly string[] | undefined

const checkChoice = ({ name, choices }: Argument, text: GivenArgument): GivenArgument => {
  if (typeof text === 'string' && choices !== undefined && !choices.includes(text))
    throw unknownName(name, text, choices)
  return text
}

/** A command whose action is typed by its declarations. */
export const command = <const As extends readonly Argument[], const S extends Settings>({
  load,
  ...declaration
}: Declaration<As, S>): Command => ({
  ...declaration,
  run: async (given, flags) => {
    const values = declaration.arguments.map((argument, i) =>
      checkChoice(argument, given[i] ?? argument.default),
    )
    const settings = parseSettings(declaration.settings, flags as Given<S>)
    const action = await load()
    return action(...([...values, settings] as unknown as Parameters<typeof action>))
  },
})
