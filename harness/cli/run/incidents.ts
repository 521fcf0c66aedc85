/** The incident of a run: its plan as faults that its nemeses have checked, and whether it can be made here. */
import { z } from 'zod'
import type { Incident, IncidentContext, IncidentFault, IncidentPlan } from '../../api/incident.ts'
import type { PlannedFault } from '../../api/nemesis.ts'
import type { Rng } from '../../api/random.ts'
import type { RunSpec } from '../../api/record.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { rngFromSeed } from '../../support/random.ts'
import { formatDurationMs } from '../../support/time.ts'
import { withOptions } from './nemeses.ts'
import { requireFit } from './recorded-plan.ts'
import { findNemesis } from './registries.ts'
import type { RunSettings } from './settings.ts'
import { missingFor, type Place } from './support.ts'

const ns = z.number().min(0)
const MOMENTS = ['acknowledged', 'new-leader', 'new-leader-serves', 'answers-again'] as const

/** Plans of users' modules have no types at run time. */
const plannedFaults = z.array(
  z.strictObject({
    nemesis: z.string(),
    atNs: ns,
    durationNs: ns,
    intent: z.record(z.string(), z.unknown()),
    trigger: z
      .strictObject({ moment: z.enum(MOMENTS), times: z.int().min(1), withinNs: ns })
      .readonly()
      .exactOptional(),
    outlasts: z.strictObject({ thenNs: ns, withinNs: ns }).readonly().exactOptional(),
    latestNs: ns.exactOptional(),
  }),
) satisfies z.ZodType<readonly IncidentFault[]>

/** @throws UserError that names the fault and the field */
const requireFaults = ({ name }: Incident, plan: unknown): readonly IncidentFault[] => {
  const read = plannedFaults.safeParse(plan)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const [at, ...field] = issue?.path ?? []
  const where = at === undefined ? 'The plan' : `Fault ${Number(at) + 1} of the plan`
  throw new UserError(
    `${where} of the incident ${name} is not one: ${[...field, issue?.message].join(': ')}. See IncidentFault in harness/api/incident.ts.`,
  )
}

/** Drawn twice, because a plan that also depends on something else could not be repeated. @throws UserError */
const drawnPlan = (incident: Incident, rng: Rng, context: IncidentContext): readonly IncidentFault[] => {
  const { name } = incident
  const draw = (): string => {
    try {
      return JSON.stringify(incident.plan(rng.fork('incident', name), context) ?? null)
    } catch (error) {
      throw new UserError(`The incident ${name} cannot be planned: ${messageOf(error)}`)
    }
  }
  const plan = draw()
  if (plan !== draw())
    throw new UserError(
      `The incident ${name} has another plan each time, and a seed could not repeat it: draw from rng, and from nothing else.`,
    )
  return requireFaults(incident, JSON.parse(plan))
}

/** Draws the plan, and lets the nemeses complete its faults, which are numbered as those that nemeses plan. */
export const incidentPlan =
  (incident: Incident): IncidentPlan =>
  (rng, context) => {
    const counts = new Map<string, number>()
    const idOf = (nemesis: string): string => {
      const count = (counts.get(nemesis) ?? 0) + 1
      counts.set(nemesis, count)
      return `${nemesis}-${count}`
    }
    return drawnPlan(incident, rng, context)
      .toSorted((a, b) => a.atNs - b.atNs)
      .map((fault) => findNemesis(fault.nemesis).recall({ id: idOf(fault.nemesis), ...fault }))
  }

/** @throws UserError if the cluster is too small for it, or lacks something else */
const requireCluster = (incident: Incident, context: IncidentContext): void => {
  const { name, leastNodes } = incident
  const count = context.nodes.length
  if (count < leastNodes)
    throw new UserError(
      `The incident ${name} needs ${leastNodes} nodes or more, and the cluster has ${count}: see --nodes.`,
    )
  const lacks = incident.lacks?.(context) ?? null
  if (lacks !== null) throw new UserError(`The incident ${name} cannot be made here: ${lacks}.`)
}

/** @throws UserError for the first nemesis of the incident that cannot be used here */
const requireNemeses = ({ name }: Incident, place: Place, nemeses: RunSpec['nemeses']): void => {
  for (const each of nemeses) {
    const missing = missingFor(place, each.name, each.options)
    if (missing.length === 0) continue
    throw new UserError(
      `The incident ${name} cannot be made here, because it needs the nemesis ${each.name}: ${missing.join('; ')}. \`faultline doctor\` says what this machine can do; another target, --target-opts or --env may have what is missing.`,
    )
  }
}

/** The nemeses that make its faults, with their options. */
const nemesesOf = ({ name }: Incident, faults: readonly PlannedFault[], settings: RunSettings) => {
  if (faults.length === 0)
    throw new UserError(
      `The incident ${name} does not fit into ${formatDurationMs(settings.timeLimitMs)}: raise --time-limit.`,
    )
  return withOptions(settings.nemesisOpts, [...new Set(faults.map((fault) => fault.nemesis))])
}

/** The nemeses of faults that are aimed at whoever leads. */
export const nemesesAtLeaders = (faults: readonly PlannedFault[]): ReadonlySet<string> => {
  const aimed = faults.filter(
    ({ intent: { victims, shape } }) => victims === 'leader' || String(shape).startsWith('leader'),
  )
  return new Set(aimed.map(({ nemesis }) => nemesis))
}

/** @throws UserError if the settings also determine the faults in another way */
export const requireAlone = ({ incident, nemesis, faults, plan }: RunSettings): void => {
  const beside = Object.entries({ nemesis, faults, plan }).find(([, value]) => value !== undefined)
  if (incident !== undefined && beside !== undefined)
    throw new UserError(`--incident already determines the faults and their times: omit --${beside[0]}.`)
}

/**
 * The nemeses of a run of the incident.
 *
 * @param context without what only the running cluster tells: nodes start at once
 * @throws UserError that says why it cannot be made here, and what to do
 */
export const incidentNemeses = (
  incident: Incident,
  context: IncidentContext,
  { seed, settings, place }: { readonly seed: number; readonly settings: RunSettings; readonly place: Place },
): RunSpec['nemeses'] => {
  requireCluster(incident, context)
  const faults = incidentPlan(incident)(rngFromSeed(seed), context)
  requireFit(`The incident ${incident.name}`, faults, context.nodes, settings.timeLimitMs)
  const nemeses = nemesesOf(incident, faults, settings)
  requireNemeses(incident, place, nemeses)
  return nemeses
}
