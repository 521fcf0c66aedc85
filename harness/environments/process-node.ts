/**
 * The common part of nodes that consist of OS processes: how they are named, found and killed, and how they get their
 * files.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import type { NodeCgroups } from '../api/cgroup.ts'
import type { NodeDisk } from '../api/disk.ts'
import type { ClusterNode, ProvisionSpec, TakenDown } from '../api/environment.ts'
import type { EndedProcess, NodeProcess } from '../api/process.ts'
import type { LaunchSpec, NodeIdentity, ProcessSpec, StepSpec } from '../api/target.ts'
import { mountDisk } from '../faults/disk/disk.ts'
import { listeningPorts } from '../faults/ports.ts'
import { isAlive, nameOf, signal as send } from '../faults/proc.ts'
import { UserError } from '../support/assert.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import { lastLinesOf } from '../support/last-lines.ts'
import { waitUntil } from '../support/wait.ts'

const GONE_TIMEOUT_MS = 10_000
const CLOSED_TIMEOUT_MS = 1000
const STEP_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 2000

export interface ProcessNodeOptions {
  readonly identity: NodeIdentity
  readonly keeperPid: number
  readonly hardware: string | null
  readonly launch: LaunchSpec
  /** Where its programs' logs are, as the controller sees it. */
  readonly logDir: string
  /** The node's data directory as the controller sees it. */
  readonly hostDataDir: string
  readonly disk: NodeDisk | undefined
  readonly cgroups: NodeCgroups
}

export abstract class ProcessNode implements ClusterNode {
  readonly name: string
  readonly index: number
  readonly address: string
  readonly dataDir: string
  readonly keeperPid: number
  readonly hardware: string | null
  readonly cgroups: NodeCgroups
  readonly hostDataDir: string
  readonly disk?: NodeDisk
  /** Pids of the programs that were started, keyed by the process names of the launch spec. */
  readonly #started = new Map<string, number>()
  /** Pids of started programs whose end is known: they were killed, or it was told. */
  readonly #accounted = new Set<number>()
  /** Who holds it down. */
  readonly #holders = new Set<string>()
  readonly #logDir: string
  #turn: Promise<void> = Promise.resolve()
  #launch: LaunchSpec
  #wasStarted = false

  constructor(options: ProcessNodeOptions) {
    this.name = options.identity.name
    this.index = options.identity.index
    this.address = options.identity.address
    this.dataDir = options.identity.dataDir
    this.keeperPid = options.keeperPid
    this.hardware = options.hardware
    this.cgroups = options.cgroups
    if (options.disk !== undefined) this.disk = options.disk
    this.#launch = options.launch
    this.#logDir = options.logDir
    this.hostDataDir = options.hostDataDir
  }

  /** Starts one of `programs` and returns its pid, as the controller sees it. */
  protected abstract spawn(spec: ProcessSpec, signal: AbortSignal): Promise<number>

