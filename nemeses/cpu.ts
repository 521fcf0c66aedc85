/**
 * Processor time grows scarce for chosen nodes:
 *
 * - `quota`: their cgroup gets a share of one processor, in slices of a tenth of a second;
 * - `neighbour`: busy processes share the time of one processor with them.
 *
 * Proof: periods in which the group was throttled, and for how long, by its own counters; processor time that the
 * neighbours used.
 */
import { spawn } from 'node:child_process'
import type { ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { addToCgroup, statOfCgroup, writeCgroup } from '../harness/faults/cgroup.ts'
import { cpuTicksOf, signal } from '../harness/faults/proc.ts'
import { activeFault } from './parts/active-fault.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const MODES = ['quota', 'neighbour'] as const
type Mode = (typeof MODES)[number]

interface CpuIntent extends VictimIntent {
  readonly mode: Mode
  /** Of one processor. */
  readonly share: number
  readonly neighbours: number
}

const QUOTA = 'cpu.cfs_quota_us'
const PERIOD_US = 100_000
const NO_QUOTA = -1
const MS_PER_TICK = 10

interface Victim {
  readonly node: ClusterNode
  readonly directory: string
  readonly throttledBefore: number
  readonly throttledNsBefore: number
  readonly neighbours: readonly number[]
}

const throttled = (directory: string): number => statOfCgroup(directory, 'cpu.stat', 'nr_throttled')
const throttledNs = (directory: string): number => statOfCgroup(directory, 'cpu.stat', 'throttled_time')

/** A process that does nothing but work. It dies with the controller, whatever that dies of. */
const startNeighbour = (directory: string): number => {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'sh', '-c', 'while :; do :; done'], {
    stdio: 'ignore',
  })
  child.on('error', () => {})
  if (child.pid === undefined) throw new Error('a busy neighbour could not be started (setpriv: util-linux)')
  addToCgroup(directory, child.pid)
  return child.pid
}

const hurt = (node: ClusterNode, { mode, share, neighbours }: CpuIntent): Victim => {
  const directory = node.cgroups.cpu
  if (directory === undefined) throw new Error(`${node.name} has no cpu cgroup`)
  const before = { throttledBefore: throttled(directory), throttledNsBefore: throttledNs(directory) }
  writeCgroup(directory, QUOTA, Math.round(PERIOD_US * (mode === 'quota' ? share : 1)))
  const pids = mode === 'neighbour' ? Array.from({ length: neighbours }, () => startNeighbour(directory)) : []
  return { node, directory, ...before, neighbours: pids }
}

const measureAll = (victims: readonly Victim[], { mode, share }: CpuIntent): Effect => {
  const sum = (of: (victim: Victim) => number): number => victims.reduce((n, each) => n + of(each), 0)
  const periods = sum(({ directory, throttledBefore }) => throttled(directory) - throttledBefore)
  const throttledMs = Math.round(
    sum(({ directory, throttledNsBefore }) => throttledNs(directory) - throttledNsBefore) / 1e6,
  )
  const takenMs = sum(({ neighbours }) =>
    neighbours.reduce((n, pid) => n + (cpuTicksOf(pid) ?? 0) * MS_PER_TICK, 0),
  )
  const names = victims.map(({ node }) => node.name).join(', ')
  const how =
    mode === 'quota'
      ? `${share} of a processor`
      : `one processor with busy neighbours, who took ${takenMs} ms`
  return {
    effective: periods > 0 || takenMs > 0,
    summary: `${names} on ${how}: throttled in ${periods} periods, for ${throttledMs} ms`,
    measurements: { periods, throttledMs, takenMs },
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as CpuIntent
  const nodes = await resolveVictims(context, intent)
  const victims = nodes.map((node) => hurt(node, intent))
  const measure = async (): Promise<Effect> => measureAll(victims, intent)
  const heal = async (): Promise<Effect> => {
    const effect = await measure()
    for (const { directory, neighbours } of victims) {
      for (const pid of neighbours) signal(pid, 'SIGKILL')
      writeCgroup(directory, QUOTA, NO_QUOTA)
    }
    return effect
  }
  const names = nodes.map(({ name }) => name)
  return activeFault(fault.id, names, measure, heal)
}

export const cpu: Nemesis = {
  name: 'cpu',
  description: 'leaves nodes a share of a processor, or makes them share one with busy neighbours',
  needs: ['cpu'],
  options: {
    ...scheduleOptions(6000, 2500),
    modes: {
      type: 'string',
      default: 'quota+neighbour',
      description: `how: ${MODES.join(', ')}, joined by +`,
    },
    share: { type: 'number', default: 0.05, description: 'of one processor, under a quota' },
    neighbours: { type: 'number', default: 4, description: 'busy processes beside each victim' },
    victims: {
      type: 'string',
      default: 'leader+one+minority',
      description: 'whom: words or node names joined by +',
    },
  },
  plan: (rng, options, context) => {
    const modes = parseWords('modes', String(options.modes), MODES)
    const words = parseVictims(options, context)
    return planSequence('cpu', 'timing', rng, options, context, (draw, ordinal) => ({
      mode: takeTurn(rng.fork('modes'), modes, ordinal),
      ...drawVictims(draw, words, context, 'timing'),
      share: options.share as number,
      neighbours: options.neighbours as number,
    }))
  },
  inject,
}
