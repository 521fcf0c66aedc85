/** Plans the faults of a run before it starts, as a pure function of the spec. */
import type { Claims } from '../api/claims.ts'
import type { Nemesis, PlannedFault } from '../api/nemesis.ts'
import { rngFromSeed } from '../support/random.ts'
import { NS_PER_MS } from '../support/time.ts'
import type { RunParts } from './run-parts.ts'

/**
 * The planned faults of each nemesis, in the order of the spec. A recorded plan is used unchanged, after its nemeses have
 * checked it.
 */
export const planFaults = (
  parts: Pick<RunParts, 'spec' | 'nemeses' | 'target'>,
  nodes: readonly string[],
  claims: Claims,
): readonly (readonly PlannedFault[])[] => {
  const { spec, nemeses } = parts
  const recorded = spec.faults
  if (recorded !== undefined)
    return spec.nemeses.map(({ name }) =>
      recorded
        .filter(({ nemesis }) => nemesis === name)
        .map((fault) => (nemeses[name] as Nemesis).recall(fault)),
    )
  const rng = rngFromSeed(spec.seed)
  return spec.nemeses.map(({ name, options }) =>
    (nemeses[name] as Nemesis).plan(rng.fork('nemesis', name), options, {
      target: parts.target,
      targetOptions: spec.targetOptions,
      nodes,
      clientGroups: spec.clientGroups,
      timeLimitNs: spec.timeLimitMs * NS_PER_MS,
      tolerates: claims.tolerates,
    }),
  )
}
