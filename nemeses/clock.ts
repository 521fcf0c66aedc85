/**
 * Moves only the wall clock (CLOCK_REALTIME) of the processes of chosen nodes:
 *
 * - `bump`: jumps ahead by the offset; `jump-back`: jumps back by the offset;
 * - `drift`: runs fast or slow by the rate;
 * - `strobe`: alternates between the true time and the offset, many times a second;
 * - `freeze`: stands still;
 * - `suspend`: the node stops for a while and wakes up with a clock that has jumped ahead by the offset, like a laptop or a
 *   virtual machine.
 *
 * CLOCK_MONOTONIC is not changed. Leases of Go and Java programs use it and are not affected; only code that compares wall
 * clocks is. Proof: the offset read back from the processes' own clock functions, and the time that the node reports if its
 * status contains it.
 */
import { z } from 'zod'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import type { Rng } from '../harness/api/random.ts'
import { CLOCK_MODES, MovedClocks } from './parts/clock-motion.ts'
import { duration, number } from './parts/options.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsFrom, victimsNamed, victimsOption } from './parts/victims.ts'
import { wordsByTurns, wordsOption } from './parts/words.ts'

const clockIntent = z.strictObject({
  ...VICTIM_FIELDS,
  mode: z.enum(CLOCK_MODES),
  offsetMs: z.number(),
  ratePpm: z.number(),
  suspendMs: z.number(),
})
type ClockIntent = z.infer<typeof clockIntent>

/** A smaller move than this share of the largest, on a logarithmic scale, is smaller than any timeout. */
const LEAST = 0.4

/** Log-uniform, so that offsets of the size of election timeouts, leases and days all occur. */
const drawOffset = (rng: Rng, mostMs: number): number =>
  Math.round(Math.max(1, mostMs) ** (LEAST + (1 - LEAST) * rng.float()))

const inject = async (context: NemesisContext, intent: ClockIntent) => {
  const victims = await resolveVictims(context, intent)
  const clocks = await MovedClocks.move(context, victims, intent)
  return { victims, measure: () => clocks.measure(), heal: () => clocks.putBack() }
}

export const clock = scheduledNemesis({
  name: 'clock',
  label: 'clock',
  colour: 'pink',
  description: "moves the wall clock of nodes' processes: bump, jump back, drift, strobe, freeze, suspend",
  needs: ['clock'],
  isMild: true,
  weight: 3,
  intervalMs: 5000,
  durationMs: 3000,
  options: {
    modes: wordsOption('how', CLOCK_MODES),
    offset: duration(
      60_000,
      'largest move of a clock; each fault draws its own, evenly on a logarithmic scale',
    ),
    rate: number(200_000, 'parts per million that a drifting clock gains or loses'),
    victims: victimsOption('leader+one+minority+majority'),
  },
  model: 'clock',
  intent: clockIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const modeOf = wordsByTurns(rng, 'modes', options.modes, CLOCK_MODES)
    const victimsOf = victimsFrom(options.victims, context)
    return (draw, ordinal, aim) => ({
      ...victimsOf(draw, 'clock', aim),
      mode: modeOf(ordinal),
      offsetMs: drawOffset(draw.fork('offset'), options.offset),
      ratePpm: (draw.fork('direction').float() < 0.5 ? -1 : 1) * options.rate,
      suspendMs: Math.round(options.duration / 4),
    })
  },
  inject,
})
