/** SIGSTOP, or the cgroup freezer. Proof: every thread in state T (or the group FROZEN), and no CPU time used meanwhile. */
import type {
  ActiveFault,
  ClusterNode,
  Effect,
  Nemesis,
  NemesisContext,
  NodeProcess,
  PlannedFault,
} from '../harness/api.ts'
import { freezerState, setFreezer } from '../harness/faults/freezer.ts'
import { cpuTicksOf, signal, threadStates } from '../harness/faults/proc.ts'
import { waitUntil } from '../harness/support/wait.ts'
import { activeFault } from './active-fault.ts'
import { planSequence, scheduleOptions } from './schedule.ts'
import { drawVictims, parseVictims, resolveVictims, type VictimIntent } from './victims.ts'

type Method = 'sigstop' | 'freezer'

interface PauseIntent extends VictimIntent {
  readonly method: Method
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
  if (method === 'freezer' && node.freezerDir !== undefined) await setFreezer(node.freezerDir, 'FROZEN')
  else {
    for (const { pid } of processes) signal(pid, 'SIGSTOP')
    await waitUntil(() => processes.every(isStopped), STOPPED_TIMEOUT_MS, 5)
  }
  return { node, processes, cpuTicks: readCpuTicks(processes) }
}

const holds = (paused: Paused, method: Method): boolean => {
  if (paused.processes.length === 0) return false
  if (method === 'freezer' && paused.node.freezerDir !== undefined)
    return freezerState(paused.node.freezerDir) === 'FROZEN'
  return paused.processes.every(isStopped)
}

const measure = (all: readonly Paused[], method: Method, sinceMs: number): Effect => {
  const stopped = all.filter((paused) => holds(paused, method))
  const ran = all.reduce((sum, paused) => sum + usedSince(paused.cpuTicks), 0)
  const stalledMs = Math.round(performance.now() - sinceMs)
  const state = method === 'freezer' ? 'FROZEN' : 'state T'
  return {
    bit: stopped.length > 0,
    summary: `${stopped.map(({ node }) => node.name).join(', ') || 'nothing'} in ${state} for ${stalledMs} ms, ${ran} clock ticks of CPU used`,
    measurements: { stopped: stopped.length, stalledMs, cpuTicks: ran },
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as PauseIntent
  const nodes = await resolveVictims(context, intent)
  // A node killed meanwhile has nothing to stop, and one that restarts later must not find itself stopped.
  const method: Method = nodes.every((node) => node.freezerDir !== undefined) ? intent.method : 'sigstop'
  const paused = await Promise.all(nodes.map((node) => stop(node, method)))
  const sinceMs = performance.now()
  const measureNow = async (): Promise<Effect> => measure(paused, method, sinceMs)
  const heal = async (): Promise<Effect> => {
    const effect = await measureNow()
    for (const { node, processes } of paused) {
      if (method === 'freezer' && node.freezerDir !== undefined) await setFreezer(node.freezerDir, 'THAWED')
      else for (const { pid } of processes) signal(pid, 'SIGCONT')
    }
    return effect
  }
  const victims = nodes.map((node) => node.name)
  return activeFault(fault.id, victims, measureNow, heal)
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
  },
  plan: (rng, options, context) => {
    const words = parseVictims(options, context)
    return planSequence('pause', 'pause', rng, options, context, (draw) => {
      const both = options.method === 'both'
      const method = both ? draw.fork('method').pick(['sigstop', 'freezer']) : (options.method as Method)
      return { ...drawVictims(draw, words, context, 'pause'), method }
    })
  },
  inject,
}
