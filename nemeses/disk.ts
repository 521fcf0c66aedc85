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
 * At the heal, nodes that ended by themselves are started again, as an operator would. Proof: operations delayed and
 * failed as counted in the mount, latencies there, bytes and operations lost.
 */
import type { FaultModel } from '../harness/api/claims.ts'
import type { Damage, DiskCounts, DiskRule, Lost, NodeDisk, Survival } from '../harness/api/disk.ts'
import type { ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { countsSince } from '../harness/faults/disk/rules.ts'
import { activeFault } from './parts/active-fault.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const MODES = [
  'latency',
  'stall',
  'errors',
  'full',
  'short',
  'torn',
  'power-loss',
  'bit-flip',
  'truncate',
] as const
type Mode = (typeof MODES)[number]

const SURVIVALS = ['nothing', 'some', 'all'] as const

interface DiskIntent extends VictimIntent {
  readonly mode: Mode
  readonly latencyMs: number
  readonly distribution: DiskRule['distribution']
  readonly probability: number
  readonly survival: Survival
  /** Of the file to be damaged, a regular expression. */
  readonly file: string
  readonly seed: number
}

const MODELS: Readonly<Record<Mode, FaultModel>> = {
  latency: 'timing',
  stall: 'timing',
  errors: 'disk-errors',
  full: 'disk-errors',
  short: 'disk-errors',
  torn: 'disk-errors',
  'power-loss': 'power-loss',
  'bit-flip': 'corruption',
  truncate: 'corruption',
}

const ruleOf = (fault: string, intent: DiskIntent): DiskRule => {
  const { mode, latencyMs, distribution, probability } = intent
  const rule = { fault, meanMs: latencyMs, distribution, errno: 'EIO', probability } as const
  switch (mode) {
    case 'latency':
      return { ...rule, kinds: ['read', 'write', 'fsync'], effect: 'delay', probability: 1 }
    case 'stall':
      return { ...rule, kinds: ['read', 'write', 'fsync', 'metadata'], effect: 'stall', probability: 1 }
    case 'full':
      return { ...rule, kinds: ['write', 'metadata'], effect: 'error', errno: 'ENOSPC', probability: 1 }
    case 'short':
    case 'torn':
      return { ...rule, kinds: ['write'], effect: mode }
    default:
      return { ...rule, kinds: ['read', 'write', 'fsync', 'metadata'], effect: 'error' }
  }
}

interface Victim {
  readonly node: ClusterNode
  readonly disk: NodeDisk
}

const KINDS = ['read', 'write', 'fsync', 'metadata'] as const

/** What the rules did, and how long operations took meanwhile. */
const effectOf = (mode: Mode, all: readonly DiskCounts[]): Effect => {
  const sum = (of: (counts: DiskCounts) => number): number => all.reduce((total, each) => total + of(each), 0)
  const total = (part: 'failed' | 'delayed'): number =>
    sum((counts) => KINDS.reduce((n, kind) => n + counts[kind][part], 0))
  const meanMs = (kind: (typeof KINDS)[number]): number => {
    const operations = sum((counts) => counts[kind].operations)
    return operations === 0 ? 0 : Math.round((100 * sum((counts) => counts[kind].totalMs)) / operations) / 100
  }
  const [failed, delayed] = [total('failed'), total('delayed')]
  const times = `write ${meanMs('write')} ms, fsync ${meanMs('fsync')} ms on average`
  return {
    effective: failed + delayed > 0,
    summary: `${mode}: ${failed} operations failed or cut short, ${delayed} delayed; ${times}`,
    measurements: { failed, delayed, writeMeanMs: meanMs('write'), fsyncMeanMs: meanMs('fsync') },
  }
}

const namesOf = (victims: readonly Victim[]): readonly string[] => victims.map(({ node }) => node.name)

/** A fault by rules of the disks. */
const hurt = async (
  context: NemesisContext,
  { id }: PlannedFault,
  intent: DiskIntent,
  victims: readonly Victim[],
): Promise<ActiveFault> => {
  const before = await Promise.all(victims.map(({ disk }) => disk.counts()))
  const setAll = (rules: readonly DiskRule[]): Promise<unknown> =>
    Promise.all(victims.map(({ disk }) => disk.setRules(id, rules)))
  await setAll([ruleOf(id, intent)])
  const measure = async (): Promise<Effect> => {
    const now = await Promise.all(victims.map(({ disk }) => disk.counts()))
    return effectOf(
      intent.mode,
      now.map((counts, i) => countsSince(before[i] as DiskCounts, counts)),
    )
  }
  const heal = async (): Promise<Effect> => {
    await setAll([])
    const effect = await measure()
    const running = await Promise.all(victims.map(({ node }) => node.processes()))
    const ended = victims.filter((_, i) => running[i]?.length === 0)
    await Promise.all(ended.map(({ node }) => node.start(context.signal)))
    if (ended.length === 0) return effect
    return { ...effect, summary: `${effect.summary}; ${namesOf(ended).join(', ')} had ended, started again` }
  }
  return activeFault(id, namesOf(victims), measure, heal)
}

