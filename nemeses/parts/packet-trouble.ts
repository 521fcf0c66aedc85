/** What the switch, or a token bucket, does to the packets of some nodes, and what a probe of the network measures. */
import type { Cluster, ClusterNode } from '../../harness/api/environment.ts'
import { Detour, type DetourPort, type LimitCounts } from '../../harness/faults/packet/detour.ts'
import type { LinkCounts, LinkRule } from '../../harness/faults/packet/link.ts'
import { type Probe, probeLinks, summarise } from '../../harness/faults/packet/probe.ts'

export const PACKET_MODES = ['loss', 'duplicate', 'corrupt', 'reorder', 'delay', 'bandwidth'] as const

interface PacketTroubleIntent {
  readonly mode: (typeof PACKET_MODES)[number]
  /** Share of packets that are hit. */
  readonly share: number
  readonly delayMs: number
  readonly jitterMs: number
  readonly kbitPerS: number
  /** Whether links with clients are hit too. */
  readonly clients: boolean
  /** Only packets that leave the victims are hit. */
  readonly oneWay: boolean
  readonly seed: number
}

const CLIENTS = 'clients'
export const WELL: LinkRule = { delayMs: 0, jitterMs: 0, loss: 0, duplicate: 0, corrupt: 0, reorder: 0 }

const ruleOf = ({ mode, share, delayMs, jitterMs }: PacketTroubleIntent): LinkRule => {
  if (mode === 'bandwidth') return WELL
  if (mode === 'delay') return { ...WELL, delayMs, jitterMs }
  return { ...WELL, [mode]: share }
}

/** The ends of a detour that only packets between nodes take. */
export const portsOfNodes = ({ nodes }: Cluster): readonly DetourPort[] =>
  nodes.map(({ name, keeperPid, address }) => ({
    name,
    pid: keeperPid,
    addresses: [address],
    isWhole: true,
  }))

const portsOf = (cluster: Cluster, withClients: boolean): readonly DetourPort[] => [
  ...portsOfNodes(cluster),
  // The control path has the same interface.
  ...(withClients
    ? [{ name: CLIENTS, pid: process.pid, addresses: cluster.clientAddresses, isWhole: false }]
    : []),
]

/** Directed links with a victim at one end. */
const linksAt = (
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

/** What the switch counts for a mode; for a mode that is missing here, all packets. */
const COUNTED: Readonly<Partial<Record<PacketTroubleIntent['mode'], keyof LinkCounts>>> = {
  loss: 'lost',
  duplicate: 'duplicated',
  corrupt: 'corrupted',
  reorder: 'reordered',
}

const percent = ({ sent, received }: { readonly sent: number; readonly received: number }): number =>
  sent === 0 ? 0 : Math.round((1000 * (sent - received)) / sent) / 10
const rounded = (ms: number | null): number | string => (ms === null ? 'never' : Math.round(ms * 100) / 100)

const compare = (before: Probe, during: Probe, links: readonly string[]) => {
  const [was, is] = [summarise(before, links), summarise(during, links)]
  return {
    text: `probed: ${percent(is)} % lost, ${rounded(is.delayMs)} ms one way (before: ${percent(was)} %, ${rounded(was.delayMs)} ms)`,
    measurements: {
      lossPercent: percent(is),
      lossPercentBefore: percent(was),
      delayMs: rounded(is.delayMs),
      delayMsBefore: rounded(was.delayMs),
      leastDelayMs: rounded(is.leastMs),
    },
  }
}

/** What the limits at all ports have let through, delayed and dropped so far. */
const limitedBy = async (detour: Detour, ports: readonly DetourPort[]): Promise<LimitCounts> => {
  const all = await Promise.all(ports.map((port) => detour.countLimited(port)))
  const sum = (part: keyof LimitCounts): number => all.reduce((total, each) => total + each[part], 0)
  return { bytes: sum('bytes'), delayed: sum('delayed'), dropped: sum('dropped') }
}

/** A packet fault in force on the links of the victims. */
export class PacketTrouble implements AsyncDisposable {
  readonly #intent: PacketTroubleIntent
  readonly #detour: Detour
  readonly #links: readonly string[]
  /** Nodes whose bandwidth is limited. */
  readonly #limited: readonly DetourPort[]
  readonly #network: ReturnType<typeof compare>
  /** What the limits have done to our own probe. */
  readonly #ofProbe: LimitCounts

  private constructor(
    intent: PacketTroubleIntent,
    detour: Detour,
    links: readonly string[],
    limited: readonly DetourPort[],
    network: ReturnType<typeof compare>,
    ofProbe: LimitCounts,
  ) {
    this.#intent = intent
    this.#detour = detour
    this.#links = links
    this.#limited = limited
    this.#network = network
    this.#ofProbe = ofProbe
  }

  /** Resolves when the fault is in force and has been probed. */
  static async make(
    cluster: Cluster,
    victims: readonly ClusterNode[],
    intent: PacketTroubleIntent,
  ): Promise<PacketTrouble> {
    const before = await probeLinks(cluster.nodes)
    const ports = portsOf(cluster, intent.clients)
    const links = linksAt(ports, victims, intent.oneWay)
    const rules = Object.fromEntries(links.map((link) => [link, ruleOf(intent)]))
    const detour = await Detour.open(ports, rules, intent.seed)
    const isLimit = intent.mode === 'bandwidth'
    const limited = isLimit ? ports.filter(({ name }) => victims.some((victim) => victim.name === name)) : []
    try {
      await Promise.all(limited.map((port) => detour.limitBandwidth(port, intent.kbitPerS)))
      const network = compare(before, await probeLinks(cluster.nodes), links)
      return new PacketTrouble(intent, detour, links, limited, network, await limitedBy(detour, limited))
    } catch (error) {
      await detour[Symbol.asyncDispose]()
      throw error
    }
  }

  measure() {
    return this.#intent.mode === 'bandwidth' ? this.#measureLimit() : this.#measureRules()
  }

  async #measureLimit() {
    const all = await limitedBy(this.#detour, this.#limited)
    const bytes = all.bytes - this.#ofProbe.bytes
    const delayed = all.delayed - this.#ofProbe.delayed
    const dropped = all.dropped - this.#ofProbe.dropped
    const { text, measurements } = this.#network
    return {
      effective: delayed + dropped > 0,
      summary: `${this.#intent.kbitPerS} kbit/s: ${bytes} bytes sent, packets held back ${delayed} times, ${dropped} dropped; ${text}`,
      measurements: { bytes, delayed, dropped, ...measurements },
    }
  }

  async #measureRules() {
    const counts = await this.#detour.counts()
    const of = (part: keyof LinkCounts): number =>
      this.#links.reduce((sum, link) => sum + (counts[link]?.[part] ?? 0), 0)
    const part = COUNTED[this.#intent.mode] ?? 'packets'
    const { text, measurements } = this.#network
    const done = part === 'packets' ? `${of('packets')} delayed` : `${of(part)} of ${of('packets')} ${part}`
    return {
      effective: of(part) > 0,
      summary: `${this.#intent.mode}: packets ${done}; ${text}`,
      measurements: { packets: of('packets'), [part]: of(part), ...measurements },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#detour[Symbol.asyncDispose]()
  }
}
