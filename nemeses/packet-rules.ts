/** A fault that is rules of iptables in some nodes' namespaces: counted there, taken out there. */
import type { ActiveFault, ClusterNode, Effect } from '../harness/api.ts'
import {
  addRules,
  chainName,
  countPackets,
  type PacketRule,
  removeRules,
} from '../harness/faults/iptables.ts'
import { activeFault } from './active-fault.ts'

export interface RulesAt {
  readonly node: ClusterNode
  readonly rules: readonly PacketRule[]
}

/** `what`: what was done to the packets, and to which. */
export const packetFault = async (id: string, at: readonly RulesAt[], what: string): Promise<ActiveFault> => {
  const name = chainName(id)
  const places = at.filter(({ rules }) => rules.length > 0)
  await Promise.all(places.map(({ node, rules }) => addRules(node, name, rules)))
  const measure = async (): Promise<Effect> => {
    const counts = await Promise.all(places.map(({ node }) => countPackets(node, name)))
    const packets = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    const perNode = Object.fromEntries(places.map(({ node }, i) => [`packets ${node.name}`, counts[i] ?? 0]))
    return {
      bit: packets > 0,
      summary: `${packets} packets ${what}`,
      measurements: { packets, ...perNode },
    }
  }
  const heal = async (): Promise<Effect> => {
    const effect = await measure()
    await Promise.all(places.map(({ node }) => removeRules(node, name)))
    return effect
  }
  const victims = places.map(({ node }) => node.name)
  return activeFault(id, victims, measure, heal)
}
