/** Kills nodes and starts them again: all at once, one after another, or repeatedly. */
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import type { NodeProcess } from '../../harness/api/process.ts'
import { isAlive } from '../../harness/faults/proc.ts'
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
  /** Null: the system told nobody, as of a process that another process of the node had started. */
  readonly exit: string | null
}

interface Circumstances {
  /** What the victims are held at, in words; null: nothing. */
  readonly where: string | null
  /** The fault's id. */
  readonly holder: string
}

/** Nodes that are killed, once or in turns, until all are started again. */
export class Restarts {
  readonly #nodes: readonly ClusterNode[]
  readonly #intent: RestartIntent
  readonly #signal: AbortSignal
  /** The fault's id, under which the nodes are held down. */
  readonly #holder: string
  readonly #stop = new AbortController()
  #turns: Promise<void> = Promise.resolve()
  readonly #ended: EndedProcess[] = []
  /** Pids that SIGTERM did not end. */
  readonly #deaf: number[] = []
  /** Where something still listened on nodes that were down, in words. */
  readonly #open: string[] = []
  /** What was done to the data, in words. */
  readonly #data: string[] = []
  /** Where the first victims were killed, in words. */
  readonly #where: string

  private constructor(
    context: NemesisContext,
    nodes: readonly ClusterNode[],
    intent: RestartIntent,
    { where, holder }: Circumstances,
  ) {
    this.#holder = holder
    this.#where = where === null ? '' : ` ${where}`
    this.#nodes = nodes
    this.#intent = intent
    this.#signal = context.signal
  }

  /** Resolves when the first of them are down. */
  static async begin(
    context: NemesisContext,
    nodes: readonly ClusterNode[],
    intent: RestartIntent,
    circumstances: Circumstances,
  ): Promise<Restarts> {
    const restarts = new Restarts(context, nodes, intent, circumstances)
    await keepOlder(nodes, intent, context.signal)
    await restarts.#end(restarts.#victimsOf(0)).catch(async (error: unknown) => {
      await restarts.#bringUp(nodes)
      throw error
    })
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
    const how = this.#intent.signal === 'SIGTERM' ? 'stop' : 'kill'
    const { processes, deaf, openPorts } = await node.takeDown(this.#holder, how, this.#signal)
    this.#deaf.push(...deaf)
    this.#open.push(...openPorts.map((port) => `${node.name} on port ${port}`))
    const change = await changeData(node, this.#intent)
    if (change !== null) this.#data.push(change)
    const exits = await Promise.all(
      processes.map(({ pid, isStarted }) => (isStarted ? exitOf(node, pid) : null)),
    )
    this.#ended.push(...processes.map(({ pid }, i) => ({ node: node.name, pid, exit: exits[i] ?? null })))
  }

  async #bringUp(nodes: readonly ClusterNode[]): Promise<void> {
    await Promise.all(nodes.map((node) => node.bringUp(this.#holder, this.#signal)))
  }

  /** After the first turn: starts the last victims and kills the next ones, until there are none or it is stopped. */
  async #takeTurns(): Promise<void> {
    if (this.#intent.pattern === 'at-once') return
    for (let turn = 1; await passes(DOWNTIME_MS, this.#stop.signal); turn++) {
      await this.#bringUp(this.#victimsOf(turn - 1))
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
    const exits = [...new Set(gone.flatMap(({ exit }) => exit ?? []))].join(', ') || 'exit unknown'
    const ignored = this.#deaf.length === 0 ? '' : `, ${this.#deaf.length} only by SIGKILL`
    const changes = this.#data.length === 0 ? '' : `; ${this.#data.join('; ')}`
    const again =
      running === null ? '' : `; running again as pid ${running.map(({ pid }) => pid).join(', ') || 'none'}`
    return {
      effective: gone.length > 0 && this.#open.length === 0,
      ...(this.#open.length === 0
        ? {}
        : { contradiction: `something still listened at ${this.#open.join(', ')} after the kill` }),
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
    // Whatever became of the turns, all nodes are started.
    const [turns] = await Promise.allSettled([this.#turns])
    await this.#bringUp(this.#nodes)
    if (turns.status === 'rejected') throw turns.reason
    return this.measure((await Promise.all(this.#nodes.map((node) => node.processes()))).flat())
  }
}
