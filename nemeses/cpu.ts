/**
 * Limits the processor time of chosen nodes:
 *
 * - `quota`: their cgroup gets a share of one processor, in slices of a tenth of a second;
 * - `neighbour`: busy processes share the time of one processor with them.
 *
 * Proof: the number of periods in which the group was throttled and for how long, from the counters of the cgroup;
 * processor time that the neighbours used.
 */
import { z } from 'zod'
import type { ClusterNode } from '../harness/api/environment.ts'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import { CpuLimit, type LimitedCpuCounts } from '../harness/faults/cpu-limit.ts'
import { number } from './parts/options.ts'
import { planLimits } from './parts/resource-plan.ts'
import { measureThenUndo, scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsNamed, victimsOption } from './parts/victims.ts'
import { wordsOption } from './parts/words.ts'

const MODES = ['quota', 'neighbour'] as const

const cpuIntent = z.strictObject({
  mode: z.enum(MODES),
  ...VICTIM_FIELDS,
  /** Share of one processor. */
  share: z.number(),
  neighbours: z.number(),
})
type CpuIntent = z.infer<typeof cpuIntent>

const limitCpu = ({ name, cgroups }: ClusterNode, { mode, share, neighbours }: CpuIntent): CpuLimit => {
  if (cgroups.cpu === undefined) throw new Error(`${name} has no cpu cgroup`)
  return mode === 'quota' ? new CpuLimit(cgroups.cpu, share, 0) : new CpuLimit(cgroups.cpu, 1, neighbours)
}

const inject = async (context: NemesisContext, intent: CpuIntent) => {
  const victims = await resolveVictims(context, intent)
  const limits = victims.map((node) => limitCpu(node, intent))
  const measure = async () => {
    const counts = limits.map((limit) => limit.counts())
    const sum = (of: keyof LimitedCpuCounts): number =>
      Math.round(counts.reduce((n, each) => n + each[of], 0))
    const [periods, throttledMs, takenMs] = [sum('periods'), sum('throttledMs'), sum('takenMs')]
    const how =
      intent.mode === 'quota'
        ? `${intent.share} of a processor`
        : `one processor with busy neighbours, which took ${takenMs} ms`
    return {
      effective: periods > 0 || takenMs > 0,
      summary: `${victims.map(({ name }) => name).join(', ')} on ${how}: throttled in ${periods} periods, for ${throttledMs} ms`,
      measurements: { periods, throttledMs, takenMs },
    }
  }
  const undo = (): void => {
    for (const limit of limits) limit.lift()
  }
  return { victims, measure, heal: () => measureThenUndo(measure, undo) }
}

export const cpu = scheduledNemesis({
  name: 'cpu',
  label: 'CPU limit',
  colour: 'teal',
  description: 'limits nodes to a share of a processor, or makes them share one with busy processes',
  needs: ['cpu'],
  isMild: true,
  intervalMs: 6000,
  durationMs: 2500,
  options: {
    modes: wordsOption('how', MODES),
    share: number(0.05, 'share of one processor that a quota allows'),
    neighbours: number(4, 'busy processes beside each victim'),
    victims: victimsOption('leader+one+minority'),
  },
  model: 'timing',
  intent: cpuIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: planLimits(MODES, 'timing', ({ share, neighbours }) => ({ share, neighbours })),
  inject,
})
