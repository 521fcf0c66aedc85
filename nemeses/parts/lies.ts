/** The relays of a fault's traitors: opened together, told what to lie to whom, asked what they told. */
import type { LieKind } from '../../harness/api/byzantine.ts'
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { Effect, LieTold, NemesisContext } from '../../harness/api/nemesis.ts'
import { chainName } from '../../harness/faults/iptables.ts'
import { listeningPorts } from '../../harness/faults/ports.ts'
import type { OrderedLie, RelayReport, RelaySettings, Route } from '../../harness/faults/relay/orders.ts'
import { Traitor } from '../../harness/faults/relay/traitor.ts'
import { clientName } from './partition-links.ts'
import { type FaultInForce, measureThenUndo } from './scheduled-nemesis.ts'

export interface Lie {
  readonly lie: string
  readonly kind: LieKind
}

interface LiesIntent {
  /** Of the fault. */
  readonly id: string
  /** Name -> kind. */
  readonly lies: Readonly<Record<string, LieKind>>
  readonly audience: readonly string[]
  readonly colludes: boolean
  readonly delayMs: number
  readonly seed: number
}

/** Told to half of the others: the rest hear the truth, so that the halves differ. */
const TO_SOME: ReadonlySet<LieKind> = new Set(['equivocation', 'silence', 'delay'])

/** Half of them, but never all of several. */
const halfOf = (names: readonly string[]): readonly string[] => names.slice(0, Math.ceil(names.length / 2))

const audienceOf = (
  kind: LieKind,
  order: readonly string[],
  names: readonly string[],
  peers: readonly string[],
): readonly string[] => {
  const some = order.filter((name) => peers.includes(name))
  const clients = order.filter((name) => !names.includes(name))
  if (kind === 'false-answer') return clients
  return TO_SOME.has(kind) ? [...halfOf(some), ...halfOf(clients)] : [...some, ...clients]
}

/** Each port of each peer, and each of the traitor's own: those of the codec, otherwise all on which any node listens. */
const routesOf = ({ cluster, byzantine }: NemesisContext): readonly Route[] => {
  const told = byzantine === undefined ? [] : [...byzantine.peerPorts, ...byzantine.clientPorts]
  const ports =
    told.length > 0 ? told : cluster.nodes.flatMap(({ keeperPid }) => [...listeningPorts(keeperPid)])
  return cluster.nodes.flatMap(({ name: node }) => [...new Set(ports)].map((port) => ({ node, port })))
}

const settingsOf = (
  context: NemesisContext,
  traitor: ClusterNode,
  traitors: readonly ClusterNode[],
  { colludes, seed }: LiesIntent,
): RelaySettings => {
  const { cluster, byzantine, secretsOf } = context
  const accomplices = colludes ? traitors.filter((other) => other !== traitor) : []
  return {
    node: traitor.name,
    nodes: Object.fromEntries(cluster.nodes.map(({ name, address }) => [name, address])),
    clients: Object.fromEntries(
      cluster.clientAddresses.map((address, group) => [clientName(group), address]),
    ),
    routes: routesOf(context),
    codec: byzantine?.codec ?? null,
    peerPort: byzantine?.peerPorts[0] ?? null,
    secrets: secretsOf(traitor),
    accomplices: Object.fromEntries(accomplices.map((node) => [node.name, secretsOf(node)])),
    seed,
  }
}

const sum = (told: readonly LieTold[]): number => told.reduce((total, { count }) => total + count, 0)

/** Such as `n3 told n1 92 lies, n2 12`. */
const inWords = (told: readonly LieTold[]): string =>
  [...Map.groupBy(told, ({ by }) => by)]
    .map(([by, own]) => {
      const each = [...Map.groupBy(own, ({ to }) => to)].map(([to, lies]) => `${sum(lies)} to ${to}`)
      const names = [...new Set(own.map(({ lie }) => lie))].join(', ')
      return `${by} told ${sum(own)} lies (${names}): ${each.join(', ')}`
    })
    .join('; ')

const effectOf = (reports: readonly RelayReport[]): Effect => {
  const told = reports.flatMap((report) => report.told)
  const total = (part: 'connections' | 'bytes' | 'misread'): number =>
    reports.reduce((all, report) => all + report[part], 0)
  const kinds = [...Map.groupBy(told, ({ kind }) => kind)].map(([kind, some]) => [kind, sum(some)] as const)
  return {
    effective: told.length > 0,
    summary: told.length > 0 ? inWords(told) : 'no lie was told',
    measurements: {
      lies: sum(told),
      ...Object.fromEntries(kinds),
      connections: total('connections'),
      bytes: total('bytes'),
      misread: total('misread'),
    },
    lies: told,
  }
}

/** All relays are open before the first lie. */
export const liesInForce = async (
  context: NemesisContext,
  nodes: readonly ClusterNode[],
  intent: LiesIntent,
): Promise<Omit<FaultInForce, 'victims'>> => {
  const traitors: Traitor[] = []
  const undo = async (): Promise<void> => {
    await Promise.all(traitors.map((traitor) => traitor[Symbol.asyncDispose]()))
  }
  try {
    await Promise.all(
      nodes.map(async (node) => {
        const opened = await Traitor.open({
          keeperPid: node.keeperPid,
          chain: chainName(intent.id),
          settings: settingsOf(context, node, nodes, intent),
          onShare: (knowledge) => {
            if (!intent.colludes) return
            for (const other of traitors)
              if (other.name !== node.name) other.order({ type: 'learn', from: node.name, knowledge })
          },
        })
        traitors.push(opened)
      }),
    )
  } catch (error) {
    await undo()
    throw error
  }
  const names = context.cluster.nodes.map(({ name }) => name)
  // Traitors tell each other the truth.
  const peers = names.filter((name) => !nodes.some((node) => node.name === name))
  for (const traitor of traitors) {
    const lies: readonly OrderedLie[] = Object.entries(intent.lies).map(([lie, kind]) => ({
      lie,
      kind,
      audience: audienceOf(kind, intent.audience, names, peers),
    }))
    traitor.lie({ lies, delayMs: intent.delayMs })
  }
  const measure = async (): Promise<Effect> =>
    effectOf(await Promise.all(traitors.map((traitor) => traitor.report())))
  return { measure, heal: () => measureThenUndo(measure, undo) }
}
