/** A node of the docker environment: processes started by exec beside the container's keeper. */
import os from 'node:os'
import type Docker from 'dockerode'
import type { UndoJournal } from '../../api/journal.ts'
import type { ProcessSpec } from '../../api/target.ts'
import { containerCgroups, neighboursOf } from '../../faults/cgroup/groups.ts'
import { exemptFromOom, isAlive, signal as send } from '../../faults/proc.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { waitUntil } from '../../support/wait.ts'
import { commandOf } from '../command.ts'
import { ProcessNode, type ProcessNodeOptions } from '../process-node.ts'

/** The paths as the node sees them. */
export const DATA_DIR = '/faultline/data'
export const LOG_DIR = '/faultline/log'

const SPAWN_TIMEOUT_MS = 10_000
/** The status of an answer of Docker's. */
const NOT_RUNNING = 409
/** Docker's init, and the sleep that it starts. */
const KEEPERS = 2

export interface DockerNodeOptions extends Omit<ProcessNodeOptions, 'cgroups'> {
  readonly container: Docker.Container
  readonly journal: UndoJournal
}

/** Exit statuses above 128 mean signals, as in shells. */
const exitInWords = (status: number): string => {
  const signal = Object.entries(os.constants.signals).find(([, number]) => number === status - 128)
  return signal?.[0] ?? `status ${status}`
}

export class DockerNode extends ProcessNode {
  readonly #container: Docker.Container
  readonly #execs = new Map<number, Docker.Exec>()
  /** What ran in the container before anything was started in it. Null: nothing was. */
  #keepers: readonly number[] | null = null
  /** Whether a lack of memory cannot end the container. */
  #areKeepersSafe = false
  #finding: Promise<readonly number[]> | null = null

  constructor(options: DockerNodeOptions) {
    super({ ...options, cgroups: containerCgroups(options.keeperPid, options.journal) })
    this.#container = options.container
  }

  override async exitOf(pid: number): Promise<string | null> {
    const { Running, ExitCode } = (await this.#execs.get(pid)?.inspect()) ?? { Running: true, ExitCode: null }
    if (Running || ExitCode === null) return null
    return exitInWords(ExitCode)
  }

  protected override members(): readonly number[] {
    const keepers = this.#keepers
    return keepers === null ? [] : neighboursOf(this.keeperPid).filter((pid) => !keepers.includes(pid))
  }

  /** The sleep begins a moment after the container has started. Taken for a process of the node, its end would end the container. */
  async #findKeepers(): Promise<readonly number[]> {
    const isComplete = (): boolean => neighboursOf(this.keeperPid).length >= KEEPERS
    if (await waitUntil(isComplete, SPAWN_TIMEOUT_MS, 5)) {
      const keepers = neighboursOf(this.keeperPid)
      // A fault that leaves no memory kills the node, but not its container.
      this.#areKeepersSafe = keepers.every(exemptFromOom)
      return keepers
    }
    throw new UserError(`${this.name}: its container has not begun to run.`, EXIT_CODES.harnessFailed)
  }

  protected override killMembers(): boolean {
    const { freezer } = this.cgroups
    // While they are frozen, none of them can fork another.
    freezer?.freeze()
    for (const pid of this.members()) send(pid, 'SIGKILL')
    freezer?.thaw()
    return !this.members().some(isAlive)
  }

  protected override async complete(
    spec: ProcessSpec,
    timeoutMs: number,
    abort: AbortSignal,
  ): Promise<string | null> {
    const exec = await this.#execute(spec)
    let state = await exec.inspect()
    const isOver = async (): Promise<boolean> => {
      state = await exec.inspect()
      return !state.Running && state.ExitCode !== null
    }
    if (await waitUntil(isOver, timeoutMs, 10, abort)) return exitInWords(state.ExitCode as number)
    if (state.Pid > 0) send(state.Pid, 'SIGKILL')
    return null
  }

  /** Null: the error is another one. */
  #hasEnded(error: unknown): UserError | null {
    if ((error as { readonly statusCode?: number }).statusCode !== NOT_RUNNING) return null
    const byWhom = this.#areKeepersSafe
      ? 'not by this run'
      : 'not by this run, unless it was by a fault that left no memory (without CAP_SYS_RESOURCE it may end a container)'
    return new UserError(
      `${this.name}: its container has ended, and ${byWhom}: see \`docker events\` and the kernel's log.`,
      EXIT_CODES.harnessFailed,
    )
  }

  async #execute(spec: ProcessSpec): Promise<Docker.Exec> {
    this.#finding ??= this.#findKeepers()
    this.#keepers ??= await this.#finding
    const log = `${LOG_DIR}/${spec.name}.log`
    // The shell only redirects the output to a file that outlives the process, then executes the program.
    const exec = await this.#container
      .exec({
        Cmd: ['sh', '-c', `exec "$@" >>${log} 2>&1`, 'sh', ...commandOf(spec)],
        WorkingDir: DATA_DIR,
        Env: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
        AttachStdout: false,
        AttachStderr: false,
      })
      .catch((error: unknown) => {
        throw this.#hasEnded(error) ?? error
      })
    // A detached exec still returns a stream, which would keep the controller alive.
    const stream = await exec.start({ Detach: true, Tty: false })
    stream.destroy()
    return exec
  }

  protected override async spawn(spec: ProcessSpec, signal: AbortSignal): Promise<number> {
    const exec = await this.#execute(spec)
    let pid = 0
    const hasPid = async (): Promise<boolean> => {
      pid = (await exec.inspect()).Pid
      return pid > 0
    }
    if (await waitUntil(hasPid, SPAWN_TIMEOUT_MS, 10, signal)) {
      this.#execs.set(pid, exec)
      return pid
    }
    throw new UserError(
      `${this.name}: ${spec.argv[0]} could not be started in its container.`,
      EXIT_CODES.targetFailed,
    )
  }

  /** A frozen container cannot be removed. */
  thaw(): void {
    this.cgroups.freezer?.thaw()
  }
}
