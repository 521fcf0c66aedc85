/** Who lies in a run: decided by the first fault, since a node that lied once is a traitor for all of the run. */
import type { Cluster, ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import { resolveVictims, type VictimIntent } from './victims.ts'

/** (A cluster is one run's.) */
const traitorsOf = new WeakMap<Cluster, readonly ClusterNode[]>()

const choose = async (
  context: NemesisContext,
  intent: VictimIntent,
  count: number,
): Promise<readonly ClusterNode[]> => {
  const first = await resolveVictims(context, intent)
  const { nodes } = context.cluster
  const others = intent.order.flatMap((name) => nodes.find((node) => node.name === name) ?? [])
  return [...new Set([...first, ...others])].slice(0, Math.max(count, first.length))
}

/** The victims, then others in the order of the intent, until there are as many; the same as in the first fault. */
export const resolveTraitors = async (
  context: NemesisContext,
  intent: VictimIntent & { readonly traitors: number },
): Promise<readonly ClusterNode[]> => {
  const known = traitorsOf.get(context.cluster)
  const chosen = known ?? (await choose(context, intent, intent.traitors))
  traitorsOf.set(context.cluster, chosen)
  return chosen.slice(0, Math.max(intent.traitors, 1))
}