/** Ends the nodes, does what is to be done to their disks, and has them up again at the heal. */
const whileDown = async (
  context: NemesisContext,
  { id }: PlannedFault,
  victims: readonly Victim[],
  act: () => Promise<Effect>,
): Promise<ActiveFault> => {
  const killed = await Promise.all(victims.map(({ node }) => node.kill(context.signal)))
  const effect = await act()
  const pids = killed.flat().map(({ pid }) => pid)
  const measure = async (): Promise<Effect> => ({
    ...effect,
    summary: `pid ${pids.join(', ') || 'none'} killed; ${effect.summary}`,
    measurements: { ...effect.measurements, killed: pids.length },
  })
  const heal = async (): Promise<Effect> => {
    await Promise.all(victims.map(({ node }) => node.start(context.signal)))
    return measure()
  }
  return activeFault(id, namesOf(victims), measure, heal)
}

const losePower = async (victims: readonly Victim[], { survival, seed }: DiskIntent): Promise<Effect> => {
  const lost = await Promise.all(victims.map(({ disk }, i) => disk.losePower(survival, seed + i)))
  const sum = (of: (each: Lost) => number): number => lost.reduce((total, each) => total + of(each), 0)
  const measurements = {
    bytes: sum(({ bytes }) => bytes),
    pages: sum(({ pages }) => pages),
    files: sum(({ files }) => files),
    directoryOperations: sum(({ directoryOperations }) => directoryOperations),
  }
  const { bytes, pages, files, directoryOperations } = measurements
  return {
    // The power failed, whether or not there was anything to lose: a cluster that fsyncs has nothing.
    effective: true,
    summary: `power lost (${survival} survives): ${bytes} bytes on ${pages} pages of ${files} files and ${directoryOperations} directory operations gone`,
    measurements,
  }
}

const damageAll = async (victims: readonly Victim[], { mode, file, seed }: DiskIntent): Promise<Effect> => {
  const how = mode as Damage['how']
  const done = await Promise.all(victims.map(({ disk }, i) => disk.damage({ file, how, seed: seed + i })))
  const damaged = done.filter((each) => each !== null)
  return {
    effective: damaged.length > 0,
    summary: damaged.join('; ') || `no file matched ${file}`,
    measurements: { damaged: damaged.length },
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as DiskIntent
  const nodes = await resolveVictims(context, intent)
  const victims = nodes.flatMap((node): Victim[] =>
    node.disk === undefined ? [] : [{ node, disk: node.disk }],
  )
  if (victims.length < nodes.length)
    throw new Error('the nodes have no disks of their own in this environment')
  switch (intent.mode) {
    case 'power-loss':
      return whileDown(context, fault, victims, () => losePower(victims, intent))
    case 'bit-flip':
    case 'truncate':
      return whileDown(context, fault, victims, () => damageAll(victims, intent))
    default:
      return hurt(context, fault, intent, victims)
  }
}

const SEEDS = 2 ** 31

export const disk: Nemesis = {
  name: 'disk',
  description: 'slow, stalled, failing, full disks; short and torn writes; power loss; damaged files',
  needs: ['disk', 'kill'],
  options: {
    ...scheduleOptions(5000, 1500),
    modes: {
      type: 'string',
      default: 'latency+stall+errors+full+short+torn+power-loss',
      description: `how: ${MODES.join(', ')}, joined by +`,
    },
    latency: {
      type: 'duration',
      default: 50,
      description: 'mean time that operations of a slow disk take longer',
    },
    distribution: {
      type: 'string',
      default: 'both',
      choices: ['fixed', 'exponential', 'both'],
      description: 'of those times; both: the seed chooses',
    },
    probability: {
      type: 'number',
      default: 0.1,
      description: 'share of operations that fail, are short or torn',
    },
    survival: {
      type: 'string',
      default: 'nothing+some+all',
      description: `of what was not fsynced when the power fails: ${SURVIVALS.join(', ')}, joined by +`,
    },
    durability: {
      type: 'string',
      default: 'ext4',
      choices: ['strict', 'ext4'],
      description: 'of names in directories: only by their fsync (POSIX), or by any fsync (ext4)',
    },
    file: {
      type: 'string',
      default: '.',
      description: 'regular expression of files to damage; of several the newest',
    },
    victims: {
      type: 'string',
      default: 'leader+one+minority+all',
      description: 'whose: words or node names joined by +',
    },
  },
  plan: (rng, options, context) => {
    const modes = parseWords('modes', String(options.modes), MODES)
    const survivals = parseWords('survival', String(options.survival), SURVIVALS)
    const words = parseVictims(options, context)
    const both = ['fixed', 'exponential'] as const
    const distributions = both.filter((each) => ['both', each].includes(String(options.distribution)))
    const modelOf = ({ mode }: { readonly mode: Mode }): FaultModel => MODELS[mode]
    return planSequence('disk', modelOf, rng, options, context, (draw, ordinal) => {
      const mode = takeTurn(rng.fork('modes'), modes, ordinal)
      return {
        mode,
        ...drawVictims(draw, words, context, MODELS[mode]),
        latencyMs: options.latency as number,
        distribution: draw.fork('distribution').pick(distributions),
        probability: options.probability as number,
        survival: draw.fork('survival').pick(survivals),
        file: String(options.file),
        seed: draw.fork('seed').int(SEEDS),
      }
    })
  },
  inject,
}
