/**
 * The first process of a node: PID 1 of the node's own pid namespace. It starts the node's programs inside the node's
 * cgroups, adopts processes whose parent ended (daemons), and reports how the programs end. When it dies, the kernel
 * kills every process of the node, including those that were forked meanwhile (pid_namespaces(7)).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import readline from 'node:readline'
import type { NodeCgroups } from '../../api/cgroup.ts'
import type { ProcessSpec } from '../../api/target.ts'
import { addToCgroups } from '../../faults/cgroup/groups.ts'
import {
  childrenOf,
  commandLineOf,
  descendantsOf,
  innerPidOf,
  isAlive,
  signal as send,
} from '../../faults/proc.ts'
import { assert, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { waitUntil } from '../../support/wait.ts'
import { KEPT } from './keeper.ts'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * What it reads are lines:
 *
 * - `start`, the number of a log's descriptor, the number of variables, then the variables and the arguments in
 *   hexadecimal: forks, and answers `started PID` or `failed REASON`;
 * - `go PID`: executes the program. Until then its pid cannot end, so that the controller can find it.
 *
 * It writes `ready` at first, and `exit PID STATUS` (the status of wait(2)) when a program ends. It ends when its input
 * ends, which is when the controller ends.
 */
const PROGRAM = `
use POSIX ();
my ($directory) = @ARGV;
my ($text, %waiting, %mine) = ('');
$SIG{CHLD} = sub {};
$| = 1;
sub start {
  my ($log, $count, @words) = @_;
  @words = map { pack 'H*', $_ } @words;
  pipe my $go, my $hold;
  my $pid = fork;
  if (!defined $pid) { print "failed $!\n"; return }
  if ($pid) { $mine{$pid} = 1; $waiting{$pid} = $hold; print "started $pid\n"; return }
  %waiting = ();
  close $hold;
  sysread $go, my $nothing, 1;
  POSIX::setsid();
  open STDIN, '<', '/dev/null';
  POSIX::dup2($log, $_) for 1, 2;
  POSIX::close($_) for 3 .. 63;
  %ENV = map { split /=/, $_, 2 } splice @words, 0, $count;
  chdir $directory;
  exec { $words[0] } @words;
  print STDERR "$words[0] could not be started: $!\n";
  POSIX::_exit(127);
}
sub obey {
  my ($word, @rest) = split / /, $_[0], -1;
  $word eq 'go' ? delete $waiting{$rest[0]} : start(@rest);
}
print "ready\n";
for (;;) {
  while ((my $pid = waitpid -1, POSIX::WNOHANG()) > 0) { print "exit $pid $?\n" if delete $mine{$pid} }
  my $ready = '';
  vec($ready, 0, 1) = 1;
  next if select($ready, undef, undef, 0.1) < 1;
  sysread(STDIN, $text, 65536, length $text) or exit;
  obey($1) while $text =~ s/^(.*)\n//;
}
`

const ANSWER_TIMEOUT_MS = 10_000

const hex = (text: string): string => Buffer.from(text).toString('hex')

/** The status of wait(2) in words: the name of the signal, or `status N`. */
const exitInWords = (status: number): string => {
  const number = status & 0x7f
  if (number === 0) return `status ${status >> 8}`
  const known = Object.entries(os.constants.signals).find(([, value]) => value === number)
  return known?.[0] ?? `signal ${number}`
}

export interface NodeInitSpec {
  /** The node's keeper, in whose network and mount namespaces it runs. */
  readonly keeperPid: number
  readonly cgroups: NodeCgroups
  /** The working directory of its programs, as the node sees it. */
  readonly directory: string
  /** Name of a program -> its log file, as the controller sees it. */
  readonly logs: Readonly<Record<string, string>>
}

export class NodeInit {
  readonly #outer: ChildProcess
  /** How programs ended, by their pids inside the namespace. */
  readonly #exits = new Map<number, string>()
  /** Pid as the controller sees it -> pid inside the namespace. */
  readonly #inner = new Map<number, number>()
  readonly #answers: string[] = []
  #complaint = ''
  #pid = 0

  readonly #programs: readonly string[]

