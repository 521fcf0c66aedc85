/**
 * Memory grows scarce for chosen nodes: the limit of their cgroup is lowered to what they use now, and a little more.
 *
 * - `squeeze`: the kernel must take back caches, and the node runs slower, or asks for more than there is;
 * - `oom`: nothing is left, and a small neighbour in its group asks for more: the kernel kills the
 *   node. It is started again at the heal.
 *
 * Proof: how often the group hit its limit, and whom the kernel killed, by the group's own counters.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { addToCgroup, readCgroup, statOfCgroup, writeCgroup } from '../harness/faults/cgroup.ts'
import { preferForOom } from '../harness/faults/proc.ts'
import { activeFault } from './parts/active-fault.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const MODES = ['squeeze', 'oom'] as const
type Mode = (typeof MODES)[number]

interface MemoryIntent extends VictimIntent {
  readonly mode: Mode
  /** Share of what the node uses that it may use on top. */
  readonly headroom: number
}

const LIMIT = 'memory.limit_in_bytes'
const UNLIMITED = -1
const MIB = 2 ** 20
/** In steps of so much less the limit goes down until the kernel finds nothing more to take back. */
const STEP = 0.97
const STEPS = 30
const FIRST_TO_GO = 1000
const LIKE_ANY = 0

interface Victim {
  readonly node: ClusterNode
  readonly directory: string
  readonly limitMib: number
  /** The neighbour that asks for more; null where the node is only squeezed. */
  readonly neighbour: ChildProcess | null
  readonly hitsBefore: number
  readonly killsBefore: number
}

const usageOf = (directory: string): number => Number(readCgroup(directory, 'memory.usage_in_bytes'))
const hitsOf = (directory: string): number => Number(readCgroup(directory, 'memory.failcnt'))
const killsOf = (directory: string): number => statOfCgroup(directory, 'memory.oom_control', 'oom_kill')

/** False where the kernel finds too little to take back. */
const trySetLimit = (directory: string, bytes: number): boolean => {
  try {
    writeCgroup(directory, LIMIT, Math.floor(bytes))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false
    throw error
  }
}

const lower = (directory: string, { mode, headroom }: MemoryIntent): number => {
  let bytes = usageOf(directory) * (mode === 'oom' ? 1 : 1 + headroom)
  trySetLimit(directory, bytes)
  for (let step = 0; mode === 'oom' && step < STEPS && trySetLimit(directory, bytes * STEP); step++)
    bytes *= STEP
  return bytes
}

/** Waits to be put into the group, then takes a few megabytes. It dies with the controller, whatever that dies of. */
const startNeighbour = (directory: string): ChildProcess => {
  // After the node, and before what keeps a container alive.
  const script =
    'read go; echo 500 > /proc/self/oom_score_adj; exec perl -e \'$x = "x" x (16 << 20); sleep 60\''
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'sh', '-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  if (child.pid === undefined) throw new Error('a neighbour could not be started (setpriv: util-linux)')
  addToCgroup(directory, child.pid)
  child.stdin.end('go\n')
  return child
}

/** To the kernel's choice, when memory has run out. */
const preferNode = async (node: ClusterNode, preference: number): Promise<void> => {
  for (const { pid } of await node.processes()) preferForOom(pid, preference)
}

const squeeze = async (node: ClusterNode, intent: MemoryIntent): Promise<Victim> => {
  const directory = node.cgroups.memory
  if (directory === undefined) throw new Error(`${node.name} has no memory cgroup`)
  const [hitsBefore, killsBefore] = [hitsOf(directory), killsOf(directory)]
  const limitMib = Math.round(lower(directory, intent) / MIB)
  if (intent.mode === 'oom') await preferNode(node, FIRST_TO_GO)
  const neighbour = intent.mode === 'oom' ? startNeighbour(directory) : null
  return { node, directory, hitsBefore, killsBefore, limitMib, neighbour }
}

const measureAll = (victims: readonly Victim[], mode: Mode): Effect => {
  const sum = (of: (victim: Victim) => number): number => victims.reduce((n, each) => n + of(each), 0)
  const hits = sum(({ directory, hitsBefore }) => hitsOf(directory) - hitsBefore)
  const killed = sum(({ directory, killsBefore }) => killsOf(directory) - killsBefore)
  const limits = victims.map(({ node, limitMib }) => `${node.name} at ${limitMib} MiB`).join(', ')
  return {
    effective: hits + killed > 0,
    summary: `${mode}: ${limits || 'nobody ran'}; limit hit ${hits} times, ${killed} processes killed by the kernel`,
    measurements: { hits, killed },
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as MemoryIntent
  const nodes = await resolveVictims(context, intent)
  // What does not run uses nothing, and under a limit of nothing it could not even be started.
  const running = await Promise.all(nodes.map(async (node) => (await node.processes()).length > 0))
  const victims = await Promise.all(nodes.filter((_, i) => running[i]).map((node) => squeeze(node, intent)))
  const measure = async (): Promise<Effect> => measureAll(victims, intent.mode)
  const heal = async (): Promise<Effect> => {
    const effect = await measure()
    for (const { node, directory, neighbour } of victims) {
      neighbour?.kill('SIGKILL')
      if (neighbour !== null) await preferNode(node, LIKE_ANY)
      writeCgroup(directory, LIMIT, UNLIMITED)
    }
    await Promise.all(nodes.map((node) => node.start(context.signal)))
    return effect
  }
  const names = nodes.map(({ name }) => name)
  return activeFault(fault.id, names, measure, heal)
}

export const memory: Nemesis = {
  name: 'memory',
  description: 'lowers the memory limit of nodes to what they use, or until the kernel kills them',
  needs: ['memory'],
  options: {
    ...scheduleOptions(6000, 2500),
    modes: {
      type: 'string',
      default: 'squeeze+oom',
      description: `how: ${MODES.join(', ')}, joined by +`,
    },
    headroom: {
      type: 'number',
      default: 0.02,
      description: 'of what a squeezed node uses, the share it may use on top',
    },
    victims: {
      type: 'string',
      default: 'leader+one+minority',
      description: 'whom: words or node names joined by +',
    },
  },
  plan: (rng, options, context) => {
    const modes = parseWords('modes', String(options.modes), MODES)
    const words = parseVictims(options, context)
    // Who is squeezed may ask for too much, and is then killed too.
    return planSequence('memory', 'kill', rng, options, context, (draw, ordinal) => ({
      mode: takeTurn(rng.fork('modes'), modes, ordinal),
      ...drawVictims(draw, words, context, 'kill'),
      headroom: options.headroom as number,
    }))
  },
  inject,
}
