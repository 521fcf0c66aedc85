/**
 * What disks do wrong, one node's each, by a file system of ours below its data directory:
 *
 * - `latency`: reads, writes and fsyncs take longer, by a fixed time or an exponentially distributed one;
 * - `stall`: nothing is answered until the heal;
 * - `errors`: operations fail with EIO; `full`: with ENOSPC;
 * - `short`: writes take only a part, and say so; `torn`: only a part, and fail;
 * - `power-loss`: the node is killed, and of what it had not fsynced nothing, some or all survives; it is up again at the heal;
 * - `bit-flip`, `truncate`: the file written last is damaged while the node is down.
 *
 * Proof: operations delayed and failed as counted in the mount, latencies there, bytes and operations lost.
 */
import { z } from 'zod'
import type { FaultModel } from '../harness/api/claims.ts'
import type { NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { damageFiles, losePower, whileDown } from './parts/disk-loss.ts'
import { DISK_TROUBLES, troubleDisks, withDisks } from './parts/disk-rules.ts'
import { choice, duration, number, text } from './parts/options.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsFrom, victimsNamed, victimsOption } from './parts/victims.ts'
import { parseWords, wordsByTurns, wordsOption } from './parts/words.ts'

const DEFAULT_MODES = [...DISK_TROUBLES, 'power-loss'] as const
const MODES = [...DEFAULT_MODES, 'bit-flip', 'truncate'] as const
const SURVIVALS = ['nothing', 'some', 'all'] as const
const DISTRIBUTIONS = ['fixed', 'exponential'] as const
const DURABILITY = 'of names in directories: only by their fsync (POSIX), or by any fsync (ext4)'
const SEEDS = 2 ** 31

const diskIntent = z.strictObject({
  mode: z.enum(MODES),
  ...VICTIM_FIELDS,
  latencyMs: z.number(),
  distribution: z.enum(DISTRIBUTIONS),
  probability: z.number(),
  survival: z.enum(SURVIVALS),
  /** Of the file to be damaged, a regular expression. */
  file: z.string(),
  seed: z.int(),
})
type DiskIntent = z.infer<typeof diskIntent>

const modelOf = (mode: DiskIntent['mode']): FaultModel => {
  if (mode === 'latency' || mode === 'stall') return 'timing'
  if (mode === 'bit-flip' || mode === 'truncate') return 'corruption'
  return mode === 'power-loss' ? 'power-loss' : 'disk-errors'
}

const inject = async (context: NemesisContext, intent: DiskIntent, { id }: PlannedFault) => {
  const victims = withDisks(await resolveVictims(context, intent))
  const { mode } = intent
  switch (mode) {
    case 'power-loss':
      return whileDown(context, victims, () => losePower(victims, intent))
    case 'bit-flip':
    case 'truncate':
      return whileDown(context, victims, () => damageFiles(victims, { ...intent, how: mode }))
    default:
      return troubleDisks(context, id, victims, { ...intent, mode })
  }
}

export const disk = scheduledNemesis({
  name: 'disk',
  label: 'disk',
  colour: 'teal',
  description: 'slow, stalled, failing, full disks; short and torn writes; power loss; damaged files',
  needs: ['disk', 'kill'],
  disks: ({ durability }) => durability,
  intervalMs: 5000,
  durationMs: 1500,
  options: {
    modes: wordsOption('how', MODES, DEFAULT_MODES),
    latency: duration(50, 'mean time that operations of a slow disk take longer'),
    distribution: choice([...DISTRIBUTIONS, 'both'], 'both', 'of those times; both: the seed chooses'),
    probability: number(0.1, 'share of operations that fail, are short or torn'),
    survival: wordsOption('of what was not fsynced when the power fails', SURVIVALS),
    durability: choice(['strict', 'ext4'], 'ext4', DURABILITY),
    file: text('.', 'regular expression of files to damage; of several the newest'),
    victims: victimsOption('leader+one+minority+all', 'whose'),
  },
  model: ({ mode }) => modelOf(mode),
  intent: diskIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const modeOf = wordsByTurns(rng, 'modes', options.modes, MODES)
    const survivals = parseWords('survival', options.survival, SURVIVALS)
    const victimsOf = victimsFrom(options.victims, context)
    const distributions = DISTRIBUTIONS.filter((each) => ['both', each].includes(options.distribution))
    return (draw, ordinal) => {
      const mode = modeOf(ordinal)
      return {
        mode,
        ...victimsOf(draw, modelOf(mode)),
        latencyMs: options.latency,
        distribution: draw.fork('distribution').pick(distributions),
        probability: options.probability,
        survival: draw.fork('survival').pick(survivals),
        file: options.file,
        seed: draw.fork('seed').int(SEEDS),
      }
    }
  },
  inject,
})