  /** @param programs their logs are its descriptors from 3 on */
  private constructor(outer: ChildProcess, programs: readonly string[]) {
    this.#outer = outer
    this.#programs = programs
    outer.on('error', (error) => {
      this.#complaint += error.message
    })
    outer.stdin?.on('error', () => {})
    outer.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint += chunk.toString()
    })
    readline
      .createInterface({ input: outer.stdout as NodeJS.ReadableStream })
      .on('line', (line) => this.#hear(line))
  }

  /** @throws UserError (harness failed) if the namespace cannot be made. */
  static async start(spec: NodeInitSpec, signal: AbortSignal): Promise<NodeInit> {
    const logs = Object.values(spec.logs).map((file) => fs.openSync(file, 'a'))
    try {
      const init = new NodeInit(
        spawn(
          'nsenter',
          [
            ...['--target', String(spec.keeperPid), ...KEPT, '--'],
            ...['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'],
            ...['perl', '-e', PROGRAM, spec.directory],
          ],
          { stdio: ['pipe', 'pipe', 'pipe', ...logs], detached: true },
        ),
        Object.keys(spec.logs),
      )
      await init.#answer(signal)
      init.#pid = childrenOf(init.#outer.pid as number)[0] ?? 0
      // Its programs inherit the groups, so none of them is ever outside.
      addToCgroups(spec.cgroups, init.#pid)
      return init
    } finally {
      for (const log of logs) fs.closeSync(log)
    }
  }

  #hear(line: string): void {
    const [word, pid, status] = line.split(' ')
    if (word === 'exit') this.#exits.set(Number(pid), exitInWords(Number(status)))
    else this.#answers.push(line)
  }

  /** Its next answer. */
  async #answer(signal: AbortSignal): Promise<string> {
    const isOver = (): boolean =>
      this.#answers.length > 0 || this.#outer.exitCode !== null || this.#outer.pid === undefined
    await waitUntil(isOver, ANSWER_TIMEOUT_MS, 1, signal)
    const answer = this.#answers.shift()
    if (answer !== undefined && !answer.startsWith('failed')) return answer
    const why = answer ?? (this.#complaint.trim() || 'no answer')
    throw new UserError(
      `The processes of a node could not be started: ${why}. See \`faultline doctor\`.`,
      EXIT_CODES.harnessFailed,
    )
  }

  get isAlive(): boolean {
    return isAlive(this.#pid)
  }

  /** Pids of the node's processes, as the controller sees them; dead ones that nobody has waited for included. */
  members(): readonly number[] {
    return descendantsOf(this.#pid)
  }

  /** How a program ended; null: it has not, or is none of its programs. What still ran when it died was killed with it. */
  exitOf(pid: number): string | null {
    const inner = this.#inner.get(pid)
    if (inner === undefined) return null
    return this.#exits.get(inner) ?? (this.isAlive ? null : 'SIGKILL')
  }

  /**
   * Starts a program and returns its pid, as the controller sees it.
   *
   * @param name of the program, which has a log
   */
  async run(
    name: string,
    argv: readonly string[],
    env: ProcessSpec['env'],
    signal: AbortSignal,
  ): Promise<number> {
    const log = this.#programs.indexOf(name)
    assert(log >= 0, `${name} has no log`)
    const variables = Object.entries({ PATH, LANG: 'C.UTF-8', ...env }).map(
      ([variable, value]) => `${variable}=${value}`,
    )
    const words = [...variables, ...argv].map(hex)
    this.#say(['start', 3 + log, variables.length, ...words])
    const inner = Number((await this.#answer(signal)).split(' ')[1])
    const pid = childrenOf(this.#pid).find((child) => innerPidOf(child) === inner)
    if (pid === undefined) throw new Error(`process ${inner} of a node vanished before it was executed`)
    this.#inner.set(pid, inner)
    this.#say(['go', inner])
    // Until it executes its program, its command line is that of this process.
    const own = commandLineOf(this.#pid)
    await waitUntil(() => commandLineOf(pid) !== own, ANSWER_TIMEOUT_MS, 1, signal)
    return pid
  }

  #say(words: readonly (string | number)[]): void {
    this.#outer.stdin?.write(`${words.join(' ')}\n`)
  }

  /** Kills it, and with it every process of the node. A frozen one dies when it is thawed. */
  kill(): void {
    send(this.#pid, 'SIGKILL')
  }
}
