/** Watches for processes of nodes that end by themselves, and starts them again if the target does so. */
import path from 'node:path'
import type { ClusterNode } from '../api/environment.ts'
import type { Log } from '../api/log.ts'
import type { Ending, RunFacts } from '../api/record.ts'
import { messageOf } from '../support/assert.ts'
import { FirstAndLast } from '../support/first-and-last.ts'
import { lastLinesOf } from '../support/last-lines.ts'
import { sleep } from '../support/wait.ts'

const LOOK_EVERY_MS = 100
const LAST_LINES = 3
/** So many are recorded of the first, and as many of the last: a node may crash at every start, all day. */
const MOST_ENDINGS = 250

export interface EndWatchOptions {
  readonly nodes: readonly ClusterNode[]
  readonly logDir: string
  /** Absent: whoever heals a fault, or ends the run, starts them. */
  readonly restartsAfterMs: number | undefined
  readonly clock: () => number
  readonly log: Log
  readonly signal: AbortSignal
}

export class EndWatch implements AsyncDisposable {
  readonly #options: EndWatchOptions
  readonly #stop = new AbortController()
  readonly #endings = new FirstAndLast<Ending>(MOST_ENDINGS)
  readonly #watching: Promise<void>

  constructor(options: EndWatchOptions) {
    this.#options = options
    this.#watching = this.#watch()
    // It is awaited at the end, which may be much later.
    this.#watching.catch(() => {})
  }

  /** Those so far, in the order in which they were noticed. */
  facts(): Required<Pick<RunFacts, 'endings'>> & Pick<RunFacts, 'endingsLeftOut'> {
    const { leftOut } = this.#endings
    return { endings: this.#endings.list(), ...(leftOut === 0 ? {} : { endingsLeftOut: leftOut }) }
  }

  async #watch(): Promise<void> {
    const { nodes, signal } = this.#options
    while (!this.#stop.signal.aborted && !signal.aborted) {
      await Promise.all(nodes.map((node) => this.#tryToLook(node)))
      await sleep(LOOK_EVERY_MS, this.#stop.signal).catch(() => {})
    }
  }

  /** A question that an environment could not answer is asked again; it does not end the run. */
  async #tryToLook(node: ClusterNode): Promise<void> {
    const { log } = this.#options
    await this.#look(node).catch((error: unknown) =>
      log.debug('ends of processes not told', { node: node.name, error: messageOf(error) }),
    )
  }

  async #look(node: ClusterNode): Promise<void> {
    const { clock, log, logDir, restartsAfterMs } = this.#options
    const ended = await node.endings()
    for (const each of ended) {
      const lastWords = lastLinesOf(path.join(logDir, node.name, `${each.process}.log`), LAST_LINES)
      const ending: Ending = { ...each, node: node.name, timeNs: clock(), lastWords }
      this.#endings.add(ending)
      log.warn('process ended by itself', { ...ending })
    }
    if (ended.length > 0 && restartsAfterMs !== undefined) this.#startLater(node, restartsAfterMs)
  }

  #startLater(node: ClusterNode, afterMs: number): void {
    const { log, signal } = this.#options
    const start = async (): Promise<void> => {
      await sleep(afterMs, this.#stop.signal)
      await node.start(signal)
      log.info('started again, as the target does', { node: node.name })
    }
    // One that cannot be started is found by recovery.
    start().catch((error: unknown) =>
      log.debug('not started again', { node: node.name, error: messageOf(error) }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#watching
  }
}
