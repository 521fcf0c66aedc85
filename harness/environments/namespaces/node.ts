/** One node of the namespaces environment: plain OS processes in the keeper's namespaces. */
import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { ClusterNode, LaunchSpec, NodeIdentity, NodeProcess, ProcessSpec } from '../../api.ts'
import { addToFreezer } from '../../faults/freezer.ts'
import { isAlive, signal as send } from '../../faults/proc.ts'
import { UserError } from '../../support/assert.ts'
import { waitUntil } from '../../support/wait.ts'
import type { Keeper } from './keeper.ts'

const GONE_TIMEOUT_MS = 10_000
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface NodeOptions {
  readonly identity: NodeIdentity
  readonly keeper: Keeper
  readonly launch: LaunchSpec
  readonly logDir: string
  /** The node's data directory as the controller sees it. */
  readonly hostDataDir: string
  readonly freezerDir: string | undefined
}

export class NamespaceNode implements ClusterNode {
  readonly name: string
  readonly index: number
  readonly address: string
  readonly dataDir: string
  readonly keeperPid: number
  readonly freezerDir?: string
  readonly #options: NodeOptions
  readonly #running = new Map<string, ChildProcess>()

  constructor(options: NodeOptions) {
    this.#options = options
    this.name = options.identity.name
    this.index = options.identity.index
    this.address = options.identity.address
    this.dataDir = options.identity.dataDir
    this.keeperPid = options.keeper.pid
    if (options.freezerDir !== undefined) this.freezerDir = options.freezerDir
  }

  async processes(): Promise<readonly NodeProcess[]> {
    return [...this.#running]
      .map(([name, child]) => ({ name, pid: child.pid as number }))
      .filter(({ pid }) => isAlive(pid))
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { launch, hostDataDir } = this.#options
    for (const [file, content] of Object.entries(launch.files)) {
      const target = path.join(hostDataDir, file)
      fs.mkdirSync(path.dirname(target), { recursive: true })
      fs.writeFileSync(target, content)
    }
    for (const process of launch.processes) this.#spawn(process)
  }

  #spawn(spec: ProcessSpec): void {
    const known = this.#running.get(spec.name)
    if (known?.pid !== undefined && isAlive(known.pid)) return
    const log = fs.openSync(path.join(this.#options.logDir, `${spec.name}.log`), 'a')
    try {
      // nsenter replaces itself by the program, so the child's pid is the program's.
      const child = spawn(
        'nsenter',
        ['--target', String(this.keeperPid), '--net', '--mount', '--', ...spec.argv],
        {
          stdio: ['ignore', log, log],
          env: { PATH, HOME: this.dataDir, LANG: 'C.UTF-8', ...spec.env },
          detached: true,
        },
      )
      child.on('error', (error) =>
        fs.appendFileSync(path.join(this.#options.logDir, `${spec.name}.log`), `${error.message}\n`),
      )
      if (child.pid === undefined)
        throw new UserError(`${this.name}: ${spec.argv[0]} could not be started.`, 254)
      this.#running.set(spec.name, child)
      if (this.freezerDir !== undefined) addToFreezer(this.freezerDir, child.pid)
    } finally {
      fs.closeSync(log)
    }
  }

  async kill(signal: AbortSignal): Promise<readonly NodeProcess[]> {
    const victims = await this.processes()
    for (const { pid } of victims) send(pid, 'SIGKILL')
    const gone = await waitUntil(() => victims.every(({ pid }) => !isAlive(pid)), GONE_TIMEOUT_MS, 5, signal)
    if (!gone)
      throw new UserError(
        `${this.name}: a process survived SIGKILL for ${GONE_TIMEOUT_MS} ms (hung in the kernel?).`,
        254,
      )
    return victims
  }
}
