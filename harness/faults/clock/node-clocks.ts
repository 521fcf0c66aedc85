/**
 * The wall clocks of whole nodes: of all their processes, including those that start while a skew is in force, which are
 * found a few milliseconds later.
 */
import type { ClusterNode } from '../../api/environment.ts'
import { messageOf } from '../../support/assert.ts'
import { sleep, waitUntil } from '../../support/wait.ts'
import { isAlive } from '../proc.ts'
import { ProcessClock, ProcessGoneError } from './process-clock.ts'
import type { Skew } from './stub.ts'

/** For how long it is tried to put clocks back, and how often. */
const BACK_TIMEOUT_MS = 5000
const BACK_POLL_MS = 50
/** How often new processes are searched for. */
const SEARCH_EVERY_MS = 5

/** The clocks of all processes of some nodes, including processes that start later. */
export class NodeClocks implements AsyncDisposable {
  readonly #nodes: readonly ClusterNode[]
  readonly #clocks = new Map<number, ProcessClock>()
  readonly #stop = new AbortController()
  readonly #errors = new Set<string>()
  #skew: Skew
  #searching: Promise<void> = Promise.resolve()

  constructor(nodes: readonly ClusterNode[], skew: Skew) {
    this.#nodes = nodes
    this.#skew = skew
  }

  /** Resolves once all present processes are skewed. */
  async start(): Promise<void> {
    await this.#find()
    this.#searching = this.#search()
  }

  /** The reasons why processes could not be skewed. */
  get errors(): readonly string[] {
    return [...this.#errors]
  }

  get skew(): Skew {
    return this.#skew
  }

  set(skew: Skew): void {
    this.#skew = skew
    this.#each((clock) => clock.set(skew))
  }

  /** Offsets of the living processes, in ns, read back from their own clock functions. */
  offsetsNs(): readonly bigint[] {
    return this.#each((clock) => clock.offsetNs())
  }

  /**
   * Applies `ask` to the clocks of living processes, each whatever happens to the others. A process that ends meanwhile is
   * skipped.
   */
  #each<T>(ask: (clock: ProcessClock) => T): readonly T[] {
    return [...this.#clocks.values()].flatMap((clock) => {
      if (!isAlive(clock.pid)) return []
      try {
        return [ask(clock)]
      } catch (error) {
        if (isAlive(clock.pid) && !(error instanceof ProcessGoneError)) this.#errors.add(messageOf(error))
        return []
      }
    })
  }

  async #search(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(SEARCH_EVERY_MS, this.#stop.signal).catch(() => {})
      if (!this.#stop.signal.aborted) await this.#find()
    }
  }

  async #find(): Promise<void> {
    for (const node of this.#nodes) for (const { pid } of await node.processes()) this.#take(pid)
  }

  /**
   * Takes over the clock of a process. One that has executed another program has a clean vDSO and is taken over again.
   */
  #take(pid: number): void {
    const known = this.#clocks.get(pid)
    if (known?.isInPlace() === true || !isAlive(pid)) return
    try {
      known?.release()
      // Until the process is taken over again, nothing may use the clock that was released.
      this.#clocks.delete(pid)
      const clock = ProcessClock.attach(pid)
      this.#clocks.set(pid, clock)
      clock.set(this.#skew)
    } catch (error) {
      // A process that has ended has no clock any more.
      const isGone = ['ESRCH', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')
      if (!isGone && isAlive(pid)) this.#errors.add(messageOf(error))
    }
  }

  /**
   * Puts all clocks back, each whatever happens to the others, and tries again until a deadline.
   *
   * @throws Error that names the processes whose clocks could not be put back, and why.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#searching.catch(() => {})
    const failures = new Map<number, string>()
    const areBack = (): boolean => {
      for (const [pid, clock] of this.#clocks) {
        try {
          clock.detach()
          this.#clocks.delete(pid)
          failures.delete(pid)
        } catch (error) {
          failures.set(pid, messageOf(error))
        }
      }
      return this.#clocks.size === 0
    }
    if (await waitUntil(areBack, BACK_TIMEOUT_MS, BACK_POLL_MS)) return
    throw new Error(`clocks could not be put back: ${[...failures.values()].join('; ')}`)
  }
}
