/** Stops nodes by SIGSTOP or by the cgroup freezer, permanently or intermittently. */
import type { FreezerGroup } from '../api/cgroup.ts'
import type { ClusterNode } from '../api/environment.ts'
import type { NodeProcess } from '../api/process.ts'
import { sleep } from '../support/wait.ts'
import { freezeAll, thawAll } from './freezer.ts'
import { cpuTicksOf } from './proc.ts'
import { isStopped, resume, stopAll } from './stopping.ts'

type PauseMethod = 'sigstop' | 'freezer'

/** How often it is looked whether nodes are still stopped. */
const LOOK_EVERY_MS = 20

const readCpuTicks = (processes: readonly NodeProcess[]): ReadonlyMap<number, number> =>
  new Map(
    processes
      .map(({ pid }) => [pid, cpuTicksOf(pid)] as const)
      .filter((entry): entry is [number, number] => entry[1] !== null),
  )

/** CPU time used since, by processes that still exist. */
const usedSince = (before: ReadonlyMap<number, number>): number =>
  [...before].reduce((sum, [pid, ticks]) => sum + Math.max(0, (cpuTicksOf(pid) ?? ticks) - ticks), 0)

/** One node that is stopped, from then until another fault or `letGo` ends that. */
class StoppedNode {
  readonly node: ClusterNode
  readonly #freezer: FreezerGroup | undefined
  #processes: readonly NodeProcess[] = []
  #cpuTicks: ReadonlyMap<number, number> = new Map()
  #sinceMs = 0
  /** When it was last seen to be stopped; null: never. */
  #heldAtMs: number | null = null
  #isOver = false
  /** It answered while it was stopped. */
  hasAnswered = false

  constructor(node: ClusterNode, method: PauseMethod) {
    this.node = node
    this.#freezer = method === 'freezer' ? node.cgroups.freezer : undefined
  }

