/**
 * What networks do to packets short of dropping them all, on the links of chosen nodes with their peers (and with
 * clients, if asked): loss, duplication, corruption, reordering, delay with jitter, little bandwidth. In every
 * environment by the same switch in user space, seeded per directed link; bandwidth by a token bucket of the kernel's on
 * what leaves the victims.
 *
 * Proof: packets counted at the switch, and loss and one-way delays between the nodes as probed before and during it.
 */
import type { FaultModel } from '../harness/api/claims.ts'
import type { Cluster, ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { Detour, type DetourPort } from '../harness/faults/packet/detour.ts'
import type { LinkCounts, LinkRule } from '../harness/faults/packet/link.ts'
import { type Probe, probeLinks, summarise } from '../harness/faults/packet/probe.ts'
import { activeFault } from './parts/active-fault.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const MODES = ['loss', 'duplicate', 'corrupt', 'reorder', 'delay', 'bandwidth'] as const
type Mode = (typeof MODES)[number]

interface PacketIntent extends VictimIntent {
  readonly mode: Mode
  readonly share: number
  readonly delayMs: number
  readonly jitterMs: number
  readonly kbitPerS: number
  readonly clients: boolean
  /** Only what leaves the victims. */
  readonly oneWay: boolean
  readonly seed: number
}

const MODELS: Readonly<Record<Mode, FaultModel>> = {
  loss: 'omission',
  duplicate: 'omission',
  corrupt: 'omission',
  reorder: 'omission',
  delay: 'timing',
  bandwidth: 'timing',
}

const CLIENTS = 'clients'
const WELL: LinkRule = { delayMs: 0, jitterMs: 0, loss: 0, duplicate: 0, corrupt: 0, reorder: 0 }

const ruleOf = ({ mode, share, delayMs, jitterMs }: PacketIntent): LinkRule => {
  if (mode === 'bandwidth') return WELL
  if (mode === 'delay') return { ...WELL, delayMs, jitterMs }
  return { ...WELL, [mode]: share }
}

const portsOf = (cluster: Cluster, withClients: boolean): readonly DetourPort[] => [
  ...cluster.nodes.map(({ name, keeperPid, address }) => ({ name, pid: keeperPid, addresses: [address] })),
  ...(withClients ? [{ name: CLIENTS, pid: process.pid, addresses: cluster.clientAddresses }] : []),
]

/** Directed links that a victim is at an end of. */
const linksOf = (
  ports: readonly DetourPort[],
  victims: readonly ClusterNode[],
  oneWay: boolean,
): readonly string[] => {
  const hit = new Set(victims.map(({ name }) => name))
  const all = ports.flatMap(({ name: from }) => ports.map(({ name: to }) => ({ from, to })))
  return all
    .filter(({ from, to }) => from !== to && (hit.has(from) || (!oneWay && hit.has(to))))
    .map(({ from, to }) => `${from}>${to}`)
}

const PARTS: Readonly<Partial<Record<Mode, keyof LinkCounts>>> = {
  loss: 'lost',
  duplicate: 'duplicated',
  corrupt: 'corrupted',
  reorder: 'reordered',
}

const percent = ({ sent, received }: { sent: number; received: number }): number =>
  sent === 0 ? 0 : Math.round((1000 * (sent - received)) / sent) / 10
const rounded = (ms: number | null): number | string => (ms === null ? 'never' : Math.round(ms * 100) / 100)

interface Measured {
  readonly before: Probe
  readonly during: Probe
  readonly links: readonly string[]
}

const networkOf = ({ before, during, links }: Measured) => {
  const [was, is] = [summarise(before, links), summarise(during, links)]
  return {
    text: `probed: ${percent(is)} % lost, ${rounded(is.delayMs)} ms one way (before: ${percent(was)} %, ${rounded(was.delayMs)} ms)`,
    measurements: {
      lossPercent: percent(is),
      lossPercentBefore: percent(was),
      delayMs: rounded(is.delayMs),
      delayMsBefore: rounded(was.delayMs),
    },
  }
}

interface Hurt {
  readonly intent: PacketIntent
  readonly detour: Detour
  readonly measured: Measured
  readonly limited: readonly DetourPort[]
}

const measureLimit = async ({ detour, limited, measured, intent }: Hurt): Promise<Effect> => {
  const all = await Promise.all(limited.map((port) => detour.countLimited(port)))
  const delayed = all.reduce((sum, each) => sum + each.delayed, 0)
  const dropped = all.reduce((sum, each) => sum + each.dropped, 0)
  const { text, measurements } = networkOf(measured)
  return {
    effective: delayed + dropped > 0,
    summary: `${intent.kbitPerS} kbit/s: packets held back ${delayed} times, ${dropped} dropped; ${text}`,
    measurements: { delayed, dropped, ...measurements },
  }
}

const measureRules = async ({ detour, measured, intent }: Hurt): Promise<Effect> => {
  const counts = await detour.counts()
  const of = (part: keyof LinkCounts): number =>
    measured.links.reduce((sum, link) => sum + (counts[link]?.[part] ?? 0), 0)
  const part = PARTS[intent.mode] ?? 'packets'
  const { text, measurements } = networkOf(measured)
  const done = part === 'packets' ? `${of('packets')} delayed` : `${of(part)} of ${of('packets')} ${part}`
  return {
    effective: of(part) > 0,
    summary: `${intent.mode}: packets ${done}; ${text}`,
    measurements: { packets: of('packets'), [part]: of(part), ...measurements },
  }
}

const inject = async ({ cluster, ...context }: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as PacketIntent
  const victims = await resolveVictims({ cluster, ...context }, intent)
  const before = await probeLinks(cluster.nodes)
  const ports = portsOf(cluster, intent.clients)
  const links = linksOf(ports, victims, intent.oneWay)
  const rules = Object.fromEntries(links.map((link) => [link, ruleOf(intent)]))
  const detour = await Detour.open(ports, rules, intent.seed)
  const limited = ports.filter(({ name }) => victims.some((victim) => victim.name === name))
  const isLimit = intent.mode === 'bandwidth'
  let during: Probe
  try {
    if (isLimit) await Promise.all(limited.map((port) => detour.limitBandwidth(port, intent.kbitPerS)))
    during = await probeLinks(cluster.nodes)
  } catch (error) {
    await detour[Symbol.asyncDispose]()
    throw error
  }
  const hurt: Hurt = { intent, detour, limited, measured: { before, during, links } }
  const measure = (): Promise<Effect> => (isLimit ? measureLimit(hurt) : measureRules(hurt))
  const heal = async (): Promise<Effect> => {
    try {
      return await measure()
    } finally {
      await detour[Symbol.asyncDispose]()
    }
  }
  return activeFault(
    fault.id,
    victims.map(({ name }) => name),
    measure,
    heal,
  )
}

const SEEDS = 2 ** 31

export const packet: Nemesis = {
  name: 'packet',
  description:
    'loses, duplicates, corrupts, reorders, delays packets of chosen nodes, or leaves them little bandwidth',
  needs: ['packet'],
  options: {
    ...scheduleOptions(5000, 3000),
    modes: {
      type: 'string',
      default: 'loss+duplicate+corrupt+reorder+delay+bandwidth',
      description: `how: ${MODES.join(', ')}, joined by +`,
    },
    share: {
      type: 'number',
      default: 0.2,
      description: 'of packets that are lost, duplicated, corrupted or held back',
    },
    delay: { type: 'duration', default: 50, description: 'one way, of each packet' },
    jitter: { type: 'duration', default: 20, description: 'how far a delay varies to both sides' },
    bandwidth: { type: 'number', default: 64, description: 'kbit/s that may leave a victim' },
    clients: { type: 'boolean', default: false, description: 'whether links with clients are hit too' },
    direction: {
      type: 'string',
      default: 'both',
      choices: ['two-way', 'one-way', 'both'],
      description: 'one-way: only what leaves the victims; both: one in four is one-way',
    },
    victims: {
      type: 'string',
      default: 'leader+one+minority+all',
      description: 'whose: words or node names joined by +',
    },
  },
  plan: (rng, options, context) => {
    const modes = parseWords('modes', String(options.modes), MODES)
    const words = parseVictims(options, context)
    const modelOf = ({ mode }: { readonly mode: Mode }): FaultModel => MODELS[mode]
    return planSequence('packet', modelOf, rng, options, context, (draw, ordinal) => {
      const mode = takeTurn(rng.fork('modes'), modes, ordinal)
      return {
        mode,
        ...drawVictims(draw, words, context, MODELS[mode]),
        share: options.share as number,
        delayMs: options.delay as number,
        jitterMs: options.jitter as number,
        kbitPerS: options.bandwidth as number,
        clients: options.clients as boolean,
        oneWay:
          options.direction === 'one-way' ||
          (options.direction === 'both' && draw.fork('direction').float() < 0.25),
        seed: draw.fork('seed').int(SEEDS),
      }
    })
  },
  inject,
}
