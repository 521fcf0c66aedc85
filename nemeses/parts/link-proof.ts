/** Proof that exactly the intended links are cut: every direction between nodes is probed while the fault is in force. */
import type { Cluster } from '../../harness/api/environment.ts'
import type { Effect, Link, PlannedFault } from '../../harness/api/nemesis.ts'
import { PROBE_TAKES_MS, probeLinks } from '../../harness/faults/packet/probe.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'
import type { FaultInForce } from './scheduled-nemesis.ts'

interface Proof {
  readonly text: string
  readonly measurements: Effect['measurements']
  /** A cut link let something through. That others are silent may be due to another fault. */
  readonly contradiction?: string
}

/** Cut links must let nothing through, and all others must be open. */
const probe = async (cluster: Cluster, links: readonly Link[]): Promise<Proof> => {
  try {
    const cut = new Set(links.map(({ from, to }) => `${from}>${to}`))
    const probed = Object.entries(await probeLinks(cluster.nodes))
    const closed = probed.filter(([link]) => cut.has(link))
    const silent = closed.filter(([, { received }]) => received === 0).length
    const open = probed.filter(([link]) => !cut.has(link))
    const heard = open.filter(([, { received }]) => received > 0).length
    const leaks = closed.length - silent
    return {
      ...(leaks === 0
        ? {}
        : { contradiction: `${leaks} of ${closed.length} cut directions let packets through` }),
      text: `probed: ${silent} of ${closed.length} cut directions silent, ${heard} of ${open.length} others open`,
      measurements: { cut: closed.length, silent, open: open.length, heard },
    }
  } catch (error) {
    return { text: `not probed (${messageOf(error)})`, measurements: {} }
  }
}

/** Whether something runs at both ends of one of the links. Clients always run. */
const someLinkLives = async ({ nodes }: Cluster, links: readonly Link[]): Promise<boolean> => {
  const running = await Promise.all(nodes.map((node) => node.processes()))
  const down = nodes.filter((_, i) => running[i]?.length === 0).map(({ name }) => name)
  return links.some(({ from, to }) => !down.includes(from) && !down.includes(to))
}

/** A cut between nodes of which one is down all the time is none, even if the other one goes on calling it. */
export const betweenLiving = async (
  cluster: Cluster,
  links: readonly Link[],
  fault: FaultInForce,
): Promise<FaultInForce> => {
  let lived = await someLinkLives(cluster, links)
  const judge = async (effect: Effect): Promise<Effect> => {
    lived ||= await someLinkLives(cluster, links)
    if (lived || !effect.effective) return effect
    const summary = `${effect.summary}; one end of each link was down, so nothing was cut`
    return { ...effect, effective: false, summary }
  }
  return {
    ...fault,
    measure: async () => judge(await fault.measure()),
    heal: async () => judge(await fault.heal()),
  }
}

/**
 * Adds the cut links and the proof to the effect of the fault. A probe must not prolong a short fault; for a short fault the
 * dropped packets are proof enough. A fault that outlasts an election is not short.
 */
export const withProof = (
  cluster: Cluster,
  links: readonly Link[],
  { durationNs, outlasts }: PlannedFault,
  fault: FaultInForce,
): FaultInForce => {
  const proof: Proof | Promise<Proof> =
    durationNs < PROBE_TAKES_MS * NS_PER_MS && outlasts === undefined
      ? { text: 'too short to be probed', measurements: {} }
      : probe(cluster, links)
  const add = async (effect: Effect): Promise<Effect> => {
    const { text, measurements, contradiction } = await proof
    return {
      ...effect,
      ...(contradiction === undefined ? {} : { contradiction }),
      summary: `${effect.summary}; ${text}`,
      measurements: { ...effect.measurements, ...measurements },
      links,
    }
  }
  return {
    ...fault,
    // After the probe, so that the first measurement has both.
    measure: async () => {
      await proof
      return add(await fault.measure())
    },
    heal: async () => add(await fault.heal()),
  }
}
