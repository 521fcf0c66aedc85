/**
 * Disk rates grow scarce for chosen nodes, by their cgroup: the simple form of a slow disk, which needs no file system
 * of ours below the data. Where a run has one all the same, it is limited with the node, since it writes in its stead.
 *
 * - `operations`: so many reads and so many writes a second;
 * - `bandwidth`: so many bytes a second each way.
 *
 * Only what a process waits for is held back (reads, fsync, direct writes): cgroup v1 does not know whose a page is that
 * the kernel writes back later.
 *
 * Proof: a process in the same group writes and syncs a few blocks beside the node's data, before and during the fault.
 */
import path from 'node:path'
import type { ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import {
  diskUnder,
  type IoLimit,
  limitIo,
  NO_LIMIT,
  PROBE_BYTES,
  probeWrites,
} from '../harness/faults/io-limit.ts'
import { activeFault } from './parts/active-fault.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const MODES = ['operations', 'bandwidth'] as const
type Mode = (typeof MODES)[number]

interface IoIntent extends VictimIntent {
  readonly mode: Mode
  readonly operationsPerSecond: number
  readonly kibPerSecond: number
}

const KIB = 1024
/** A probe is slowed where a write takes so many times what it took before. */
const SLOWED = 2
const PROBE_BEFORE_TIMEOUT_MS = 2000

interface Victim {
  readonly node: ClusterNode
  readonly groups: readonly string[]
  readonly disk: string
  readonly beforeMs: number | null
  /** Null while it lasts, or where it did not end in the fault's time. */
  duringMs: number | null
  readonly stopProbe: AbortController
  probed: Promise<void>
}

const limitOf = ({ mode, operationsPerSecond, kibPerSecond }: IoIntent): IoLimit =>
  mode === 'operations'
    ? { operationsPerSecond, bytesPerSecond: null }
    : { operationsPerSecond: null, bytesPerSecond: kibPerSecond * KIB }

/** The least a synced write of the probe takes under the limit, alone in the group. */
const leastMs = ({ mode, operationsPerSecond, kibPerSecond }: IoIntent): number =>
  mode === 'operations' ? 1000 / operationsPerSecond : (1000 * PROBE_BYTES) / (kibPerSecond * KIB)

/** The group of whoever writes the node's data: itself, or the server of its disk. */
const groupsOf = ({ cgroups, disk }: ClusterNode): readonly string[] =>
  [disk?.cgroups.blkio, cgroups.blkio].filter((group) => group !== undefined)

const slow = async (node: ClusterNode, intent: IoIntent): Promise<Victim> => {
  const groups = groupsOf(node)
  const [group] = groups
  const disk = diskUnder(node.hostDataDir)
  if (group === undefined || disk === null) throw new Error(`${node.name} has no blkio cgroup, or no disk`)
  const file = path.join(path.dirname(node.hostDataDir), `${node.name}.probe`)
  const beforeMs = await probeWrites(group, file, AbortSignal.timeout(PROBE_BEFORE_TIMEOUT_MS))
  for (const directory of groups) limitIo(directory, disk, limitOf(intent))
  const stopProbe = new AbortController()
  const victim: Victim = {
    node,
    groups,
    disk,
    beforeMs,
    duringMs: null,
    stopProbe,
    probed: Promise.resolve(),
  }
  victim.probed = probeWrites(group, file, stopProbe.signal).then((ms) => {
    victim.duringMs = ms
  })
  return victim
}

const isSlowed = ({ beforeMs, duringMs }: Victim, intent: IoIntent): boolean =>
  beforeMs !== null && duringMs !== null && duringMs > SLOWED * beforeMs && duringMs > leastMs(intent) / 2

const inWords = ({ node, beforeMs, duringMs }: Victim): string => {
  const words = (ms: number | null): string => (ms === null ? 'not measured' : `${ms.toFixed(1)} ms`)
  return `${node.name}: a synced write ${words(beforeMs)} before, ${words(duringMs)} during`
}

const measureAll = (victims: readonly Victim[], intent: IoIntent): Effect => {
  const slowest = (of: (victim: Victim) => number | null): number =>
    Math.max(0, ...victims.map((victim) => of(victim) ?? 0))
  const limit =
    intent.mode === 'operations' ? `${intent.operationsPerSecond} operations` : `${intent.kibPerSecond} KiB`
  return {
    effective: victims.some((victim) => isSlowed(victim, intent)),
    summary: `at most ${limit} a second each way; ${victims.map(inWords).join('; ')}`,
    measurements: {
      slowed: victims.filter((victim) => isSlowed(victim, intent)).length,
      beforeMs: slowest(({ beforeMs }) => beforeMs),
      duringMs: slowest(({ duringMs }) => duringMs),
    },
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as IoIntent
  const nodes = await resolveVictims(context, intent)
  const victims = await Promise.all(nodes.map((node) => slow(node, intent)))
  const measure = async (): Promise<Effect> => measureAll(victims, intent)
  const heal = async (): Promise<Effect> => {
    for (const { stopProbe } of victims) stopProbe.abort()
    for (const { groups, disk } of victims) for (const group of groups) limitIo(group, disk, NO_LIMIT)
    await Promise.all(victims.map(({ probed }) => probed))
    return measure()
  }
  return activeFault(
    fault.id,
    nodes.map(({ name }) => name),
    measure,
    heal,
  )
}

export const io: Nemesis = {
  name: 'io',
  description: 'leaves nodes few disk operations, or few bytes, a second, by cgroup',
  needs: ['io'],
  options: {
    ...scheduleOptions(6000, 2500),
    modes: {
      type: 'string',
      default: 'operations+bandwidth',
      description: `how: ${MODES.join(', ')}, joined by +`,
    },
    iops: { type: 'number', default: 20, description: 'operations a second each way' },
    kib: { type: 'number', default: 64, description: 'KiB a second each way' },
    victims: {
      type: 'string',
      default: 'leader+one+minority',
      description: 'whom: words or node names joined by +',
    },
  },
  plan: (rng, options, context) => {
    const modes = parseWords('modes', String(options.modes), MODES)
    const words = parseVictims(options, context)
    return planSequence('io', 'timing', rng, options, context, (draw, ordinal) => ({
      mode: takeTurn(rng.fork('modes'), modes, ordinal),
      ...drawVictims(draw, words, context, 'timing'),
      operationsPerSecond: options.iops as number,
      kibPerSecond: options.kib as number,
    }))
  },
  inject,
}
