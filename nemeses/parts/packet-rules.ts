/** A fault that is rules of iptables in some nodes' namespaces: counted there, taken out there. */
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { Effect } from '../../harness/api/nemesis.ts'
import {
  addRules,
  chainName,
  countPackets,
  type PacketRule,
  removeRules,
  setInForce,
} from '../../harness/faults/iptables.ts'
import { sleep } from '../../harness/support/wait.ts'
import { type FaultInForce, measureThenUndo } from './scheduled-nemesis.ts'

export interface RulesAt {
  readonly node: ClusterNode
  readonly rules: readonly PacketRule[]
}

/** Takes the rules out of force and puts them in again, until it is stopped; how often they went out. */
const flap = async (
  places: readonly RulesAt[],
  name: string,
  everyMs: number,
  stop: AbortSignal,
): Promise<number> => {
  for (let turns = 0; ; turns++) {
    const inForce = turns % 2 === 1
    const isOver = await sleep(everyMs, stop).then(
      () => false,
      () => true,
    )
    if (isOver) return Math.ceil(turns / 2)
    await Promise.all(places.map(({ node }) => setInForce(node, name, inForce)))
  }
}

/**
 * @param id of the fault, whose chains are named after it
 * @param what was done to the packets, and to which
 * @param flapMs the rules are in force for so long, then out of it for as long, by turns; 0: all the time
 */
export const packetFault = async (
  id: string,
  at: readonly RulesAt[],
  what: string,
  flapMs = 0,
): Promise<FaultInForce> => {
  const name = chainName(id)
  const places = at.filter(({ rules }) => rules.length > 0)
  await Promise.all(places.map(({ node, rules }) => addRules(node, name, rules)))
  const stop = new AbortController()
  const flapping = flapMs === 0 ? null : flap(places, name, flapMs, stop.signal)
  // It is awaited by the heal, which may be long after.
  flapping?.catch(() => {})
  const measure = async (flaps?: number): Promise<Effect> => {
    const counts = await Promise.all(places.map(({ node }) => countPackets(node, name)))
    const packets = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    const perNode = Object.fromEntries(places.map(({ node }, i) => [`packets ${node.name}`, counts[i] ?? 0]))
    return {
      effective: packets > 0,
      summary: `${packets} packets ${what}${flaps === undefined ? '' : `, up again ${flaps} times`}`,
      measurements: { packets, ...perNode, ...(flaps === undefined ? {} : { flaps }) },
    }
  }
  const remove = async (): Promise<void> => {
    await Promise.all(places.map(({ node }) => removeRules(node, name)))
  }
  const heal = (): Promise<Effect> => {
    stop.abort()
    return measureThenUndo(async () => (flapping === null ? measure() : measure(await flapping)), remove)
  }
  return { victims: places.map(({ node }) => node), measure: () => measure(), heal }
}
