/**
 * Limits the memory of chosen nodes: the limit of their cgroup is lowered to a little more than they use now.
 *
 * - `squeeze`: the kernel must reclaim caches, and the node runs slower or requests more than is available;
 * - `oom`: no memory is left, and a small neighbour process under the same limit requests more, so the kernel kills the node. The
 *   heal starts it again.
 *
 * Proof: how often the group hit its limit and which processes the kernel killed, from the counters of the group.
 */
import { z } from 'zod'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import { MemoryLimit } from '../harness/faults/memory-limit.ts'
import { number } from './parts/options.ts'
import { planLimits } from './parts/resource-plan.ts'
import { measureThenUndo, scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsNamed, victimsOption } from './parts/victims.ts'
import { wordsOption } from './parts/words.ts'

const MODES = ['squeeze', 'oom'] as const

const memoryIntent = z.strictObject({
  mode: z.enum(MODES),
  ...VICTIM_FIELDS,
  /** Memory that a squeezed node may use on top, as a share of what it uses now. */
  headroom: z.number(),
})
type MemoryIntent = z.infer<typeof memoryIntent>

const inject = async (context: NemesisContext, intent: MemoryIntent) => {
  const { mode, headroom } = intent
  const victims = await resolveVictims(context, intent)
  // A node that does not run uses no memory, and with a limit of zero it could not be started again.
  const running = await Promise.all(victims.map(async (node) => (await node.processes()).length > 0))
  const limits = await Promise.all(
    victims
      .filter((_, i) => running[i])
      .map((node) => (mode === 'oom' ? MemoryLimit.exhaust(node) : MemoryLimit.squeeze(node, headroom))),
  )
  const measure = async () => {
    const counts = limits.map((limit) => limit.counts())
    const hits = counts.reduce((sum, each) => sum + each.hits, 0)
    const killed = counts.reduce((sum, each) => sum + each.killed, 0)
    return {
      effective: hits + killed > 0,
      summary: `${mode}: ${limits.join(', ') || 'no node was running'}; limit hit ${hits} times, ${killed} processes killed by the kernel`,
      measurements: { hits, killed },
    }
  }
  const undo = async (): Promise<void> => {
    for (const limit of limits) await limit.lift()
    await Promise.all(victims.map((node) => node.start(context.signal)))
  }
  return { victims, measure, heal: () => measureThenUndo(measure, undo) }
}

export const memory = scheduledNemesis({
  name: 'memory',
  label: 'memory limit',
  colour: 'teal',
  description: 'lowers the memory limit of nodes to what they use, or until the kernel kills them',
  needs: ['memory'],
  isMild: true,
  restarts: true,
  intervalMs: 6000,
  durationMs: 2500,
  options: {
    modes: wordsOption('how', MODES),
    headroom: number(0.02, 'memory that a squeezed node may use on top, as a share of what it uses now'),
    victims: victimsOption('leader+one+minority'),
  },
  // A squeezed node may request too much memory and is then killed too.
  model: 'kill',
  intent: memoryIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: planLimits(MODES, 'kill', ({ headroom }) => ({ headroom })),
  inject,
})
