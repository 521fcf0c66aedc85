/** SIGKILL, and restart on the same data. Proof: the pid is gone, and another one runs after the heal. */
import type {
  ActiveFault,
  ClusterNode,
  Effect,
  Nemesis,
  NemesisContext,
  NodeProcess,
  PlannedFault,
} from '../harness/api.ts'
import { isAlive } from '../harness/faults/proc.ts'
import { activeFault } from './active-fault.ts'
import { planSequence, scheduleOptions } from './schedule.ts'
import { drawVictims, parseVictims, resolveVictims, type VictimIntent } from './victims.ts'

interface Killed {
  readonly node: ClusterNode
  readonly processes: readonly NodeProcess[]
}

const effectOf = (killed: readonly Killed[], restarted: readonly NodeProcess[] | null): Effect => {
  const pids = killed.flatMap(({ processes }) => processes.map(({ pid }) => pid))
  const gone = pids.filter((pid) => !isAlive(pid))
  const names = killed.filter(({ processes }) => processes.length > 0).map(({ node }) => node.name)
  const again =
    restarted === null ? '' : `; running again as pid ${restarted.map(({ pid }) => pid).join(', ') || 'none'}`
  return {
    bit: gone.length > 0,
    summary:
      pids.length === 0
        ? 'nothing was running'
        : `pid ${gone.join(', ')} of ${names.join(', ')} gone${again}`,
    measurements: {
      killed: pids.length,
      gone: gone.length,
      ...(restarted === null ? {} : { restarted: restarted.length }),
    },
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const nodes = await resolveVictims(context, fault.intent as unknown as VictimIntent)
  const killed = await Promise.all(
    nodes.map(async (node) => ({ node, processes: await node.kill(context.signal) })),
  )
  const heal = async (): Promise<Effect> => {
    await Promise.all(nodes.map((node) => node.start(context.signal)))
    return effectOf(killed, (await Promise.all(nodes.map((node) => node.processes()))).flat())
  }
  const victims = nodes.map((node) => node.name)
  return activeFault(fault.id, victims, async () => effectOf(killed, null), heal)
}

export const kill: Nemesis = {
  name: 'kill',
  description: 'SIGKILLs nodes and restarts them on the same data',
  needs: ['kill'],
  options: {
    ...scheduleOptions(6000, 1500),
    victims: {
      type: 'string',
      default: 'leader+one+minority+majority+all',
      description: 'whom: words or node names joined by +',
    },
  },
  plan: (rng, options, context) => {
    const words = parseVictims(options, context)
    return planSequence('kill', rng, options, context, (draw) => ({
      ...drawVictims(draw, words, context, 'kill'),
    }))
  },
  inject,
}
