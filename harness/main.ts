/**
 * Composition root: parses the command line, hands each command its part, turns its result into an exit code.
 * 0 valid, 1 invalid, 2 unknown, 254 the harness failed, 255 bad usage.
 */
import { Command, CommanderError, Option } from 'commander'
import { ownVersion } from './store/version.ts'
import { messageOf, UserError } from './support/assert.ts'

type Action = (...args: never[]) => Promise<number>

let exitCode = 0

/** Commands are loaded when called: `--help` need not wait for Docker's client. */
const lazily =
  <A extends Action>(load: () => Promise<A>) =>
  async (...args: unknown[]): Promise<void> => {
    const action = (await load()) as unknown as (...args: unknown[]) => Promise<number>
    exitCode = await action(...args)
  }

/** Looked up when asked for: that starts git. */
const printVersion = (): never => {
  process.stdout.write(`${ownVersion()}\n`)
  throw new CommanderError(0, 'faultline.version', 'version')
}

const program = new Command('faultline')
  .description('Breaks a real cluster on purpose and proves whether it kept its promises.')
  .option('-V, --version', 'print the version of faultline')
  .on('option:version', printVersion)
  .exitOverride()
  .showSuggestionAfterError()

program
  .command('run')
  .argument('<target>', 'a bundled target, or the path of a module that exports one')
  .description('run a workload against a cluster under faults, and judge it')
  .option('-w, --workload <name>', 'what clients do', 'register')
  .option('-n, --nemesis <names>', 'what goes wrong, joined by commas; all: whatever is possible here')
  .option('--faults <run>', 'run the faults that a run recorded again: its folder, or its faults.jsonl')
  .option('--env <name>', 'auto, or an environment of `faultline list environments`', 'auto')
  .option('--nodes <n>', "nodes (default: the target's)")
  .option('--concurrency <n>', 'client threads', '10')
  .option('--rate <n>', 'operations a second over all clients; 0: as fast as they go', '200')
  .option('--time-limit <duration>', 'how long faults and load last', '60s')
  .option('--operation-timeout <duration>', 'after which an operation is in doubt (info)', '5s')
  .option('--ready-timeout <duration>', 'how long the nodes may take to start', '60s')
  .option('--recovery-timeout <duration>', 'how long to wait for recovery after the last heal', '30s')
  .option('--seed <n>', 'same seed, same plan of operations and faults')
  .option('--bug <name>', 'a bug planted in a bundled target')
  .option('--expect <promise>', 'judge against this promise instead of what the target claims')
  .option('--out <dir>', 'where results go', 'results')
  .option('--log-level <level>', "of the run's harness.jsonl: debug, info, warn or error", 'info')
  .option('--show-log', 'print the lines of harness.jsonl on standard error, too')
  .option('--target-opts <k=v,...>', 'options of the target')
  .option('--workload-opts <k=v,...>', 'options of the workload')
  .option('--nemesis-opts <k=v,...>', 'options of the nemeses, or nemesis.k=v for one of them')
  .option('--json', 'print the verdict as JSON')
  .action(lazily(async () => (await import('./cli/commands/run.ts')).runCommand))

program
  .command('check')
  .argument('<path>', 'a run, a history.jsonl, or a Jepsen history (.edn, .log)')
  .description('judge a stored history again, without its target')
  .option('-w, --workload <name>', 'whose checkers judge an imported history', 'register')
  .option('--dialect <name>', 'jepsen or etcd: what a failed compare-and-set means in an imported history')
  .option('--workload-opts <k=v,...>', 'options of the workload')
  .option(
    '--pages <folder>',
    'where an imported history has no folder: one for its verdict and pages of evidence',
  )
  .option('--json', 'print the verdict as JSON')
  .action(lazily(async () => (await import('./cli/commands/check.ts')).checkCommand))

program
  .command('report')
  .argument('<run>', "a run's folder")
  .description('render report.html again')
  .action(lazily(async () => (await import('./cli/commands/report.ts')).reportCommand))

program
  .command('serve')
  .argument('[results]', 'the folder of results', 'results')
  .description('browse stored runs on loopback')
  .option('--port <n>', 'port', '8080')
  .action(lazily(async () => (await import('./cli/commands/serve.ts')).serveCommand))

program
  .command('list')
  .argument('[what]', 'targets, workloads, nemeses, environments, checkers or bugs')
  .description('what there is')
  .action(lazily(async () => (await import('./cli/commands/list.ts')).listCommand))

program
  .command('doctor')
  .description('what this machine can do, and what is missing')
  .option('--json', 'print the table as JSON')
  .action(lazily(async () => (await import('./cli/commands/doctor.ts')).doctorCommand))

program
  .command('export')
  .argument('<run>', "a run's folder")
  .description("a run's history on standard output")
  .addOption(new Option('--format <name>', 'edn, jsonl or csv').default('edn'))
  .action(lazily(async () => (await import('./cli/commands/export.ts')).exportCommand))

program
  .command('clean')
  .description('undo whatever dead runs left')
  .action(lazily(async () => (await import('./cli/commands/clean.ts')).cleanCommand))

program
  .command('demo')
  .description('the bundled cluster, healthy and with a planted bug')
  .option('--out <dir>', 'where results go', 'results')
  .action(lazily(async () => (await import('./cli/commands/demo.ts')).demoCommand))

program
  .command('prepare')
  .argument('<what>', 'an environment, programs or tests')
  .description('install and build what this machine lacks')
  .option('--base <source>', "base image: local (made from Debian's packages) or registry (pulled)", 'local')
  .action(lazily(async () => (await import('./cli/commands/prepare.ts')).prepareCommand))

program
  .command('bench', { hidden: true })
  .action(lazily(async () => (await import('./cli/bench/bench.ts')).benchCommand))

program
  .command('bench-bugs', { hidden: true })
  .option('--seeds <n>', 'of each', '5')
  .option('--only <text>', 'bugs and workloads whose name has this in it')
  .addOption(
    new Option('--part <part>', 'the planted bugs, or the healthy cluster').choices(['bugs', 'healthy']),
  )
  .action(lazily(async () => (await import('./cli/bench/bugs.ts')).benchBugsCommand))

program
  .command('controller', { hidden: true })
  .argument('<state directory>')
  .action(
    lazily(async () => {
      const { runController } = await import('./cli/run/controller.ts')
      return async (stateDir: string): Promise<number> => {
        await runController(stateDir)
        return 0
      }
    }),
  )

const explain = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 255
  if (error instanceof UserError) {
    process.stderr.write(`faultline: ${error.message}\n`)
    return error.exitCode
  }
  process.stderr.write(
    `faultline: internal error: ${error instanceof Error ? error.stack : messageOf(error)}\n`,
  )
  return 254
}

try {
  await program.parseAsync(process.argv)
} catch (error) {
  exitCode = explain(error)
}
// Connections kept alive (Docker's, HTTP's) must not delay the end of a command that is done.
process.exit(exitCode)
