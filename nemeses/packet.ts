/**
 * Packet faults short of a full cut, on the links of chosen nodes with their peers (and with clients, if requested): loss,
 * duplication, corruption, reordering, delay with jitter, limited bandwidth. In every environment the same switch in user
 * space makes them, seeded per directed link. Bandwidth is limited by a token bucket of the kernel on packets that leave
 * the victims.
 *
 * Proof: packets counted at the switch; loss and one-way delays between the nodes, probed before and during the fault.
 */
import { z } from 'zod'
import type { FaultModel } from '../harness/api/claims.ts'
import type { Effect, NemesisContext } from '../harness/api/nemesis.ts'
import { DIRECTIONS, drawOneWay } from './parts/direction.ts'
import { choice, duration, flag, number } from './parts/options.ts'
import { PACKET_MODES, PacketTrouble } from './parts/packet-trouble.ts'
import { drawSlowness } from './parts/schedule.ts'
import { measureThenUndo, scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsFrom, victimsNamed, victimsOption } from './parts/victims.ts'
import { parseWords, wordsByTurns, wordsOption } from './parts/words.ts'

const DIRECTION = 'one-way: only packets that leave the victims; both: one fault in four is one-way'
const SEEDS = 2 ** 31

const packetIntent = z.strictObject({
  mode: z.enum(PACKET_MODES),
  ...VICTIM_FIELDS,
  share: z.number(),
  delayMs: z.number(),
  jitterMs: z.number(),
  kbitPerS: z.number(),
  clients: z.boolean(),
  oneWay: z.boolean(),
  seed: z.int(),
})
type PacketIntent = z.infer<typeof packetIntent>

const modelOf = (mode: PacketIntent['mode']): FaultModel =>
  mode === 'delay' || mode === 'bandwidth' ? 'timing' : 'omission'

const inject = async (context: NemesisContext, intent: PacketIntent) => {
  const victims = await resolveVictims(context, intent)
  const trouble = await PacketTrouble.make(context.cluster, victims, intent)
  const measure = (): Promise<Effect> => trouble.measure()
  return { victims, measure, heal: () => measureThenUndo(measure, () => trouble[Symbol.asyncDispose]()) }
}

export const packet = scheduledNemesis({
  name: 'packet',
  label: 'packets',
  colour: 'red',
  description:
    'loses, duplicates, corrupts, reorders or delays packets of chosen nodes, or limits their bandwidth',
  needs: ['packet'],
  slows: true,
  intervalMs: 5000,
  durationMs: 3000,
  options: {
    modes: wordsOption('how', PACKET_MODES),
    share: number(0.2, 'share of packets that are lost, duplicated, corrupted or held back'),
    delay: duration(50, 'one-way delay of each packet'),
    jitter: duration(20, 'how far a delay varies in both directions'),
    bandwidth: number(64, 'kbit/s that may leave a victim'),
    clients: flag(false, 'whether links with clients are hit too'),
    direction: choice(DIRECTIONS, 'both', DIRECTION),
    victims: victimsOption('leader+one+minority+all', 'nodes whose packets are hit'),
  },
  model: ({ mode }) => modelOf(mode),
  intent: packetIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const modeOf = wordsByTurns(rng, 'modes', options.modes, PACKET_MODES)
    const victimsOf = victimsFrom(options.victims, context)
    const canSlow = parseWords('modes', options.modes, PACKET_MODES).includes('delay')
    let turn = 0
    return (draw, _ordinal, aim) => {
      const isSlow = aim === 'slow-all' && canSlow
      const mode = isSlow ? 'delay' : modeOf(turn++)
      return {
        mode,
        ...victimsOf(draw, modelOf(mode), aim === 'slow-all' && !canSlow ? 'any' : aim),
        share: options.share,
        delayMs: options.delay * (isSlow ? drawSlowness(draw.fork('slowness')) : 1),
        jitterMs: options.jitter,
        kbitPerS: options.bandwidth,
        clients: options.clients,
        oneWay: !isSlow && drawOneWay(draw.fork('direction'), options.direction),
        seed: draw.fork('seed').int(SEEDS),
      }
    }
  },
  inject,
})