  /** Runs one of `programs` to its end: how it ended, or null if it did not in time and was killed. */
  protected abstract complete(
    spec: ProcessSpec,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<string | null>

  /** Pids of everything that its programs are and started, daemons included. */
  protected abstract members(): readonly number[]

  /** Sends SIGKILL to everything that runs on it, stopped and frozen processes too. True once nothing is left. */
  protected abstract killMembers(): boolean

  abstract exitOf(pid: number): Promise<string | null>

  /** Everything that may be started on it: its programs and its steps. */
  protected get programs(): readonly ProcessSpec[] {
    const { processes, steps = {} } = this.#launch
    return [...processes, ...Object.values(steps).flat()]
  }

  protected logOf(program: string): string {
    return path.join(this.#logDir, `${program}.log`)
  }

  async processes(): Promise<readonly NodeProcess[]> {
    const names = new Map([...this.#started].map(([name, pid]) => [pid, name]))
    return this.members()
      .filter(isAlive)
      .map((pid) => ({ name: names.get(pid) ?? nameOf(pid), pid, isStarted: names.has(pid) }))
  }

  configure(launch: LaunchSpec): void {
    this.#launch = launch
  }

  /** Starts and kills come one after another, since faults overlap. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act)
    this.#turn = done.then(
      () => {},
      () => {},
    )
    return done
  }

  start(signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#start(signal))
  }

  async #start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#holders.size > 0) return
    const areUp = await Promise.all(this.#launch.processes.map(({ name }) => this.#isUp(name)))
    if (areUp.every(Boolean)) return
    const isFirst = !this.#wasStarted || fs.readdirSync(this.hostDataDir).length === 0
    for (const [file, content] of Object.entries(this.#launch.files)) this.#write(file, content)
    await this.#giveData(signal)
    const { processes, steps = {} } = this.#launch
    if (!areUp.some(Boolean))
      for (const step of (isFirst ? steps.firstStart : steps.restart) ?? []) await this.#do(step, signal)
    this.#wasStarted = true
    for (const [index, spec] of processes.entries())
      if (areUp[index] === false) this.#hasStarted(spec.name, await this.spawn(spec, signal))
  }

  /** In a long run, the system gives a pid again: what is known of the end of the one before is not about this one. */
  #hasStarted(name: string, pid: number): void {
    this.#accounted.delete(pid)
    this.#started.set(name, pid)
  }

  do(step: StepSpec, signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#do(step, signal))
  }

  async #do(step: StepSpec, signal: AbortSignal): Promise<void> {
    const { name, timeoutMs = STEP_TIMEOUT_MS } = step
    const exit = await this.complete(step, timeoutMs, signal)
    if (exit === 'status 0') return
    const how = exit === null ? `did not end within ${timeoutMs / 1000} s` : `failed (${exit})`
    const said = lastLinesOf(this.logOf(name), 5)
    throw new UserError(
      `${this.name}: the step ${name} ${how}.${said === '' ? '' : ` The last lines of its output:\n${said}`}`,
      EXIT_CODES.targetFailed,
    )
  }

  /** To the users of its programs. Asked inside the node: a container has users of its own. */
  async #giveData(signal: AbortSignal): Promise<void> {
    const files = Object.keys(this.#launch.files).map((file) => path.posix.join(this.dataDir, file))
    // Where its steps run as others than its programs, it belongs to those in the end.
    for (const user of new Set(this.programs.map(({ user }) => user).reverse()))
      if (user !== undefined)
        await execa(
          'nsenter',
          ['--target', String(this.keeperPid), '--mount', '--', 'chown', `${user}:`, this.dataDir, ...files],
          { cancelSignal: signal },
        )
  }

  #account(processes: readonly NodeProcess[]): void {
    for (const { pid, isStarted } of processes) if (isStarted) this.#accounted.add(pid)
  }

  #write(file: string, content: LaunchSpec['files'][string]): void {
    const { text, mode = 0o644, keep = false } = typeof content === 'string' ? { text: content } : content
    const target = path.join(this.hostDataDir, file)
    if (keep && fs.existsSync(target)) return
    fs.mkdirSync(path.dirname(target), { recursive: true })
    fs.writeFileSync(target, text)
    fs.chmodSync(target, mode)
  }

