/** The relays of several nodes, opened together. */
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import { chainName } from '../../harness/faults/iptables.ts'
import { NodeRelay } from '../../harness/faults/relay/node-relay.ts'
import type { Order, RelayReport, RelaySettings, Route } from '../../harness/faults/relay/orders.ts'
import { clientName } from './partition-links.ts'

interface RelaysParts {
  /** Of the fault. */
  readonly id: string
  readonly routes: readonly Route[]
  /** Whether what the relay of one learns is told to those of all others. */
  readonly colludes: boolean
  readonly seed: number
}

const settingsOf = (
  context: NemesisContext,
  node: ClusterNode,
  nodes: readonly ClusterNode[],
  { routes, colludes, seed }: RelaysParts,
): RelaySettings => {
  const { cluster, byzantine, secretsOf } = context
  const accomplices = colludes ? nodes.filter((other) => other !== node) : []
  return {
    node: node.name,
    nodes: Object.fromEntries(cluster.nodes.map(({ name, address }) => [name, address])),
    clients: Object.fromEntries(
      cluster.clientAddresses.map((address, group) => [clientName(group), address]),
    ),
    routes,
    codec: byzantine?.codec ?? null,
    peerPort: byzantine?.peerPorts[0] ?? null,
    secrets: secretsOf(node),
    accomplices: Object.fromEntries(accomplices.map((other) => [other.name, secretsOf(other)])),
    seed,
  }
}

/** Each port on each node. */
export const routesTo = ({ cluster }: NemesisContext, ports: readonly number[]): readonly Route[] =>
  cluster.nodes.flatMap(({ name: node }) => [...new Set(ports)].map((port) => ({ node, port })))

export class Relays implements AsyncDisposable {
  readonly #relays: NodeRelay[] = []

  /** Resolves when all are open. */
  static async open(
    context: NemesisContext,
    nodes: readonly ClusterNode[],
    parts: RelaysParts,
  ): Promise<Relays> {
    const relays = new Relays()
    // Those that are still opening must not outlive the failure of another.
    const opened = await Promise.allSettled(nodes.map((node) => relays.#open(context, node, nodes, parts)))
    const failed = opened.find(({ status }) => status === 'rejected')
    if (failed?.status !== 'rejected') return relays
    await relays[Symbol.asyncDispose]()
    throw failed.reason
  }

  async #open(
    context: NemesisContext,
    node: ClusterNode,
    nodes: readonly ClusterNode[],
    parts: RelaysParts,
  ): Promise<void> {
    const relay = await NodeRelay.open({
      keeperPid: node.keeperPid,
      chain: chainName(parts.id),
      settings: settingsOf(context, node, nodes, parts),
      onShare: (knowledge) => {
        if (!parts.colludes) return
        for (const other of this.#relays)
          if (other.name !== node.name) other.order({ type: 'learn', from: node.name, knowledge })
      },
    })
    this.#relays.push(relay)
  }

  order(order: Order): void {
    for (const relay of this.#relays) relay.order(order)
  }

  /** One of each relay. */
  reports(): Promise<readonly RelayReport[]> {
    return Promise.all(this.#relays.map((relay) => relay.report()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#relays.map((relay) => relay[Symbol.asyncDispose]()))
  }
}
