/** Stops nodes by SIGSTOP or by the cgroup freezer, permanently or intermittently. */
import type { ClusterNode } from '../api/environment.ts'
import type { NodeProcess } from '../api/process.ts'
import { sleep, waitUntil } from '../support/wait.ts'
import { freezerState, setFreezer } from './freezer.ts'
import { cpuTicksOf, signal, threadStates } from './proc.ts'

type PauseMethod = 'sigstop' | 'freezer'

interface Paused {
  readonly node: ClusterNode
  readonly processes: readonly NodeProcess[]
  /** CPU time used until then, by pid. */
  readonly cpuTicks: ReadonlyMap<number, number>
}

const STOPPED_TIMEOUT_MS = 2000

const readCpuTicks = (processes: readonly NodeProcess[]): ReadonlyMap<number, number> =>
  new Map(
    processes
      .map(({ pid }) => [pid, cpuTicksOf(pid)] as const)
      .filter((entry): entry is [number, number] => entry[1] !== null),
  )

/** CPU time used since, by processes that still exist. */
const usedSince = (before: ReadonlyMap<number, number>): number =>
  [...before].reduce((sum, [pid, ticks]) => sum + Math.max(0, (cpuTicksOf(pid) ?? ticks) - ticks), 0)

const isStopped = ({ pid }: NodeProcess): boolean => {
  const states = threadStates(pid)
  return states.length > 0 && states.every((state) => state === 'T')
}

const stop = async (node: ClusterNode, method: PauseMethod): Promise<Paused> => {
  const processes = await node.processes()
  if (method === 'freezer' && node.cgroups.freezer !== undefined)
    await setFreezer(node.cgroups.freezer, 'FROZEN')
  else {
    for (const { pid } of processes) signal(pid, 'SIGSTOP')
    await waitUntil(() => processes.every(isStopped), STOPPED_TIMEOUT_MS, 5)
  }
  return { node, processes, cpuTicks: readCpuTicks(processes) }
}

const holds = (paused: Paused, method: PauseMethod): boolean => {
  if (paused.processes.length === 0) return false
  if (method === 'freezer' && paused.node.cgroups.freezer !== undefined)
    return freezerState(paused.node.cgroups.freezer) === 'FROZEN'
  return paused.processes.every(isStopped)
}

const letGo = async ({ node, processes }: Paused, method: PauseMethod): Promise<void> => {
  if (method === 'freezer' && node.cgroups.freezer !== undefined)
    await setFreezer(node.cgroups.freezer, 'THAWED')
  else for (const { pid } of processes) signal(pid, 'SIGCONT')
}

/** The sum of all earlier stops. */
interface StopTally {
  stops: number
  stalledMs: number
  cpuTicks: number
  readonly stopped: Set<string>
}

/** Nodes that are stopped, or repeatedly stopped and resumed. */
export class Pausing {
  readonly #nodes: readonly ClusterNode[]
  readonly #method: PauseMethod
  readonly #tally: StopTally = { stops: 0, stalledMs: 0, cpuTicks: 0, stopped: new Set() }
  readonly #end = new AbortController()
  #now: { readonly paused: readonly Paused[]; readonly sinceMs: number } | null = null
  #turns: Promise<void> = Promise.resolve()

  constructor(nodes: readonly ClusterNode[], method: PauseMethod) {
    this.#nodes = nodes
    this.#method = method
  }

  async stop(): Promise<void> {
    const paused = await Promise.all(this.#nodes.map((node) => stop(node, this.#method)))
    this.#now = { paused, sinceMs: performance.now() }
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
    if (now === null) return
    Object.assign(this.#tally, this.#sum())
    this.#now = null
    await Promise.all(now.paused.map((each) => letGo(each, this.#method)))
  }

  #sum(): StopTally {
    if (this.#now === null) return this.#tally
    const { paused, sinceMs } = this.#now
    const held = paused.filter((each) => holds(each, this.#method))
    for (const { node } of held) this.#tally.stopped.add(node.name)
    const { stops, stalledMs, cpuTicks, stopped } = this.#tally
    return {
      stops: stops + (held.length > 0 ? 1 : 0),
      stalledMs: stalledMs + (held.length > 0 ? performance.now() - sinceMs : 0),
      cpuTicks: cpuTicks + paused.reduce((sum, each) => sum + usedSince(each.cpuTicks), 0),
      stopped,
    }
  }

  measure() {
    const { stops, stalledMs, cpuTicks, stopped } = this.#sum()
    const state = this.#method === 'freezer' ? 'FROZEN' : 'state T'
    const times = stops > 1 ? ` in ${stops} stops` : ''
    return {
      effective: stops > 0,
      summary: `${[...stopped].join(', ') || 'nothing'} in ${state} for ${Math.round(stalledMs)} ms${times}, ${cpuTicks} clock ticks of CPU used`,
      measurements: { stopped: stopped.size, stops, stalledMs: Math.round(stalledMs), cpuTicks },
    }
  }

  async end() {
    this.#end.abort()
    await this.#turns
    const effect = this.measure()
    await this.#go()
    return effect
  }
}
