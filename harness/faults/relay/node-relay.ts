/**
 * A node's relay, as the controller sees it: while it is open, the node's connections are led through a relay in its network
 * namespace, which obeys orders. The relay ends with the controller, since its standard input does; the rules disappear with
 * the namespace.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Order, RelayReport, RelaySettings, Reply } from './orders.ts'
import { RELAY_GROUP } from './ports.ts'
import { redirect, removeRedirection } from './rules.ts'

const START_TIMEOUT_MS = 20_000
const REPORT_TIMEOUT_MS = 10_000

interface NodeRelayParts {
  /** A pid whose network namespace is the node's. */
  readonly keeperPid: number
  /** Names the rules: at most 26 characters. */
  readonly chain: string
  readonly settings: RelaySettings
  /** What the relay's codec tells its accomplices. */
  readonly onShare: (knowledge: unknown) => void
}

const relayModule = (): string => {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`./relay.${extension}`, import.meta.url))
}

/** As a group of its own, by which the rules let its own connections pass. */
const spawnRelay = (keeperPid: number): ChildProcess => {
  const asGroup = ['setpriv', '--regid', String(RELAY_GROUP), '--clear-groups', '--pdeathsig', 'KILL']
  const argv = ['--target', String(keeperPid), '--net', '--', ...asGroup, process.execPath, relayModule()]
  return spawn('nsenter', argv, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
}

type Report = Extract<Reply, { type: 'report' }>
type Ready = Extract<Reply, { type: 'ready' }>

export class NodeRelay implements AsyncDisposable {
  readonly #parts: NodeRelayParts
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  /** Those who wait for the next reply of each type. */
  readonly #waiting: { ready: ((reply: Ready) => void)[]; report: ((reply: Report) => void)[] } = {
    ready: [],
    report: [],
  }
  #stderr = ''

  private constructor(parts: NodeRelayParts) {
    this.#parts = parts
    this.#child = spawnRelay(parts.keeperPid)
    this.#exited = once(this.#child, 'exit')
    this.#child.stdin?.on('error', () => {})
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString()
    })
    if (this.#child.stdout !== null)
      readline.createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(line))
  }

  static async open(parts: NodeRelayParts): Promise<NodeRelay> {
    const relay = new NodeRelay(parts)
    const { keeperPid, chain, settings } = parts
    try {
      const ready = new Promise<Ready>((resolve) => relay.#waiting.ready.push(resolve))
      relay.#write(settings)
      const { routes } = await relay.#orEnd(ready, START_TIMEOUT_MS)
      const clients = Object.values(settings.clients)
      await redirect(keeperPid, { chain, node: settings.node, nodes: settings.nodes, clients, routes })
      return relay
    } catch (error) {
      await relay[Symbol.asyncDispose]()
      throw error
    }
  }

  get name(): string {
    return this.#parts.settings.node
  }

  get pid(): number {
    return this.#child.pid as number
  }

  order(order: Order): void {
    this.#write(order)
  }

  async report(): Promise<RelayReport> {
    const reported = new Promise<Report>((resolve) => this.#waiting.report.push(resolve))
    this.order({ type: 'report' })
    return this.#orEnd(reported, REPORT_TIMEOUT_MS)
  }

  #hear(line: string): void {
    const reply = JSON.parse(line) as Reply
    if (reply.type === 'share') this.#parts.onShare(reply.knowledge)
    else if (reply.type === 'ready') this.#waiting.ready.shift()?.(reply)
    else this.#waiting.report.shift()?.(reply)
  }

  #write(line: object): void {
    this.#child.stdin?.write(`${JSON.stringify(line)}\n`)
  }

  async #orEnd<T>(reply: Promise<T>, withinMs: number): Promise<T> {
    const timeout = AbortSignal.timeout(withinMs)
    const late = once(timeout, 'abort').then(() => `said nothing for ${withinMs} ms`)
    const ended = this.#exited.then(() => 'ended')
    const outcome = await Promise.race([reply, late, ended])
    if (typeof outcome !== 'string') return outcome
    throw new Error(`the relay of ${this.name} ${outcome}: ${this.#stderr.trim().slice(-500)}`)
  }

  /** Connections that pass the relay are closed, while the rules still lead to their other ends; then the rules go. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { keeperPid, chain } = this.#parts
    this.#child.kill('SIGKILL')
    await this.#exited
    await removeRedirection(keeperPid, chain)
  }
}
