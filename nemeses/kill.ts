/**
 * Ends nodes' processes by SIGKILL, or by SIGTERM (and SIGKILL for those that do not heed it), and restarts them on the
 * same data or, if asked, on older data or none. In one of three patterns:
 *
 * - `at-once`: all victims are down until the heal;
 * - `rolling`: one after another, each back before the next, whatever the cluster says of it meanwhile;
 * - `crash-loop`: again and again until the heal.
 *
 * Proof: the pids are gone, and others run after the heal.
 */
import { z } from 'zod'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import { duration, number } from './parts/options.ts'
import { dataWithinTolerance, fewNodes, modelOfData, RESTART_DATA } from './parts/restart-data.ts'
import { RESTART_PATTERNS, Restarts, SIGNALS } from './parts/restarts.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import {
  drawVictims,
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
  // Plans that were recorded before data could be lost lack the rest.
  data: z.enum(RESTART_DATA).default('kept'),
  staleMs: z.number().default(1000),
  newestFiles: z.number().default(1),
})
type KillIntent = z.infer<typeof killIntent>

const inject = async (context: NemesisContext, intent: KillIntent) => {
  const victims = await resolveVictims(context, intent)
  const restarts = await Restarts.begin(context, victims, intent)
  return { victims, measure: async () => restarts.measure(), heal: () => restarts.end() }
}

export const kill = scheduledNemesis({
  name: 'kill',
  label: 'kill, restart',
  colour: 'purple',
  description:
    'ends nodes by SIGKILL or SIGTERM and restarts them on the same data, on older data, or on none',
  needs: ['kill'],
  intervalMs: 6000,
  durationMs: 1500,
  options: {
    victims: victimsOption('leader+one+minority+majority+all'),
    signals: wordsOption('by what', SIGNALS, ['SIGKILL']),
    patterns: wordsOption('how', RESTART_PATTERNS, ['at-once']),
    uptime: duration(
      700,
      'how long a node runs in a crash loop, and before the next one in a rolling restart',
    ),
    data: wordsOption(
      'what a node comes back to',
      RESTART_DATA,
      ['kept'],
      'with kept among them only as often as the claims tolerate',
    ),
    stale: duration(1000, 'how much older data is that is rolled back'),
    'newest-files': number(1, 'how many of the newest files newest-rolled-back rolls back'),
  },
  model: modelOfData,
  intent: killIntent,
  kindOf: ({ pattern, data }) => (data === 'kept' ? pattern : `${pattern}, ${data}`),
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const words = parseVictims(options.victims, context)
    const data = parseWords('data', options.data, RESTART_DATA)
    const signals = parseWords('signals', options.signals, SIGNALS)
    const patterns = parseWords('patterns', options.patterns, RESTART_PATTERNS)
    const spend = dataWithinTolerance(data, context)
    return (draw, ordinal) => {
      const wanted = takeTurn(rng.fork('data'), data, ordinal)
      const isKept = wanted === 'kept'
      return {
        ...drawVictims(draw, isKept ? words : fewNodes(words), context, 'kill'),
        signal: draw.fork('signal').pick(signals),
        pattern: isKept ? draw.fork('pattern').pick(patterns) : 'at-once',
        uptimeMs: options.uptime,
        data: spend(wanted),
        staleMs: options.stale,
        newestFiles: options['newest-files'],
      }
    }
  },
  inject,
})
