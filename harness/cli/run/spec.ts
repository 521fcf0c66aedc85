/** Builds the RunSpec from the settings of a run: plain data, fully checked before anything starts. */
import crypto from 'node:crypto'
import type { Claims } from '../../api/claims.ts'
import type { Environment } from '../../api/environment.ts'
import type { Incident } from '../../api/incident.ts'
import type { PlannedFault, RecordedFault } from '../../api/nemesis.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Target } from '../../api/target.ts'
import { planContextOf, planFaults } from '../../engine/fault-plan.ts'
import { readPlannedFaults } from '../../store/run-store.ts'
import { parseInteger } from '../setting.ts'
import { unknownName } from '../unknown-name.ts'
import { checkClaimedQuorums } from './claimed-quorums.ts'
import { claimsOf } from './claims.ts'
import { chooseEnvironment } from './environment.ts'
import { parseExpect } from './expect.ts'
import { findWorkload } from './find-workload.ts'
import { incidentNemeses, incidentPlan, nemesesAtLeaders, requireAlone } from './incidents.ts'
import { type Chosen, chooseNemeses, chooseRecorded, modelsBeyond, narrow, toleratedWith } from './nemeses.ts'
import { parseOptions } from './options.ts'
import { requireFit } from './recorded-plan.ts'
import { referenceTo } from './reference.ts'
import { findIncident, findNemesis, findTarget } from './registries.ts'
import type { RunSettings } from './settings.ts'
import { type Place, requireSupport, requireVocabulary } from './support.ts'
import { requireLaunches } from './target-shape.ts'

export interface BuiltSpec {
  readonly spec: RunSpec
  /** What the user should know about it, one sentence each. */
  readonly notes: readonly string[]
}

const checkBug = (target: Target, bug: string | undefined): string | null => {
  if (bug === undefined) return null
  const names = target.bugs.map(({ name }) => name)
  if (!names.includes(bug)) throw unknownName(`planted bug of ${target.name}`, bug, names)
  return bug
}

/** The number of nodes, within the target's limits. */
const nodesFor = ({ nodes: limits }: Target, asked: number | undefined): number =>
  asked === undefined ? limits.default : parseInteger('nodes', String(asked), limits.min, limits.max)

/** Several nemeses take turns, unless the user has set when faults happen, or an incident says it. */
const planOf = ({ plan, incident, nemesisOpts }: RunSettings, nemeses: number): 'phases' | 'steady' => {
  if (plan !== undefined) return plan
  if (incident !== undefined) return 'steady'
  return nemeses > 1 && !/\binterval=/.test(nemesisOpts ?? '') ? 'phases' : 'steady'
}

const nodeNames = (environment: Environment, { runId, nodes }: RunSpec): readonly string[] =>
  environment.identify(runId, nodes).map(({ name }) => name)

/** All faults of the run, planned in advance, so that a nemesis rejects wrong options before anything starts. */
const planned = (
  spec: RunSpec,
  { target, environment }: Place,
  claims: Claims,
  incident: Incident | null = null,
): readonly PlannedFault[] => {
  const nodes = nodeNames(environment, spec)
  const nemeses = Object.fromEntries(spec.nemeses.map(({ name }) => [name, findNemesis(name)]))
  const plan = incident === null ? {} : { incident: incidentPlan(incident) }
  const faults = planFaults({ spec, target, nemeses, ...plan }, nodes, claims, 0).flat()
  if (spec.faults !== undefined) requireFit('--faults', faults, nodes, spec.timeLimitMs)
  return faults
}

/** Those of an incident follow from its plan, which needs the rest of the spec. */
const choose = (
  settings: RunSettings,
  recorded: readonly RecordedFault[] | undefined,
  place: Place,
): Chosen => {
  if (settings.incident !== undefined) return { nemeses: [], notes: [] }
  return recorded === undefined ? chooseNemeses(settings, place) : chooseRecorded(settings, recorded)
}

/** The spec with the nemeses of the incident. */
const withIncident = (
  incident: Incident | null,
  asked: RunSpec,
  settings: RunSettings,
  place: Place,
  claims: Claims,
): RunSpec => {
  if (incident === null) return asked
  const { seed } = asked
  const nodes = nodeNames(place.environment, asked)
  const context = planContextOf({ spec: asked, nemeses: {}, target: place.target }, nodes, claims, 0)
  return { ...asked, nemeses: incidentNemeses(incident, context, { seed, settings, place }) }
}

