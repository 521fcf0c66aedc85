/**
 * Faults of the disks of single nodes, made by our own file system below the data directory:
 *
 * - `latency`: reads, writes and fsyncs take longer, by a fixed or an exponentially distributed time;
 * - `stall`: no operation returns until the heal;
 * - `errors`: operations fail with EIO; `full`: with ENOSPC;
 * - `short`: a write writes only a part and reports that; `torn`: it writes only a part and fails;
 * - `power-loss`: the node is killed, and nothing, some or all of what it had not fsynced survives; the heal starts it again;
 * - `bit-flip`, `truncate`: the file written last is damaged while the node is down.
 *
 * With `paths`, only the files that match are slow, fail or lose what they had not fsynced.
 *
 * Proof: delayed and failed operations counted in the mount, latencies there, bytes and operations lost.
 */
import { z } from 'zod'
import type { FaultModel } from '../harness/api/claims.ts'
import type { NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import type { Rng } from '../harness/api/random.ts'
import { damageFiles, losePower, whileDown } from './parts/disk-loss.ts'
import { DISK_TROUBLES, type NodeWithDisk, troubleDisks, withDisks } from './parts/disk-rules.ts'
import { holdBefore, STEPS } from './parts/disk-step.ts'
import { choice, duration, number, text } from './parts/options.ts'
import { type Aim, drawSlowness } from './parts/schedule.ts'
import { type FaultInForce, scheduledNemesis } from './parts/scheduled-nemesis.ts'
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
import { parseWords, wordsByTurns, wordsOption } from './parts/words.ts'

const DEFAULT_MODES = [...DISK_TROUBLES, 'power-loss'] as const
const MODES = [...DEFAULT_MODES, 'bit-flip', 'truncate'] as const
const SURVIVALS = ['nothing', 'some', 'all'] as const
const DISTRIBUTIONS = ['fixed', 'exponential'] as const
const DURABILITY =
  'what makes file names durable: only an fsync of the directory (strict, as in POSIX), or any fsync (ext4)'
const SEEDS = 2 ** 31

const diskIntent = z.strictObject({
  mode: z.enum(MODES),
  ...VICTIM_FIELDS,
  latencyMs: z.number(),
  distribution: z.enum(DISTRIBUTIONS),
  probability: z.number(),
  survival: z.enum(SURVIVALS),
  /** Regular expression for the file to damage. */
  file: z.string(),
  seed: z.int(),
  /** The files that are hit: globs. Older recorded plans lack the field. */
  paths: z.string().default(''),
  /** Where a node is when its power is lost. Older recorded plans lack the field. */
  step: z.enum(STEPS).default('any'),
  /** After failing, short or torn operations the node is killed. Older recorded plans lack the field. */
  crashes: z.boolean().default(false),
})
type DiskIntent = z.infer<typeof diskIntent>

const modelOf = (mode: DiskIntent['mode']): FaultModel => {
  if (mode === 'latency' || mode === 'stall') return 'timing'
  if (mode === 'bit-flip' || mode === 'truncate') return 'corruption'
  return mode === 'power-loss' ? 'power-loss' : 'disk-errors'
}

const powerLoss = async (
  context: NemesisContext,
  id: string,
  victims: readonly NodeWithDisk[],
  intent: DiskIntent,
): Promise<FaultInForce> => {
  const nodes = victims.map(({ node }) => node)
  await using held = await holdBefore(intent.step, id, nodes, context.signal)
  // Awaited here: what is held would otherwise be let go before the node is killed.
  return await whileDown(context, victims, { id, where: held.summary }, () => losePower(victims, intent))
}

const inject = async (context: NemesisContext, intent: DiskIntent, { id }: PlannedFault) => {
  const victims = withDisks(await resolveVictims(context, intent))
  const { mode } = intent
  switch (mode) {
    case 'power-loss':
      return powerLoss(context, id, victims, intent)
    case 'bit-flip':
    case 'truncate':
      return whileDown(context, victims, { id, where: null }, () =>
        damageFiles(victims, { ...intent, how: mode }),
      )
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
  slows: true,
  weight: 2,
  restarts: true,
  disks: ({ durability }) => durability,
  intervalMs: 5000,
  durationMs: 1500,
  options: {
    modes: wordsOption('how', MODES, DEFAULT_MODES),
    latency: duration(50, 'mean delay of an operation on a slow disk'),
    distribution: choice(
      [...DISTRIBUTIONS, 'both'],
      'both',
      'distribution of these delays; both: the seed chooses',
    ),
    probability: number(0.1, 'share of operations that fail, are short or torn'),
    survival: wordsOption(
      'how much survives a power loss of what was not fsynced',
      SURVIVALS,
      ['nothing', 'some'],
      'if all does, it is a kill',
    ),
    steps: wordsOption(
      'where a node is when its power is lost',
      STEPS,
      STEPS,
      'before a write or an fsync: it is held there',
    ),
    durability: choice(['strict', 'ext4'], 'ext4', DURABILITY),
    crashes: number(
      0.5,
      'share of the faults with failing, short or torn operations after which the nodes are killed and read what is left; 0 if no kill is tolerated',
    ),
    file: text('.', 'regular expression of files to damage; if several match, the newest'),
    paths: text(
      '',
      'only files that match are hit: globs relative to the data directory, joined by + (wal/*+**/*.log); empty: all',
    ),
    victims: victimsOption('leader+one+minority+all', 'nodes whose disks are hit'),
  },
  model: ({ mode }) => modelOf(mode),
  intent: diskIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const modeOf = wordsByTurns(rng, 'modes', options.modes, MODES)
    const steps = parseWords('steps', options.steps, STEPS)
    const survivalOf = wordsByTurns(rng, 'survival', options.survival, SURVIVALS)
    const words = parseVictims(options.victims, context)
    const victimsOf = (draw: Rng, mode: DiskIntent['mode'], aim: Aim) => {
      if (mode === 'power-loss') return drawOutage(draw, words, context)
      return drawVictims(draw, aimedAt(words, aim), context, modelOf(mode))
    }
    const mayCrash = (mode: DiskIntent['mode'], victims: string): boolean =>
      modelOf(mode) === 'disk-errors' && isTolerated(victims, context, 'kill')
    const distributions = DISTRIBUTIONS.filter((each) => ['both', each].includes(options.distribution))
    const canSlow = parseWords('modes', options.modes, MODES).includes('latency')
    let turn = 0
    let losses = 0
    return (draw, _ordinal, aim) => {
      const isSlow = aim === 'slow-all' && canSlow
      const mode = isSlow ? 'latency' : modeOf(turn++)
      const hit = victimsOf(draw, mode, aim === 'slow-all' && !canSlow ? 'any' : aim)
      return {
        mode,
        ...hit,
        latencyMs: options.latency * (isSlow ? drawSlowness(draw.fork('slowness')) : 1),
        distribution: draw.fork('distribution').pick(distributions),
        probability: options.probability,
        survival: survivalOf(mode === 'power-loss' ? losses++ : 0),
        file: options.file,
        paths: options.paths,
        seed: draw.fork('seed').int(SEEDS),
        crashes: mayCrash(mode, hit.victims) && draw.fork('crashes').float() < options.crashes,
        step: mode === 'power-loss' ? draw.fork('step').pick(steps) : 'any',
      }
    }
  },
  inject,
})
