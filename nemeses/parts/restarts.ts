/** Kills nodes and starts them again: all at once, one after another, or repeatedly. */
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import type { NodeProcess } from '../../harness/api/process.ts'
import { isAlive, signal } from '../../harness/faults/proc.ts'
import { sleep, waitUntil } from '../../harness/support/wait.ts'
import { changeData, type DataIntent, keepOlder } from './restart-data.ts'

export const SIGNALS = ['SIGKILL', 'SIGTERM'] as const
export const RESTART_PATTERNS = ['at-once', 'rolling', 'crash-loop'] as const

interface RestartIntent extends DataIntent {
  readonly signal: (typeof SIGNALS)[number]
  readonly pattern: (typeof RESTART_PATTERNS)[number]
  /** How long a node runs between two kills of a crash loop, and before the next node is killed in a rolling restart. */
  readonly uptimeMs: number
}

/** How long a process may take to exit after SIGTERM. */
const PATIENCE_MS = 2000
const EXIT_TIMEOUT_MS = 500
/** How long a node is down in a rolling restart or a crash loop. */
const DOWNTIME_MS = 200

/** How the process exited. The system reports it a moment after the exit. */
const exitOf = async (node: ClusterNode, pid: number): Promise<string | null> => {
  let exit: string | null = null
  const isTold = async (): Promise<boolean> => {
    exit = await node.exitOf(pid)
    return exit !== null
  }
  await waitUntil(isTold, EXIT_TIMEOUT_MS, 5)
  return exit
}

/** Resolves to true when the time is over, to false if `stop` came first. */
const passes = (ms: number, stop: AbortSignal): Promise<boolean> =>
  sleep(ms, stop).then(
    () => !stop.aborted,
    () => false,
  )

interface EndedProcess {
  readonly node: string
  readonly pid: number
  readonly exit: string | null
}

/** Nodes that are killed, once or in turns, until all are started again. */
export class Restarts {
  readonly #nodes: readonly ClusterNode[]
  readonly #intent: RestartIntent
  readonly #signal: AbortSignal
  readonly #stop = new AbortController()
  #turns: Promise<void> = Promise.resolve()
  readonly #ended: EndedProcess[] = []
  /** Pids that SIGTERM did not end. */
  readonly #deaf: number[] = []
  /** What was done to the data, in words. */
  readonly #data: string[] = []
  /** Where the first victims were killed, in words. */
  readonly #where: string

  private constructor(
    context: NemesisContext,
    nodes: readonly ClusterNode[],
    intent: RestartIntent,
    where: string | null,
  ) {
    this.#where = where === null ? '' : ` ${where}`
    this.#nodes = nodes
    this.#intent = intent
    this.#signal = context.signal
  }

  /** @param where what the victims are held at, in words. Resolves when the first of them are down. */
  static async begin(
    context: NemesisContext,
    nodes: readonly ClusterNode[],
    intent: RestartIntent,
    where: string | null,
  ): Promise<Restarts> {
    const restarts = new Restarts(context, nodes, intent, where)
    await keepOlder(nodes, intent, context.signal)
    await restarts.#end(restarts.#victimsOf(0))
    restarts.#turns = restarts.#takeTurns()
    // `end` awaits it, which may be much later.
    restarts.#turns.catch(() => {})
    return restarts
  }

  /** The victims of a turn: all nodes, or one node in a rolling restart; none when the turns are over. */
  #victimsOf(turn: number): readonly ClusterNode[] {
    if (this.#intent.pattern === 'crash-loop') return this.#nodes
    if (this.#intent.pattern === 'rolling') return this.#nodes.slice(turn, turn + 1)
    return turn === 0 ? this.#nodes : []
  }

  async #end(nodes: readonly ClusterNode[]): Promise<void> {
    await Promise.all(nodes.map((node) => this.#endNode(node)))
  }

  async #endNode(node: ClusterNode): Promise<void> {
    const processes = await node.processes()
    if (this.#intent.signal === 'SIGTERM') {
      for (const { pid } of processes) signal(pid, 'SIGTERM')
      await waitUntil(() => processes.every(({ pid }) => !isAlive(pid)), PATIENCE_MS, 5, this.#signal)
      this.#deaf.push(...processes.map(({ pid }) => pid).filter(isAlive))
    }
    await node.kill(this.#signal)
    const change = await changeData(node, this.#intent)
    if (change !== null) this.#data.push(change)
    const exits = await Promise.all(processes.map(({ pid }) => exitOf(node, pid)))
    this.#ended.push(...processes.map(({ pid }, i) => ({ node: node.name, pid, exit: exits[i] ?? null })))
  }

  /** After the first turn: starts the last victims and kills the next ones, until there are none or it is stopped. */
  async #takeTurns(): Promise<void> {
    if (this.#intent.pattern === 'at-once') return
    for (let turn = 1; await passes(DOWNTIME_MS, this.#stop.signal); turn++) {
      await Promise.all(this.#victimsOf(turn - 1).map((node) => node.start(this.#signal)))
      const next = this.#victimsOf(turn)
      if (next.length === 0 || !(await passes(this.#intent.uptimeMs, this.#stop.signal))) return
      await this.#end(next)
    }
  }

  /** @param running the processes that were started again; null: none yet */
  measure(running: readonly NodeProcess[] | null = null) {
    const gone = this.#ended.filter(({ pid }) => !isAlive(pid))
    const names = [...new Set(gone.map(({ node }) => node))].join(', ')
    const pids = gone.map(({ pid }) => pid).join(', ')
    const exits = [...new Set(gone.map(({ exit }) => exit ?? 'exit unknown'))].join(', ')
    const ignored = this.#deaf.length === 0 ? '' : `, ${this.#deaf.length} only by SIGKILL`
    const changes = this.#data.length === 0 ? '' : `; ${this.#data.join('; ')}`
    const again =
      running === null ? '' : `; running again as pid ${running.map(({ pid }) => pid).join(', ') || 'none'}`
    return {
      effective: gone.length > 0,
      summary:
        this.#ended.length === 0
          ? 'nothing was running'
          : `pid ${pids} of ${names} gone by ${this.#intent.signal} (${exits})${this.#where}${ignored}${changes}${again}`,
      measurements: {
        killed: this.#ended.length,
        gone: gone.length,
        deaf: this.#deaf.length,
        ...(running === null ? {} : { restarted: running.length }),
      },
    }
  }

  /** Ends the turns, starts all nodes, and returns the last measurement. */
  async end() {
    this.#stop.abort()
    await this.#turns
    await Promise.all(this.#nodes.map((node) => node.start(this.#signal)))
    return this.measure((await Promise.all(this.#nodes.map((node) => node.processes()))).flat())
  }
}
