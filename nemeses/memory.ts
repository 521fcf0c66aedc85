/**
 * Memory runs short for chosen nodes: the limit of their cgroup is lowered to what they use now, and a little more.
 *
 * - `squeeze`: the kernel must take back caches, and the node runs slower, or asks for more than there is;
 * - `oom`: nothing is left, and a small neighbour in its group asks for more: the kernel kills the node. It is started
 *   again at the heal.
 *
 * Proof: how often the group hit its limit, and whom the kernel killed, by the group's own counters.
 */
import { z } from 'zod'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import { MemoryLimit } from '../harness/faults/memory-limit.ts'
import { number } from './parts/options.ts'
import { measureThenUndo, scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsFrom, victimsNamed, victimsOption } from './parts/victims.ts'
import { wordsByTurns, wordsOption } from './parts/words.ts'

const MODES = ['squeeze', 'oom'] as const

const memoryIntent = z.strictObject({
  mode: z.enum(MODES),
  ...VICTIM_FIELDS,
  /** Share of what a squeezed node uses that it may use on top. */
  headroom: z.number(),
})
type MemoryIntent = z.infer<typeof memoryIntent>

const inject = async (context: NemesisContext, intent: MemoryIntent) => {
  const { mode, headroom } = intent
  const victims = await resolveVictims(context, intent)
  // What does not run uses nothing, and under a limit of nothing it could not even be started.
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
      summary: `${mode}: ${limits.join(', ') || 'nobody ran'}; limit hit ${hits} times, ${killed} processes killed by the kernel`,
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
  intervalMs: 6000,
  durationMs: 2500,
  options: {
    modes: wordsOption('how', MODES),
    headroom: number(0.02, 'of what a squeezed node uses, the share it may use on top'),
    victims: victimsOption('leader+one+minority'),
  },
  // A node that is squeezed may ask for too much, and is then killed too.
  model: 'kill',
  intent: memoryIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const modeOf = wordsByTurns(rng, 'modes', options.modes, MODES)
    const victimsOf = victimsFrom(options.victims, context)
    return (draw, ordinal) => ({
      mode: modeOf(ordinal),
      ...victimsOf(draw, 'kill'),
      headroom: options.headroom,
    })
  },
  inject,
})
