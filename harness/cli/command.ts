/** What a command is: its arguments and settings as data, and an action that is loaded when it is called. */
import { type Given, parseSettings, type Settings, type SettingsOf } from './setting.ts'
import { unknownName } from './unknown-name.ts'

export interface Argument {
  readonly name: string
  readonly description: string
  /** It may be left out. */
  readonly optional?: true
  /** Taken where it is left out. */
  readonly default?: string
  readonly choices?: readonly string[]
}

type TextOf<A extends Argument> = A extends { readonly choices: readonly (infer Choice extends string)[] }
  ? Choice
  : string

type ValueOf<A extends Argument> = A extends { readonly optional: true }
  ? A extends { readonly default: string }
    ? TextOf<A>
    : TextOf<A> | undefined
  : TextOf<A>

type ValuesOf<As extends readonly Argument[]> = { [I in keyof As]: ValueOf<As[I]> }

/** Resolves to the exit code. */
type Action<As extends readonly Argument[], S extends Settings> = (
  ...given: [...ValuesOf<As>, SettingsOf<S>]
) => Promise<number>

interface Declaration<As extends readonly Argument[], S extends Settings> {
  readonly name: string
  /** Absent: for developers of faultline, and not in the help. */
  readonly description?: string
  readonly arguments: As
  readonly settings: S
  /** Modules of an action are imported only when it is called: `--help` need not wait for Docker's client. */
  load(): Promise<Action<As, S>>
}

export interface Command extends Omit<Declaration<readonly Argument[], Settings>, 'load'> {
  /** @throws UserError for what does not fit the declarations */
  run(given: readonly (string | undefined)[], flags: Given): Promise<number>
}

const checkChoice = ({ name, choices }: Argument, text: string | undefined): string | undefined => {
  if (text !== undefined && choices !== undefined && !choices.includes(text))
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
