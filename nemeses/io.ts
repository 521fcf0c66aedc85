/**
 * Limits the disk operations or bytes per second of chosen nodes, by their cgroup. This is a simple form of a slow disk that
 * does not need our own file system below the data. If a run uses that file system anyway, it is limited together with the
 * node, because it writes for the node.
 *
 * - `operations`: a limited number of reads and of writes per second;
 * - `bandwidth`: a limited number of bytes per second in each direction.
 *
 * Under cgroup v1, only operations that a process waits for are delayed (reads, fsync, direct writes), because it does not
 * know to which group a page belongs that the kernel writes back later.
 *
 * Proof: a process under the same limit writes and syncs a few blocks beside the node's data, before and during the fault.
 */
import { z } from 'zod'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import { NodeIoLimit } from '../harness/faults/io-limit.ts'
import { number } from './parts/options.ts'
import { planLimits } from './parts/resource-plan.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsNamed, victimsOption } from './parts/victims.ts'
import { wordsOption } from './parts/words.ts'

const MODES = ['operations', 'bandwidth'] as const

const ioIntent = z.strictObject({
  mode: z.enum(MODES),
  ...VICTIM_FIELDS,
  operationsPerSecond: z.number(),
  kibPerSecond: z.number(),
})
type IoIntent = z.infer<typeof ioIntent>

const KIB = 1024

const inject = async (context: NemesisContext, intent: IoIntent) => {
  const { mode, operationsPerSecond, kibPerSecond } = intent
  const victims = await resolveVictims(context, intent)
  const limit =
    mode === 'operations'
      ? { operationsPerSecond, bytesPerSecond: null }
      : { operationsPerSecond: null, bytesPerSecond: kibPerSecond * KIB }
  const limits = await Promise.all(victims.map((node) => NodeIoLimit.set(node, limit)))
  const measure = async () => {
    const slowed = limits.filter(({ isSlowed }) => isSlowed).length
    const most = mode === 'operations' ? `${operationsPerSecond} operations` : `${kibPerSecond} KiB`
    return {
      effective: slowed > 0,
      summary: `at most ${most} a second each way; ${limits.join('; ')}`,
      measurements: {
        slowed,
        beforeMs: Math.max(0, ...limits.map(({ beforeMs }) => beforeMs ?? 0)),
        duringMs: Math.max(0, ...limits.map(({ duringMs }) => duringMs ?? 0)),
      },
    }
  }
  const heal = async () => {
    await Promise.all(limits.map((each) => each.lift()))
    return measure()
  }
  return { victims, measure, heal }
}

export const io = scheduledNemesis({
  name: 'io',
  label: 'disk I/O limit',
  colour: 'teal',
  description: 'limits the disk operations or bytes per second of nodes, by cgroup',
  needs: ['io'],
  isMild: true,
  intervalMs: 6000,
  durationMs: 2500,
  options: {
    modes: wordsOption('how', MODES),
    iops: number(20, 'operations per second in each direction'),
    kib: number(64, 'KiB per second in each direction'),
    victims: victimsOption('leader+one+minority'),
  },
  model: 'timing',
  intent: ioIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: planLimits(MODES, 'timing', ({ iops, kib }) => ({ operationsPerSecond: iops, kibPerSecond: kib })),
  inject,
})
