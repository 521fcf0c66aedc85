/**
 * SIGSTOP, or the cgroup freezer: a stall for the whole fault, or stutters (repeatedly stopped and resumed), which are
 * hardest if each lasts about as long as an election timeout. Proof: every thread of every process of the node in state T (or
 * the group FROZEN) as often as it is looked, the time spent in that state, no CPU time used and no status answered meanwhile.
 */
import { z } from 'zod'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import { Pausing } from '../harness/faults/pausing.ts'
import { choice, duration } from './parts/options.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsFrom, victimsNamed, victimsOption } from './parts/victims.ts'
import { wordsByTurns, wordsOption } from './parts/words.ts'

const METHODS = ['sigstop', 'freezer'] as const
const PATTERNS = ['stall', 'stutter'] as const

const pauseIntent = z.strictObject({
  ...VICTIM_FIELDS,
  method: z.enum(METHODS),
  // Plans that were recorded before stutters existed lack these fields.
  pattern: z.enum(PATTERNS).default('stall'),
  stutterMs: z.number().default(300),
})
type PauseIntent = z.infer<typeof pauseIntent>

const inject = async (context: NemesisContext, intent: PauseIntent) => {
  const victims = await resolveVictims(context, intent)
  const canFreeze = victims.every((node) => node.cgroups.freezer !== undefined)
  const pausing = new Pausing(victims, {
    method: canFreeze ? intent.method : 'sigstop',
    answers: async (node) => (await context.status(node)) !== null,
  })
  await pausing.stop()
  if (intent.pattern === 'stutter') pausing.stutter(intent.stutterMs)
  return { victims, measure: async () => pausing.measure(), heal: () => pausing.end() }
}

export const pause = scheduledNemesis({
  name: 'pause',
  label: 'pause',
  colour: 'purple',
  description: 'stops the processes of nodes (SIGSTOP or the cgroup freezer) and resumes them later',
  needs: ['pause'],
  followsLeaders: true,
  uses: ['freezer'],
  alsoNeeds: ({ method }) => (method === 'freezer' ? ['freezer'] : []),
  intervalMs: 6000,
  durationMs: 2000,
  options: {
    victims: victimsOption('leader+one+minority+majority'),
    method: choice([...METHODS, 'both'], 'sigstop', 'how they are stopped; both: the seed chooses'),
    patterns: wordsOption('one long stop or repeated short ones', PATTERNS),
    stutter: duration(
      300,
      'mean length of each stop of a stutter, and of each gap between stops; try the election timeout',
    ),
  },
  model: 'pause',
  intent: pauseIntent,
  kindOf: ({ pattern }) => pattern,
  nodesNamed: victimsNamed,
  deposes: ({ victims }) => victims === 'leader',
  plan: ({ rng, options, context }) => {
    const victimsOf = victimsFrom(options.victims, context)
    const patternOf = wordsByTurns(rng, 'patterns', options.patterns, PATTERNS)
    return (draw, ordinal, aim) => ({
      ...victimsOf(draw, 'pause', aim),
      method: options.method === 'both' ? draw.fork('method').pick(METHODS) : options.method,
      pattern: patternOf(ordinal),
      stutterMs: Math.round(options.stutter * (0.5 + draw.fork('stutter').float())),
    })
  },
  inject,
})
