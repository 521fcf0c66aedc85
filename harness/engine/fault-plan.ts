/** Plans the faults of a run before it starts, as a pure function of the spec and of how long a node takes to start. */
import type { Claims } from '../api/claims.ts'
import type { Nemesis, PlanContext, PlannedFault } from '../api/nemesis.ts'
import { assert } from '../support/assert.ts'
import { rngFromSeed } from '../support/random.ts'
import { NS_PER_MS, NS_PER_S } from '../support/time.ts'
import { type Phase, phasesOf, windowsOf } from './phases.ts'
import type { RunParts } from './run-parts.ts'

type Parts = Pick<RunParts, 'spec' | 'nemeses' | 'target' | 'incident'>

/** Start-up times are rounded up to a multiple of this, so that plans do not change with every measurement. */
const START_UP_STEP_NS = 5 * NS_PER_S

/**
 * The time that plans leave a node to start, from the time that the whole cluster took. Quick starts need none: the time
 * between faults is enough, and a node alone starts sooner than all together.
 */
export const plannedStartUpNs = (measuredNs: number): number =>
  measuredNs <= START_UP_STEP_NS ? 0 : Math.ceil(measuredNs / START_UP_STEP_NS) * START_UP_STEP_NS

/** Empty: every nemesis acts all the time. */
export const phasesFor = ({ spec, nemeses }: Parts, startUpNs: number): readonly Phase[] =>
  spec.plan === 'phases'
    ? phasesOf(
        rngFromSeed(spec.seed).fork('phases'),
        spec.nemeses.map(({ name }) => nemeses[name] as Nemesis),
        spec.timeLimitMs * NS_PER_MS,
        startUpNs,
      )
    : []

/** What a plan may depend on, besides the seed. @param startUpNs as for `planFaults` */
export const planContextOf = (
  { spec, nemeses, target }: Parts,
  nodes: readonly string[],
  { tolerates }: Claims,
  startUpNs: number,
): PlanContext => ({
  target,
  targetOptions: spec.targetOptions,
  nodes,
  clientGroups: spec.clientGroups,
  timeLimitNs: spec.timeLimitMs * NS_PER_MS,
  startUpNs,
  tolerates,
  hasDisks: spec.nemeses.some(({ name }) => nemeses[name]?.disks !== undefined),
})

/**
 * The planned faults of each nemesis, in the order of the spec. A recorded plan is used unchanged, after its nemeses have
 * checked it; an incident plans for all of them.
 *
 * @param startUpNs how long a node takes from its start until it is ready; 0: not measured yet
 */
export const planFaults = (
  parts: Parts,
  nodes: readonly string[],
  claims: Claims,
  startUpNs: number,
): readonly (readonly PlannedFault[])[] => {
  const { spec, nemeses, incident } = parts
  const recorded = spec.faults
  if (recorded !== undefined)
    return spec.nemeses.map(({ name }) =>
      recorded
        .filter(({ nemesis }) => nemesis === name)
        .map((fault) => (nemeses[name] as Nemesis).recall(fault)),
    )
  const rng = rngFromSeed(spec.seed)
  const context = planContextOf(parts, nodes, claims, startUpNs)
  if (incident !== undefined) {
    const faults = incident(rng, context)
    const stranger = faults.find(({ nemesis }) => nemeses[nemesis] === undefined)
    assert(
      stranger === undefined,
      `the incident plans ${stranger?.id} only where nodes start slowly: its nemesis was not prepared`,
    )
    return spec.nemeses.map(({ name }) => faults.filter(({ nemesis }) => nemesis === name))
  }
  const phases = phasesFor(parts, startUpNs)
  return spec.nemeses.map(({ name, options }) =>
    (nemeses[name] as Nemesis).plan(
      rng.fork('nemesis', name),
      options,
      phases.length === 0 ? context : { ...context, windows: windowsOf(phases, name) },
    ),
  )
}
