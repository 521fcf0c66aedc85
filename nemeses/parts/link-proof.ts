/** Proof that links are cut, and that no others are: every direction between nodes is probed while the fault is in force. */
import type { Cluster } from '../../harness/api/environment.ts'
import type { Effect, Link } from '../../harness/api/nemesis.ts'
import { PROBE_TAKES_MS, probeLinks } from '../../harness/faults/packet/probe.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'
import type { FaultInForce } from './scheduled-nemesis.ts'

interface Proof {
  readonly text: string
  readonly measurements: Effect['measurements']
}

/** Those that are cut let nothing through, and the others do. */
const probe = async (cluster: Cluster, links: readonly Link[]): Promise<Proof> => {
  try {
    const cut = new Set(links.map(({ from, to }) => `${from}>${to}`))
    const probed = Object.entries(await probeLinks(cluster.nodes))
    const closed = probed.filter(([link]) => cut.has(link))
    const silent = closed.filter(([, { received }]) => received === 0).length
    const open = probed.filter(([link]) => !cut.has(link))
    const heard = open.filter(([, { received }]) => received > 0).length
    return {
      text: `probed: ${silent} of ${closed.length} cut directions silent, ${heard} of ${open.length} others open`,
      measurements: { cut: closed.length, silent, open: open.length, heard },
    }
  } catch (error) {
    return { text: `not probed (${messageOf(error)})`, measurements: {} }
  }
}

/**
 * Adds the links that are cut by now, and the proof, to what the fault says of itself. A probe must not make a short cut a
 * long one: there the packets that were dropped are proof enough.
 */
export const withProof = (
  cluster: Cluster,
  links: readonly Link[],
  durationNs: number,
  fault: FaultInForce,
): FaultInForce => {
  const proof =
    durationNs < PROBE_TAKES_MS * NS_PER_MS
      ? { text: 'too short to be probed', measurements: {} }
      : probe(cluster, links)
  const add = async (effect: Effect): Promise<Effect> => {
    const { text, measurements } = await proof
    return {
      ...effect,
      summary: `${effect.summary}; ${text}`,
      measurements: { ...effect.measurements, ...measurements },
      links,
    }
  }
  return {
    ...fault,
    measure: async () => add(await fault.measure()),
    heal: async () => add(await fault.heal()),
  }
}
