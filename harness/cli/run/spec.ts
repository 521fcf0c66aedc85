/** Builds the RunSpec from the settings of a run: plain data, fully checked before anything starts. */
import crypto from 'node:crypto'
import type { Claims } from '../../api/claims.ts'
import type { PlannedFault } from '../../api/nemesis.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Target } from '../../api/target.ts'
import { planFaults } from '../../engine/fault-plan.ts'
import { readPlannedFaults } from '../../store/run-store.ts'
import { parseInteger } from '../setting.ts'
import { unknownName } from '../unknown-name.ts'
import { claimsOf } from './claims.ts'
import { chooseEnvironment } from './environment.ts'
import { parseExpect } from './expect.ts'
import { chooseNemeses, chooseRecorded, modelsBeyond, narrow } from './nemeses.ts'
import { parseOptions } from './options.ts'
import { requireFit } from './recorded-plan.ts'
import { findNemesis, findTarget, findWorkload, referenceTo } from './registries.ts'
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

/** Several nemeses take turns, unless the user has set when faults happen. */
const planOf = ({ plan, nemesisOpts }: RunSettings, nemeses: number): 'phases' | 'steady' => {
  if (plan !== undefined) return plan
  return nemeses > 1 && !/\binterval=/.test(nemesisOpts ?? '') ? 'phases' : 'steady'
}

/** All faults of the run, planned in advance, so that a nemesis rejects wrong options before anything starts. */
const planned = (spec: RunSpec, { target, environment }: Place, claims: Claims): readonly PlannedFault[] => {
  const nodes = environment.identify(spec.runId, spec.nodes).map(({ name }) => name)
  const nemeses = Object.fromEntries(spec.nemeses.map(({ name }) => [name, findNemesis(name)]))
  const faults = planFaults({ spec, target, nemeses }, nodes, claims, 0).flat()
  if (spec.faults !== undefined) requireFit(faults, nodes, spec.timeLimitMs)
  return faults
}

/** Of all nemeses, those that can plan a fault in this cluster that its claims tolerate, and why the others cannot. */
const withPlans = (spec: RunSpec, place: Place, claims: Claims): BuiltSpec => {
  const narrowed = spec.nemeses.map((each) =>
    narrow(each, place.target.name, claims, (one) => planned({ ...spec, nemeses: [one] }, place, claims)),
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
const leaderlessNote = (target: Target, { nodes, nemeses }: RunSpec): string | null => {
  const aimed = nemeses.map(({ name }) => name).filter((name) => findNemesis(name).followsLeaders === true)
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
  const faults = settings.faults === undefined ? undefined : readPlannedFaults(settings.faults)
  const chosen = faults === undefined ? chooseNemeses(settings, place) : chooseRecorded(settings, faults)
  const asked: RunSpec = {
    schema: 1,
    runId,
    target: referenceTo(targetName),
    targetOptions,
    bug: checkBug(target, settings.bug),
    workload: referenceTo(settings.workload),
    workloadOptions: parseOptions(`workload ${workload.name}`, settings.workloadOpts, workload.options),
    nemeses: chosen.nemeses,
    plan: planOf(settings, chosen.nemeses.length),
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
  requireLaunchable(place, asked)
  requireSupport(place, asked.nemeses)
  const { spec, notes } =
    settings.nemesis === 'all' ? withPlans(asked, place, claims) : { spec: asked, notes: [] }
  const beyond = modelsBeyond(planned(spec, place, claims), claims)
  const warning = `${target.name} does not claim to tolerate ${beyond.join(', ')}: promises broken by these faults are reported, but do not violate its claims.`
  const leaderless = leaderlessNote(target, spec)
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