  /** A program that ended without an error, and left processes to PID 1, has become a daemon: it is up. */
  async #isUp(name: string): Promise<boolean> {
    const pid = this.#started.get(name)
    if (pid === undefined) return false
    if (isAlive(pid)) return true
    const others = (await this.processes()).filter(({ isStarted }) => !isStarted)
    return others.length > 0 && (await this.exitOf(pid)) === 'status 0'
  }

  async endings(): Promise<readonly EndedProcess[]> {
    const ended: EndedProcess[] = []
    for (const [name, pid] of this.#started) {
      if (this.#accounted.has(pid) || isAlive(pid) || (await this.#isUp(name))) continue
      const exit = await this.exitOf(pid)
      // The system reports it a moment after the end, and a kill of ours may have come meanwhile.
      if (exit === null || this.#accounted.has(pid)) continue
      this.#accounted.add(pid)
      ended.push({ process: name, pid, exit })
    }
    return ended
  }

  takeDown(holder: string, how: 'stop' | 'kill', signal: AbortSignal): Promise<TakenDown> {
    this.#holders.add(holder)
    return this.#inTurn(() => this.#end(how, signal))
  }

  async #end(how: 'stop' | 'kill', signal: AbortSignal): Promise<TakenDown> {
    const processes = await this.processes()
    this.#account(processes)
    const deaf = how === 'stop' ? await this.#stop(processes, signal) : []
    await this.#kill(signal)
    return { processes, deaf, openPorts: await this.#openPorts(signal) }
  }

  /** Asks its processes to end, and returns those that have not when the time is over. */
  async #stop(processes: readonly NodeProcess[], signal: AbortSignal): Promise<readonly number[]> {
    const specs = new Map(this.#launch.processes.map((spec) => [this.#started.get(spec.name), spec]))
    const isOrderly = [...specs.values()].some(({ stopSignal }) => stopSignal !== undefined)
    // A program with a signal of its own stops what it started. Where there is none, nothing is known of the others.
    for (const { pid, isStarted } of processes)
      if (isStarted || !isOrderly) send(pid, (specs.get(pid)?.stopSignal ?? 'SIGTERM') as NodeJS.Signals)
    const timesMs = [...specs.values()].map(({ stopTimeoutMs = STOP_TIMEOUT_MS }) => stopTimeoutMs)
    await waitUntil(() => !this.members().some(isAlive), Math.max(...timesMs), 5, signal)
    return this.members().filter(isAlive)
  }

  /** A process counts as gone when its first thread is. The others may hold its sockets for a moment longer. */
  async #openPorts(signal: AbortSignal): Promise<readonly number[]> {
    let ports: readonly number[] = []
    const areClosed = (): boolean => {
      ports = listeningPorts(this.keeperPid)
      return ports.length === 0
    }
    await waitUntil(areClosed, CLOSED_TIMEOUT_MS, 2, signal)
    return ports
  }

  async bringUp(holder: string, signal: AbortSignal): Promise<void> {
    this.#holders.delete(holder)
    await this.start(signal)
  }

  kill(signal: AbortSignal): Promise<readonly NodeProcess[]> {
    return this.#inTurn(() => this.#kill(signal))
  }

  async #kill(signal: AbortSignal): Promise<readonly NodeProcess[]> {
    const victims = await this.processes()
    this.#account(victims)
    if (await waitUntil(() => this.killMembers(), GONE_TIMEOUT_MS, 5, signal)) return victims
    throw new UserError(
      `${this.name}: a process survived SIGKILL for ${GONE_TIMEOUT_MS} ms (hung in the kernel?).`,
      EXIT_CODES.harnessFailed,
    )
  }
}

/** Where a node's data is stored. If the run needs disks that can fail, it is on a disk of its own. */
export interface NodeData {
  /** The directory that is bind-mounted as the node's data directory. */
  readonly bound: string
  /** Where the controller may read and write. */
  readonly hostDataDir: string
  readonly disk: NodeDisk | undefined
}

export const makeNodeData = async (spec: ProvisionSpec, name: string): Promise<NodeData> => {
  const directory = path.join(spec.stateDir, 'data', name)
  fs.mkdirSync(directory, { recursive: true })
  if (spec.disks === null) return { bound: directory, hostDataDir: directory, disk: undefined }
  const disk = await mountDisk({
    directory,
    journal: spec.journal,
    cgroup: `faultline-${spec.runId}-${name}-disk`,
    ...spec.disks,
  })
  return { bound: disk.path, hostDataDir: disk.backing, disk }
}
