/** Composition root: builds the command line from the table of commands, runs one, turns its result into an exit code. */
import { Argument, Command as CommanderCommand, CommanderError, Option } from 'commander'
import type { Command, Argument as DeclaredArgument, GivenArgument } from './cli/command.ts'
import { commands } from './cli/commands.ts'
import type { Given, Setting } from './cli/setting.ts'
import { ownVersion } from './store/version.ts'
import { messageOf, UserError } from './support/assert.ts'
import { EXIT_CODES } from './support/exit-codes.ts'
import { flagOf } from './support/flag.ts'

let exitCode: number = EXIT_CODES.valid

const optionOf = (
  name: string,
  { short, value, default: fallback, choices, description }: Setting,
): Option => {
  const letter = short === undefined ? '' : `-${short}, `
  const option = new Option(
    `${letter}${flagOf(name)}${value === undefined ? '' : ` <${value}>`}`,
    description,
  )
  option.default(fallback)
  // Commander only lists the choices in the help; the declaration refuses other values, with a hint.
  if (choices !== undefined) option.choices(choices).argParser((text) => text)
  return option
}

const argumentOf = ({
  name,
  description,
  optional,
  default: fallback,
  choices,
  many,
}: DeclaredArgument): Argument => {
  const shown = many === true ? `${name}...` : name
  const argument = new Argument(optional === true ? `[${shown}]` : `<${shown}>`, description)
  argument.default(fallback)
  if (choices !== undefined) argument.choices(choices).argParser((text) => text)
  return argument
}

const addTo = (program: CommanderCommand, command: Command): void => {
  const added = program.command(command.name, { hidden: command.description === undefined })
  if (command.description !== undefined) added.description(command.description)
  for (const argument of command.arguments) added.addArgument(argumentOf(argument))
  for (const [name, setting] of Object.entries(command.settings)) added.addOption(optionOf(name, setting))
  added.action(async () => {
    exitCode = await command.run(added.processedArgs as GivenArgument[], added.opts<Given>())
  })
}

const explain = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.valid : EXIT_CODES.badUsage
  if (error instanceof UserError) {
    process.stderr.write(`faultline: ${error.message}\n`)
    return error.exitCode
  }
  process.stderr.write(
    `faultline: internal error: ${error instanceof Error ? error.stack : messageOf(error)}\n`,
  )
  return EXIT_CODES.harnessFailed
}

/** Determined only on request, because it starts git. */
const printVersion = (): never => {
  process.stdout.write(`${ownVersion()}\n`)
  throw new CommanderError(EXIT_CODES.valid, 'faultline.version', 'version')
}

const { valid, invalid, unknown, targetFailed, harnessFailed, badUsage } = EXIT_CODES
const program = new CommanderCommand('faultline')
  .description('Breaks a real cluster on purpose and proves whether it kept its promises.')
  .option('-V, --version', 'print the version of faultline')
  .on('option:version', printVersion)
  .addHelpText(
    'after',
    `\nExit codes: ${valid} valid, ${invalid} invalid, ${unknown} unknown, ${targetFailed} the cluster did not start, ${harnessFailed} the harness could not do its work, ${badUsage} bad usage.`,
  )
  .exitOverride()
  .showSuggestionAfterError()
for (const command of commands) addTo(program, command)

// A run goes on, and is judged, when its terminal or the reader of its output is gone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

try {
  await program.parseAsync(process.argv)
} catch (error) {
  exitCode = explain(error)
}
// Kept-alive connections (Docker, HTTP) must not delay the exit of a finished command.
process.exit(exitCode)