/** Of all nemeses, those that can plan a fault in this cluster that its claims tolerate, and why the others cannot. */
const withPlans = (spec: RunSpec, place: Place, claims: Claims): BuiltSpec => {
  const within = toleratedWith(claims, spec.nodes)
  const narrowed = spec.nemeses.map((each) =>
    narrow(each, place.target.name, within, (one) => planned({ ...spec, nemeses: [one] }, place, claims)),
  )
  return {
    spec: { ...spec, nemeses: narrowed.flatMap(({ nemesis }) => nemesis ?? []) },
    notes: narrowed.flatMap(({ note }) => note ?? []),
  }
}

/** @throws UserError if the target says something impossible about how its nodes are started */
const requireLaunchable = (
  { target, environment }: Place,
  { runId, nodes, targetOptions, bug }: RunSpec,
): void => {
  const names = (target.services?.(targetOptions) ?? []).map(({ name }) => name)
  const plan = {
    nodes: environment.identify(runId, nodes),
    services: environment.identifyServices(runId, names),
    options: targetOptions,
    bug,
  }
  requireLaunches(target.name, plan.nodes, (node) => target.launch(node, plan, (program) => program))
}

/** What a user should know who expects faults at the leader; null: nothing. */
const leaderlessNote = (
  target: Target,
  { nodes, nemeses, incident }: RunSpec,
  faults: readonly PlannedFault[],
): string | null => {
  const ofIncident = nemesesAtLeaders(faults)
  const aimed = nemeses
    .map(({ name }) => name)
    .filter((name) =>
      incident === undefined ? findNemesis(name).followsLeaders === true : ofIncident.has(name),
    )
  if (target.status !== undefined || nodes === 1 || aimed.length === 0) return null
  return `${target.name} has no status, so nobody knows its leader: faults of ${aimed.join(', ')} at the leader hit the node that the seed chooses.`
}

/** @throws UserError (bad usage) if parts do not fit together */
export const buildRunSpec = async (targetName: string, settings: RunSettings): Promise<BuiltSpec> => {
  const target = await findTarget(targetName)
  const workload = await findWorkload(settings.workload)
  const targetOptions = parseOptions(`target ${target.name}`, settings.targetOpts, target.options)
  requireVocabulary(target, targetOptions, workload)
  const claims = claimsOf(target, targetOptions, workload.vocabulary)
  const runId = crypto.randomBytes(4).toString('hex')
  const environment = await chooseEnvironment(settings.env, target, targetOptions)
  const place: Place = { target, targetOptions, environment }
  requireAlone(settings)
  const incident = settings.incident === undefined ? null : await findIncident(settings.incident)
  const faults = settings.faults === undefined ? undefined : readPlannedFaults(settings.faults)
  const chosen = choose(settings, faults, place)
  const drawn: RunSpec = {
    schema: 1,
    runId,
    target: referenceTo(targetName),
    targetOptions,
    bug: checkBug(target, settings.bug),
    workload: referenceTo(settings.workload),
    workloadOptions: parseOptions(`workload ${workload.name}`, settings.workloadOpts, workload.options),
    nemeses: chosen.nemeses,
    plan: planOf(settings, chosen.nemeses.length),
    ...(settings.incident === undefined ? {} : { incident: referenceTo(settings.incident) }),
    ...(faults === undefined ? {} : { faults }),
    environment: environment.name,
    nodes: nodesFor(target, settings.nodes),
    concurrency: settings.concurrency,
    rate: settings.rate,
    timeLimitMs: settings.timeLimitMs,
    operationTimeoutMs: settings.operationTimeoutMs,
    readyTimeoutMs: settings.readyTimeoutMs,
    recoveryTimeoutMs: settings.recoveryTimeoutMs,
    seed: settings.seed ?? crypto.randomInt(2 ** 31),
    clientGroups: settings.clientGroups,
    expect: parseExpect(settings.expect, workload.vocabulary),
    ...(settings.capture ? { capture: true } : {}),
  }
  checkClaimedQuorums(target.name, claims, drawn.nodes)
  const asked = withIncident(incident, drawn, settings, place, claims)
  requireLaunchable(place, asked)
  requireSupport(place, asked.nemeses)
  const { spec, notes } =
    settings.nemesis === 'all' ? withPlans(asked, place, claims) : { spec: asked, notes: [] }
  const plan = planned(spec, place, claims, incident)
  const beyond = modelsBeyond(plan, toleratedWith(claims, spec.nodes))
  const warning = `${target.name} does not claim to tolerate ${beyond.join(', ')}: promises broken by these faults are reported, but do not violate its claims${spec.expect === null ? '' : `; what --expect names counts all the same`}.`
  const leaderless = leaderlessNote(target, spec, plan)
  return {
    spec,
    notes: [
      ...chosen.notes,
      ...notes,
      ...(leaderless === null ? [] : [leaderless]),
      ...(beyond.length === 0 ? [] : [warning]),
    ],
  }
}
