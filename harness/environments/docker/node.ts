/** One node of the docker environment: processes started by exec beside the container's keeper. */
import fs from 'node:fs'
import path from 'node:path'
import type Docker from 'dockerode'
import type {
  ClusterNode,
  LaunchSpec,
  NodeIdentity,
  NodeProcess,
  ProcessSpec,
  UndoJournal,
} from '../../api.ts'
import { FREEZER_ROOT } from '../../faults/freezer.ts'
import { isAlive, signal as send } from '../../faults/proc.ts'
import { UserError } from '../../support/assert.ts'
import { waitUntil } from '../../support/wait.ts'

/** As the node sees them. */
export const DATA_DIR = '/faultline/data'
export const LOG_DIR = '/faultline/log'

const GONE_TIMEOUT_MS = 10_000
const SPAWN_TIMEOUT_MS = 10_000

export interface DockerNodeOptions {
  readonly identity: NodeIdentity
  readonly container: Docker.Container
  readonly containerId: string
  readonly keeperPid: number
  readonly launch: LaunchSpec
  readonly hostDataDir: string
  readonly journal: UndoJournal
}

export class DockerNode implements ClusterNode {
  readonly name: string
  readonly index: number
  readonly address: string
  readonly dataDir: string
  readonly keeperPid: number
  readonly freezerDir?: string
  readonly #options: DockerNodeOptions
  readonly #running = new Map<string, number>()

  constructor(options: DockerNodeOptions) {
    this.#options = options
    this.name = options.identity.name
    this.index = options.identity.index
    this.address = options.identity.address
    this.dataDir = options.identity.dataDir
    this.keeperPid = options.keeperPid
    const freezerDir = path.join(FREEZER_ROOT, 'docker', options.containerId)
    if (fs.existsSync(freezerDir)) this.freezerDir = freezerDir
  }

  async processes(): Promise<readonly NodeProcess[]> {
    return [...this.#running].map(([name, pid]) => ({ name, pid })).filter(({ pid }) => isAlive(pid))
  }

  async start(signal: AbortSignal): Promise<void> {
    const { launch, hostDataDir } = this.#options
    for (const [file, content] of Object.entries(launch.files)) {
      const target = path.join(hostDataDir, file)
      fs.mkdirSync(path.dirname(target), { recursive: true })
      fs.writeFileSync(target, content)
    }
    for (const process of launch.processes) await this.#spawn(process, signal)
  }

  async #spawn(spec: ProcessSpec, signal: AbortSignal): Promise<void> {
    const known = this.#running.get(spec.name)
    if (known !== undefined && isAlive(known)) return
    const log = `${LOG_DIR}/${spec.name}.log`
    // The shell only sends the output to a file that outlives the process, then becomes the program.
    const exec = await this.#options.container.exec({
      Cmd: ['sh', '-c', `exec "$@" >>${log} 2>&1`, 'sh', ...spec.argv],
      Env: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
      AttachStdout: false,
      AttachStderr: false,
    })
    // A detached exec still hands back a stream, which would keep the controller alive.
    const stream = await exec.start({ Detach: true, Tty: false })
    stream.destroy()
    let pid = 0
    const spawned = await waitUntil(
      async () => {
        const info = await exec.inspect()
        pid = info.Pid
        return pid > 0
      },
      SPAWN_TIMEOUT_MS,
      10,
      signal,
    )
    if (!spawned)
      throw new UserError(`${this.name}: ${spec.argv[0]} could not be started in its container.`, 254)
    this.#running.set(spec.name, pid)
  }

  async kill(signal: AbortSignal): Promise<readonly NodeProcess[]> {
    const victims = await this.processes()
    for (const { pid } of victims) send(pid, 'SIGKILL')
    const gone = await waitUntil(() => victims.every(({ pid }) => !isAlive(pid)), GONE_TIMEOUT_MS, 5, signal)
    if (!gone) throw new UserError(`${this.name}: a process survived SIGKILL for ${GONE_TIMEOUT_MS} ms.`, 254)
    return victims
  }

  async dispose(): Promise<void> {
    // A frozen container cannot be removed.
    if (this.freezerDir !== undefined) fs.writeFileSync(path.join(this.freezerDir, 'freezer.state'), 'THAWED')
  }
}
