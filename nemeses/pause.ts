/**
 * SIGSTOP, or the cgroup freezer: a stall for the whole of the fault, or stutters (stopped and let go by turns), which are
 * hardest about as long as an election timeout. Proof: every thread in state T (or the group FROZEN), the time so spent,
 * and no CPU time used meanwhile.
 */
import type { ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import type { NodeProcess } from '../harness/api/process.ts'
import { freezerState, setFreezer } from '../harness/faults/freezer.ts'
import { cpuTicksOf, signal, threadStates } from '../harness/faults/proc.ts'
import { sleep, waitUntil } from '../harness/support/wait.ts'
import { activeFault } from './parts/active-fault.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

type Method = 'sigstop' | 'freezer'

const PATTERNS = ['stall', 'stutter'] as const

interface PauseIntent extends VictimIntent {
  readonly method: Method
  readonly pattern: (typeof PATTERNS)[number]
  readonly stutterMs: number
}

interface Paused {
  readonly node: ClusterNode
  readonly processes: readonly NodeProcess[]
  /** CPU time used by then, by pid. */
  readonly cpuTicks: ReadonlyMap<number, number>
}

const STOPPED_TIMEOUT_MS = 2000

const readCpuTicks = (processes: readonly NodeProcess[]): ReadonlyMap<number, number> =>
  new Map(
    processes
      .map(({ pid }) => [pid, cpuTicksOf(pid)] as const)
      .filter((entry): entry is [number, number] => entry[1] !== null),
  )

/** Of the processes that are still there: one killed meanwhile has nothing more to tell. */
const usedSince = (before: ReadonlyMap<number, number>): number =>
  [...before].reduce((sum, [pid, ticks]) => sum + Math.max(0, (cpuTicksOf(pid) ?? ticks) - ticks), 0)

const isStopped = ({ pid }: NodeProcess): boolean => {
  const states = threadStates(pid)
  return states.length > 0 && states.every((state) => state === 'T')
}

const stop = async (node: ClusterNode, method: Method): Promise<Paused> => {
  const processes = await node.processes()
  if (method === 'freezer' && node.cgroups.freezer !== undefined)
    await setFreezer(node.cgroups.freezer, 'FROZEN')
  else {
    for (const { pid } of processes) signal(pid, 'SIGSTOP')
    await waitUntil(() => processes.every(isStopped), STOPPED_TIMEOUT_MS, 5)
  }
  return { node, processes, cpuTicks: readCpuTicks(processes) }
}

const holds = (paused: Paused, method: Method): boolean => {
  if (paused.processes.length === 0) return false
  if (method === 'freezer' && paused.node.cgroups.freezer !== undefined)
    return freezerState(paused.node.cgroups.freezer) === 'FROZEN'
  return paused.processes.every(isStopped)
}

const letGo = async ({ node, processes }: Paused, method: Method): Promise<void> => {
  if (method === 'freezer' && node.cgroups.freezer !== undefined)
    await setFreezer(node.cgroups.freezer, 'THAWED')
  else for (const { pid } of processes) signal(pid, 'SIGCONT')
}

/** What stops did so far, those before the present one together. */
interface Tally {
  stops: number
  stalledMs: number
  cpuTicks: number
  readonly stopped: Set<string>
}

/** Nodes that are stopped, or stopped and let go by turns. */
class Pausing {
  readonly #nodes: readonly ClusterNode[]
  readonly #method: Method
  readonly #tally: Tally = { stops: 0, stalledMs: 0, cpuTicks: 0, stopped: new Set() }
  readonly #end = new AbortController()
  #now: { readonly paused: readonly Paused[]; readonly sinceMs: number } | null = null
  #turns: Promise<void> = Promise.resolve()

  constructor(nodes: readonly ClusterNode[], method: Method) {
    this.#nodes = nodes
    this.#method = method
  }

  async stop(): Promise<void> {
    const paused = await Promise.all(this.#nodes.map((node) => stop(node, this.#method)))
    this.#now = { paused, sinceMs: performance.now() }
  }

  /** Lets them go and stops them again, each for so long, until the end. */
  stutter(everyMs: number): void {
    this.#turns = this.#takeTurns(everyMs)
    // It is awaited at the end, which may be long after.
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

  /** Adds the present stop to what was before, and ends it. */
  async #go(): Promise<void> {
    const now = this.#now
    if (now === null) return
    Object.assign(this.#tally, this.#sum())
    this.#now = null
    await Promise.all(now.paused.map((each) => letGo(each, this.#method)))
  }

  #sum(): Tally {
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

  measure(): Effect {
    const { stops, stalledMs, cpuTicks, stopped } = this.#sum()
    const state = this.#method === 'freezer' ? 'FROZEN' : 'state T'
    const times = stops > 1 ? ` in ${stops} stops` : ''
    return {
      effective: stops > 0,
      summary: `${[...stopped].join(', ') || 'nothing'} in ${state} for ${Math.round(stalledMs)} ms${times}, ${cpuTicks} clock ticks of CPU used`,
      measurements: { stopped: stopped.size, stops, stalledMs: Math.round(stalledMs), cpuTicks },
    }
  }

  async end(): Promise<Effect> {
    this.#end.abort()
    await this.#turns
    const effect = this.measure()
    await this.#go()
    return effect
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as PauseIntent
  const nodes = await resolveVictims(context, intent)
  // A node killed meanwhile has nothing to stop, and one that restarts later must not find itself stopped.
  const method: Method = nodes.every((node) => node.cgroups.freezer !== undefined) ? intent.method : 'sigstop'
  const pausing = new Pausing(nodes, method)
  await pausing.stop()
  if (intent.pattern === 'stutter') pausing.stutter(intent.stutterMs)
  const victims = nodes.map((node) => node.name)
  return activeFault(
    fault.id,
    victims,
    async () => pausing.measure(),
    () => pausing.end(),
  )
}

export const pause: Nemesis = {
  name: 'pause',
  description: 'stops nodes in their tracks (SIGSTOP or the cgroup freezer) and lets them go on later',
  needs: ['pause'],
  options: {
    ...scheduleOptions(6000, 2000),
    victims: {
      type: 'string',
      default: 'leader+one+minority+majority',
      description: 'whom: words or node names joined by +',
    },
    method: {
      type: 'string',
      default: 'sigstop',
      choices: ['sigstop', 'freezer', 'both'],
      description: 'how; both: the seed chooses',
    },
    patterns: {
      type: 'string',
      default: 'stall+stutter',
      description: `for all of the time, or by turns: ${PATTERNS.join(', ')}, joined by +`,
    },
    stutter: {
      type: 'duration',
      default: 300,
      description: 'mean length of each stop of a stutter, and of what is between; try election time-outs',
    },
  },
  plan: (rng, options, context) => {
    const words = parseVictims(options, context)
    const patterns = parseWords('patterns', String(options.patterns), PATTERNS)
    return planSequence('pause', 'pause', rng, options, context, (draw, ordinal) => {
      const both = options.method === 'both'
      const method = both ? draw.fork('method').pick(['sigstop', 'freezer']) : (options.method as Method)
      return {
        ...drawVictims(draw, words, context, 'pause'),
        method,
        pattern: takeTurn(rng.fork('patterns'), patterns, ordinal),
        stutterMs: Math.round((options.stutter as number) * (0.5 + draw.fork('stutter').float())),
      }
    })
  },
  inject,
}
