/** The relays of a fault's traitors: opened together, told what to lie to whom, asked what they told. */
import type { LieKind } from '../../harness/api/byzantine.ts'
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { Effect, LieTold, NemesisContext } from '../../harness/api/nemesis.ts'
import { listeningPorts } from '../../harness/faults/ports.ts'
import type { OrderedLie, RelayReport } from '../../harness/faults/relay/orders.ts'
import { Relays, routesTo } from './relays.ts'
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

/** Those of the codec, otherwise all on which any node listens. */
const portsOf = ({ cluster, byzantine }: NemesisContext): readonly number[] => {
  const told = byzantine === undefined ? [] : [...byzantine.peerPorts, ...byzantine.clientPorts]
  return told.length > 0 ? told : cluster.nodes.flatMap(({ keeperPid }) => [...listeningPorts(keeperPid)])
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
  { id, colludes, seed, lies, audience, delayMs }: LiesIntent,
): Promise<Omit<FaultInForce, 'victims'>> => {
  const routes = routesTo(context, portsOf(context))
  const relays = await Relays.open(context, nodes, { id, routes, colludes, seed })
  const names = context.cluster.nodes.map(({ name }) => name)
  // Traitors tell each other the truth.
  const peers = names.filter((name) => !nodes.some((node) => node.name === name))
  const ordered = Object.entries(lies).map(
    ([lie, kind]): OrderedLie => ({ lie, kind, audience: audienceOf(kind, audience, names, peers) }),
  )
  relays.order({ type: 'lie', lies: ordered, delayMs })
  const measure = async (): Promise<Effect> => effectOf(await relays.reports())
  return { measure, heal: () => measureThenUndo(measure, () => relays[Symbol.asyncDispose]()) }
}
