/** The registries' own clients, as commands. */
import { execa } from 'execa'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

const LAST_LINES = 12
/** A registry that does not answer any more is an error at last. */
const TIMEOUT_MS = 30 * 60_000

interface ToolCall {
  readonly argv: readonly [string, ...string[]]
  /** Absent: that of faultline, where a project may have settings of its own for the registry. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly say: (line: string) => void
}

/**
 * Runs it to its end and returns what it wrote to its standard output.
 *
 * @throws UserError with its last words if it fails
 */
export const runTool = async ({ argv, cwd, env = {}, say }: ToolCall): Promise<string> => {
  say(`$ ${argv.join(' ')}`)
  const [command, ...args] = argv
  const result = await execa(command, args, {
    reject: false,
    stdin: 'ignore',
    all: true,
    timeout: TIMEOUT_MS,
    env,
    ...(cwd === undefined ? {} : { cwd }),
  })
  if (result.exitCode === 0) return result.stdout
  const why = result.timedOut ? `no end after ${TIMEOUT_MS / 60_000} minutes` : result.shortMessage
  const said = result.all.trim().split('\n').slice(-LAST_LINES).join('\n')
  throw new UserError(
    `${argv.join(' ')} failed: ${said === '' ? why : `\n${said}`}`,
    EXIT_CODES.harnessFailed,
  )
}

/** What the command writes, if it can be run here; null if it cannot. */
export const askTool = async (argv: readonly [string, ...string[]]): Promise<string | null> => {
  const [command, ...args] = argv
  const { exitCode, stdout } = await execa(command, args, { reject: false, stdin: 'ignore' })
  return exitCode === 0 ? stdout : null
}
