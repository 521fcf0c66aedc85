/** Faults of a service beside the cluster. */
import type { Cluster, ClusterNode } from '../../harness/api/environment.ts'
import type { Effect, NemesisContext } from '../../harness/api/nemesis.ts'
import type { PacketRule } from '../../harness/faults/iptables.ts'
import { Detour } from '../../harness/faults/packet/detour.ts'
import { isStopped, resume, stopAll } from '../../harness/faults/stopping.ts'
import { packetFault } from './packet-rules.ts'
import { type FaultInForce, measureThenUndo } from './scheduled-nemesis.ts'

const rulesFor = (addresses: readonly string[], which: PacketRule['which']): readonly PacketRule[] =>
  addresses.map((address) => ({ direction: 'from', address, which, action: 'reset' }))

const nodeAddresses = ({ nodes }: Cluster): readonly string[] => nodes.map(({ address }) => address)

const withPrefix = (text: string, fault: FaultInForce): FaultInForce => {
  const tell = (effect: Effect): Effect => ({ ...effect, summary: `${text}: ${effect.summary}` })
  return {
    ...fault,
    measure: async () => tell(await fault.measure()),
    heal: async () => tell(await fault.heal()),
  }
}

/** Its processes are killed, and connections are refused. */
export const makeGone = async (
  { cluster, signal: abort }: NemesisContext,
  id: string,
  service: ClusterNode,
): Promise<FaultInForce> => {
  // A rule refuses the connections so that they are counted; the kernel alone would refuse them without a count. Clients may
  // use the service themselves, such as workers of a queue: it is gone for them too, whether their packets are counted or not.
  const users = [...nodeAddresses(cluster), ...cluster.clientAddresses]
  const rules = [{ node: service, rules: rulesFor(users, 'tcp') }]
  const refusing = await packetFault(id, rules, 'of requests refused')
  await service.takeDown(id, 'kill', abort)
  const heal = async (): Promise<Effect> => {
    const effect = await refusing.heal()
    await service.bringUp(id, abort)
    return effect
  }
  return withPrefix(`${service.name} gone`, { ...refusing, heal })
}

/** It is stopped: connections open, but nothing is answered. */
export const hang = async (service: ClusterNode) => {
  const processes = await stopAll(service)
  const measure = async () => {
    const stopped = processes.filter(isStopped).length
    return {
      effective: stopped > 0,
      summary: `${service.name} hung: ${stopped} of ${processes.length} processes in state T, their requests unanswered`,
      measurements: { stopped },
    }
  }
  return { victims: [service], measure, heal: () => measureThenUndo(measure, () => resume(processes)) }
}

/** Each request is answered with a reset of its connection. */
export const makeFail = async (
  { cluster }: NemesisContext,
  id: string,
  service: ClusterNode,
): Promise<FaultInForce> => {
  const at = [{ node: service, rules: rulesFor(nodeAddresses(cluster), 'data') }]
  return withPrefix(`${service.name} failing`, await packetFault(id, at, 'of requests reset'))
}

/** Every packet between it and the nodes is delayed. */
export const slowDown = async (
  { cluster }: NemesisContext,
  service: ClusterNode,
  { delayMs, seed }: { readonly delayMs: number; readonly seed: number },
) => {
  const ports = [service, ...cluster.nodes].map(({ name, keeperPid, address }) => ({
    name,
    pid: keeperPid,
    addresses: [address],
    isWhole: true,
  }))
  const rule = { delayMs, jitterMs: delayMs / 4, loss: 0, duplicate: 0, corrupt: 0, reorder: 0 }
  const links = cluster.nodes.flatMap(({ name }) => [`${name}>${service.name}`, `${service.name}>${name}`])
  const rules = Object.fromEntries(links.map((link) => [link, rule]))
  // Packets between the nodes keep their normal path.
  const detour = await Detour.open(ports, rules, seed, (a, b) => [a.name, b.name].includes(service.name))
  const measure = async () => {
    const counts = await detour.counts()
    const packets = links.reduce((sum, link) => sum + (counts[link]?.packets ?? 0), 0)
    return {
      effective: packets > 0,
      summary: `${service.name} slow: ${packets} packets of requests and answers delayed by ${delayMs} ms each`,
      measurements: { packets, delayMs },
    }
  }
  const heal = () => measureThenUndo(measure, () => detour[Symbol.asyncDispose]())
  return { victims: [service], measure, heal }
}