  async stop(): Promise<void> {
    if (this.#freezer === undefined) this.#processes = await stopAll(this.node)
    else {
      await freezeAll(this.#freezer)
      this.#processes = await this.node.processes()
    }
    this.#cpuTicks = readCpuTicks(this.#processes)
    this.#sinceMs = performance.now()
    await this.look()
  }

  /** Whether every process that the node has now is stopped. */
  async #isHeld(): Promise<boolean> {
    const processes = await this.node.processes()
    if (processes.length === 0) return false
    return this.#freezer === undefined ? processes.every(isStopped) : this.#freezer.isFrozen()
  }

  /** Looks whether it is still stopped. Once it is not, this stop is over, whatever stops it later. */
  async look(): Promise<boolean> {
    if (this.#isOver) return false
    const atMs = performance.now()
    if (await this.#isHeld()) this.#heldAtMs = atMs
    else this.#isOver = true
    return !this.#isOver
  }

  /** An answer that it gave to a question which was asked when it was stopped. */
  async answered(): Promise<void> {
    if (await this.look()) this.hasAnswered = true
  }

  get heldMs(): number {
    return this.#heldAtMs === null ? 0 : this.#heldAtMs - this.#sinceMs
  }

  get isStopped(): boolean {
    return this.#heldAtMs !== null
  }

  get cpuTicks(): number {
    return usedSince(this.#cpuTicks)
  }

  async letGo(): Promise<void> {
    if (this.#freezer === undefined) resume(this.#processes)
    else await thawAll(this.#freezer)
  }
}

/** The sum of all stops so far. */
interface StopTally {
  readonly stops: number
  readonly stalledMs: number
  readonly cpuTicks: number
  readonly stopped: ReadonlySet<string>
  readonly answered: ReadonlySet<string>
}

const NOTHING: StopTally = { stops: 0, stalledMs: 0, cpuTicks: 0, stopped: new Set(), answered: new Set() }

const add = (tally: StopTally, stop: readonly StoppedNode[]): StopTally => {
  const stopped = stop.filter((each) => each.isStopped)
  const namesOf = (nodes: readonly StoppedNode[]): readonly string[] => nodes.map(({ node }) => node.name)
  return {
    stops: tally.stops + (stopped.length > 0 ? 1 : 0),
    stalledMs: tally.stalledMs + Math.max(0, ...stopped.map(({ heldMs }) => heldMs)),
    cpuTicks: tally.cpuTicks + stop.reduce((sum, each) => sum + each.cpuTicks, 0),
    stopped: new Set([...tally.stopped, ...namesOf(stopped)]),
    answered: new Set([...tally.answered, ...namesOf(stop.filter(({ hasAnswered }) => hasAnswered))]),
  }
}

export interface PausingOptions {
  readonly method: PauseMethod
  /** Whether the node answers its status. */
  answers(node: string): Promise<boolean>
}

/** Nodes that are stopped, or repeatedly stopped and resumed. */
export class Pausing {
  readonly #nodes: readonly ClusterNode[]
  readonly #options: PausingOptions
  readonly #end = new AbortController()
  #tally = NOTHING
  #now: readonly StoppedNode[] = []
  #turns: Promise<void> = Promise.resolve()
  readonly #watching: Promise<void>

  constructor(nodes: readonly ClusterNode[], options: PausingOptions) {
    this.#nodes = nodes
    this.#options = options
    this.#watching = this.#watch()
    this.#watching.catch(() => {})
  }

  async stop(): Promise<void> {
    const stopping = this.#nodes.map((node) => new StoppedNode(node, this.#options.method))
    await Promise.all(stopping.map((each) => each.stop()))
    this.#now = stopping
    for (const each of stopping) this.#ask(each)
  }

  /** A node that is stopped does not answer. That is not waited for. */
  #ask(stopped: StoppedNode): void {
    this.#options.answers(stopped.node.name).then(
      (answers) => (answers && this.#now.includes(stopped) ? stopped.answered() : undefined),
      () => {},
    )
  }

  /** Another fault may end a stop: a killed node starts again. */
  async #watch(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await sleep(LOOK_EVERY_MS, this.#end.signal).catch(() => {})
      await Promise.all(this.#now.map((each) => each.look()))
    }
  }

  /** Resumes and stops the nodes alternately, `everyMs` each, until the end. */
  stutter(everyMs: number): void {
    this.#turns = this.#takeTurns(everyMs)
    // It is awaited at the end, which may be much later.
    this.#turns.catch(() => {})
  }

  async #takeTurns(everyMs: number): Promise<void> {
    const rest = (): Promise<void> => sleep(everyMs, this.#end.signal).catch(() => {})
    while (!this.#end.signal.aborted) {
      await rest()
      await this.#go()
      await rest()
      if (!this.#end.signal.aborted) await this.stop()
    }
  }

  /** Adds the present stop to the tally and ends it. */
  async #go(): Promise<void> {
    const now = this.#now
    await Promise.all(now.map((each) => each.look()))
    this.#now = []
    this.#tally = add(this.#tally, now)
    await Promise.all(now.map((each) => each.letGo()))
  }

  measure() {
    const { stops, stalledMs, cpuTicks, stopped, answered } = add(this.#tally, this.#now)
    const state = this.#options.method === 'freezer' ? 'FROZEN' : 'state T'
    const times = stops > 1 ? ` in ${stops} stops` : ''
    const answers = [...answered].join(', ')
    return {
      effective: stalledMs >= 1 && answered.size === 0,
      summary: `${[...stopped].join(', ') || 'nothing'} in ${state} for ${Math.round(stalledMs)} ms${times}, ${cpuTicks} clock ticks of CPU used`,
      measurements: { stopped: stopped.size, stops, stalledMs: Math.round(stalledMs), cpuTicks },
      ...(answers === ''
        ? {}
        : { contradiction: `${answers} answered while all its processes were stopped` }),
    }
  }

  async end() {
    this.#end.abort()
    await this.#watching
    await this.#turns
    await Promise.all(this.#now.map((each) => each.look()))
    const effect = this.measure()
    await this.#go()
    return effect
  }
}
