/**
 * Ends the processes of nodes with SIGKILL, or with SIGTERM (and then SIGKILL if they do not exit), and restarts them on the
 * same data, on the same data without what was not fsynced, on older data or on none. There are three patterns:
 *
 * - `at-once`: all victims are down until the heal;
 * - `rolling`: one after another, each started before the next is killed, without waiting for the cluster to be ready;
 * - `crash-loop`: repeatedly until the heal.
 *
 * Proof: the pids are gone, and new ones run after the heal.
 */
import { z } from 'zod'
import type { NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import type { Rng } from '../harness/api/random.ts'
import { NS_PER_MS } from '../harness/support/time.ts'
import { holdBefore, STEPS } from './parts/disk-step.ts'
import { duration, number } from './parts/options.ts'
import {
  dataWithinTolerance,
  fewNodes,
  modelOfData,
  possibleData,
  RESTART_DATA,
} from './parts/restart-data.ts'
import { RESTART_PATTERNS, Restarts, SIGNALS } from './parts/restarts.ts'
import type { Aim } from './parts/schedule.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import {
  aimedAt,
  drawOutage,
  drawVictims,
  isTolerated,
  parseVictims,
  resolveVictims,
  VICTIM_FIELDS,
  victimsNamed,
  victimsOption,
} from './parts/victims.ts'
import { parseWords, takeTurn, wordsOption } from './parts/words.ts'

const killIntent = z.strictObject({
  ...VICTIM_FIELDS,
  signal: z.enum(SIGNALS),
  pattern: z.enum(RESTART_PATTERNS),
  uptimeMs: z.number(),
  // Plans that were recorded before data loss existed lack these fields.
  data: z.enum(RESTART_DATA).default('kept'),
  staleMs: z.number().default(1000),
  newestFiles: z.number().default(1),
  step: z.enum(STEPS).default('any'),
})
type KillIntent = z.infer<typeof killIntent>

const inject = async (context: NemesisContext, intent: KillIntent, { id }: PlannedFault) => {
  const victims = await resolveVictims(context, intent)
  await using held = await holdBefore(intent.step, id, victims, context.signal)
  const restarts = await Restarts.begin(context, victims, intent, { where: held.summary, holder: id })
  return { victims, measure: async () => restarts.measure(), heal: () => restarts.end() }
}

export const kill = scheduledNemesis({
  name: 'kill',
  label: 'kill, restart',
  colour: 'purple',
  description:
    'ends nodes by SIGKILL or SIGTERM and restarts them on the same data, without what was not fsynced, on older data, or on none',
  needs: ['kill'],
  followsLeaders: true,
  stopsAll: true,
  weight: 2,
  restarts: true,
  intervalMs: 6000,
  durationMs: 1500,
  options: {
    victims: victimsOption('leader+one+minority+majority+all'),
    signals: wordsOption('signal', SIGNALS, ['SIGKILL']),
    patterns: wordsOption('how', RESTART_PATTERNS, ['at-once']),
    uptime: duration(
      700,
      'how long a node runs between two kills of a crash loop, and before the next node is killed in a rolling restart',
    ),
    steps: wordsOption(
      'where a node is, if its data is on disks of the harness',
      STEPS,
      STEPS,
      'before a write or an fsync: it is held there until the kill; only at once and by SIGKILL',
    ),
    data: wordsOption(
      'data that a node restarts with',
      RESTART_DATA,
      ['kept', 'unsynced-lost', 'rolled-back', 'wiped'],
      'if kept is one of them, data is lost only as often as the claims tolerate; unsynced data only on disks of the harness',
    ),
    stale: duration(1000, 'how much older the rolled-back data is'),
    'newest-files': number(1, 'number of newest files that newest-rolled-back rolls back'),
  },
  model: modelOfData,
  intent: killIntent,
  kindOf: ({ pattern, data }) => (data === 'kept' ? pattern : `${pattern}, ${data}`),
  nodesNamed: victimsNamed,
  deposes: ({ victims }) => victims === 'leader',
  plan: ({ rng, options, context }) => {
    const words = parseVictims(options.victims, context)
    const asked = parseWords('data', options.data, RESTART_DATA)
    const dataWords = possibleData(asked, context)
    const signals = parseWords('signals', options.signals, SIGNALS)
    const patterns = parseWords('patterns', options.patterns, RESTART_PATTERNS)
    const steps = parseWords('steps', options.steps, STEPS)
    const spend = dataWithinTolerance(asked, context)
    // When all are down at the end, the power fails if that may be: what is read back then was fsynced.
    const losesPower = dataWords.includes('unsynced-lost') && isTolerated('all', context, 'power-loss')
    const dataOf = (ordinal: number, aim: Aim): KillIntent['data'] =>
      aim === 'all' && losesPower ? 'unsynced-lost' : spend(takeTurn(rng.fork('data'), dataWords, ordinal))
    const victimsOf = (draw: Rng, data: KillIntent['data'], aim: Aim) => {
      if (data === 'unsynced-lost' && aim !== 'all') return drawOutage(draw, words, context)
      const allowed = data === 'kept' || aim === 'all' ? words : fewNodes(words)
      return drawVictims(draw, aimedAt(allowed, aim), context, 'kill')
    }
    return (draw, ordinal, aim) => {
      const data = dataOf(ordinal, aim)
      const signal = draw.fork('signal').pick(signals)
      const pattern = data === 'kept' ? draw.fork('pattern').pick(patterns) : 'at-once'
      const isSudden = context.hasDisks && pattern === 'at-once' && signal === 'SIGKILL'
      return {
        ...victimsOf(draw, data, aim),
        signal,
        pattern,
        uptimeMs: Math.max(options.uptime, context.startUpNs / NS_PER_MS),
        data,
        staleMs: options.stale,
        newestFiles: options['newest-files'],
        step: isSudden ? draw.fork('step').pick(steps) : 'any',
      }
    }
  },
  inject,
})
