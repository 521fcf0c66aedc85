/** The command line of `run` made into a RunSpec, every part of it checked before anything is started. */
import crypto from 'node:crypto'
import type { Claims, FaultModel, PromiseName } from '../../api/claims.ts'
import type { Environment } from '../../api/environment.ts'
import type { PlannedFault } from '../../api/nemesis.ts'
import type { Options } from '../../api/options.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Target } from '../../api/target.ts'
import type { Vocabulary } from '../../api/vocabulary.ts'
import { planFaults } from '../../engine/fault-plan.ts'
import { preferredEnvironment } from '../../environments/auto.ts'
import { readPlannedFaults } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { formatDurationMs, NS_PER_MS, parseDurationMs } from '../../support/time.ts'
import { parseOptions, splitNemesisOptions } from './options.ts'
import {
  environments,
  findEnvironment,
  findNemesis,
  findTarget,
  findWorkload,
  nemeses,
  targetReference,
  unknownName,
} from './registries.ts'

/** As commander hands them over: text, or undefined where not given. */
export interface RunFlags {
  readonly workload: string
  readonly nemesis?: string
  readonly env: string
  readonly nodes?: string
  readonly concurrency: string
  readonly rate: string
  readonly timeLimit: string
  readonly operationTimeout: string
  readonly readyTimeout: string
  readonly recoveryTimeout: string
  readonly seed?: string
  readonly bug?: string
  readonly expect?: string
  readonly targetOpts?: string
  readonly workloadOpts?: string
  readonly nemesisOpts?: string
  readonly faults?: string
}

const MAX_NODES = 50
const DEFAULT_CLIENT_GROUPS = 2

const integer = (name: string, text: string, min: number, max = Number.MAX_SAFE_INTEGER): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UserError(
      `--${name} ${text}: a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`} is expected.`,
    )
  }
  return value
}

const duration = (name: string, text: string): number => {
  const ms = parseDurationMs(text)
  if (ms === null || ms <= 0)
    throw new UserError(`--${name} ${text}: a duration such as 500ms, 90s or 5m is expected.`)
  return ms
}

const chooseEnvironment = async (name: string, target: Target, options: Options): Promise<Environment> =>
  name === 'auto' ? preferredEnvironment(Object.values(environments), target, options) : findEnvironment(name)

const parseExpect = (text: string | undefined, { name, promises }: Vocabulary): PromiseName | null => {
  if (text === undefined) return null
  const known = promises.find((candidate) => candidate === text)
  if (known === undefined) throw unknownName(`promise for ${name}`, text, promises)
  return known
}

const checkBug = (target: Target, bug: string | undefined): string | null => {
  if (bug === undefined) return null
  const names = target.bugs.map(({ name }) => name)
  if (!names.includes(bug)) throw unknownName(`planted bug of ${target.name}`, bug, names)
  return bug
}

/** What a nemesis needs that the environment does not provide here. */
const missingFor = (
  target: Target,
  environment: Environment,
  targetOptions: Options,
  name: string,
  options: Options,
): readonly string[] => {
  const ofTarget = findNemesis(name).needsOfTarget?.(target, targetOptions) ?? null
  if (ofTarget !== null) return [ofTarget]
  const needs = [...findNemesis(name).needs, ...(options.method === 'freezer' ? (['freezer'] as const) : [])]
  return needs.flatMap((fault) => {
    const why = environment.lacks(fault)
    return why === null ? [] : [`${fault}: ${why}`]
  })
}

const checkSupport = (target: Target, environment: Environment, spec: RunSpec): void => {
  const why = environment.whyNotFor(target, spec.targetOptions)
  if (why !== null) throw new UserError(why)
  for (const { name, options } of spec.nemeses) {
    const missing = missingFor(target, environment, spec.targetOptions, name, options)
    if (missing.length === 0) continue
    throw new UserError(
      `The nemesis ${name} cannot be used here: ${missing.join('; ')}. \`faultline doctor\` says what this machine can do.`,
    )
  }
}

interface Chosen {
  readonly nemeses: RunSpec['nemeses']
  readonly notes: readonly string[]
}

const withOptions = (flags: RunFlags, names: readonly string[]): RunSpec['nemeses'] => {
  const options = splitNemesisOptions(flags.nemesisOpts, names, (name) => findNemesis(name).options)
  return names.map((name) => ({
    name,
    options: parseOptions(`nemesis ${name}`, options.get(name), findNemesis(name).options),
  }))
}

/** `all`: whatever the environment supports; what it does not is said. */
const chooseNemeses = (
  flags: RunFlags,
  target: Target,
  targetOptions: Options,
  environment: Environment,
): Chosen => {
  const asked = (flags.nemesis ?? '').split(',').filter((name) => name !== '' && name !== 'none')
  const twice = asked.find((name, at) => asked.indexOf(name) !== at)
  if (twice !== undefined) throw new UserError(`--nemesis names ${twice} twice.`)
  const wantsAll = asked.includes('all')
  if (wantsAll && asked.length > 1) throw new UserError('--nemesis all leaves nothing to be named beside it.')
  const names = wantsAll ? Object.keys(nemeses) : asked
  const chosen = withOptions(flags, names)
  if (!wantsAll) return { nemeses: chosen, notes: [] }
  const missing = (name: string, given: Options): readonly string[] =>
    missingFor(target, environment, targetOptions, name, given)
  return {
    nemeses: chosen.filter((each) => missing(each.name, each.options).length === 0),
    notes: chosen.flatMap((each) => {
      const lacks = missing(each.name, each.options)
      if (lacks.length === 0) return []
      return [`${each.name} is left out: ${lacks.join('; ')}.`]
    }),
  }
}

/** The nemeses of a recorded plan. What they do is in it; how a disk is made is not, so options are heard. */
const chooseRecorded = (flags: RunFlags, faults: readonly PlannedFault[]): Chosen => {
  const names = [...new Set(faults.map(({ nemesis }) => nemesis))]
  return { nemeses: withOptions(flags, names), notes: [] }
}

/** A recorded plan names nodes and times: both must be there. */
const checkRecorded = (faults: readonly PlannedFault[], spec: RunSpec, nodes: readonly string[]): void => {
  for (const { id, atNs, durationNs, intent } of faults) {
    const unknown = (Array.isArray(intent.order) ? (intent.order as string[]) : []).find(
      (name) => !nodes.includes(name),
    )
    if (unknown !== undefined)
      throw new UserError(
        `--faults: ${id} names ${unknown}, and the cluster has ${nodes.join(', ')}: see --nodes.`,
      )
    if (atNs + durationNs > spec.timeLimitMs * NS_PER_MS)
      throw new UserError(
        `--faults: ${id} ends after ${formatDurationMs(Math.ceil((atNs + durationNs) / NS_PER_MS))}, beyond --time-limit.`,
      )
  }
}

export interface BuiltSpec {
  readonly spec: RunSpec
  /** What the user should know of it. */
  readonly notes: readonly string[]
}

/** @throws UserError (255) for whatever does not fit together. */
export const buildRunSpec = async (targetName: string, flags: RunFlags): Promise<BuiltSpec> => {
  const target = await findTarget(targetName)
  const workload = findWorkload(flags.workload)
  const runId = crypto.randomBytes(4).toString('hex')
  if (target.clients[workload.vocabulary.name] === undefined) {
    throw new UserError(
      `${target.name} does not speak the ${workload.vocabulary.name} vocabulary, which the workload ${workload.name} needs. ` +
        `It speaks: ${Object.keys(target.clients).join(', ') || 'none'}.`,
    )
  }
  if (flags.faults !== undefined && flags.nemesis !== undefined)
    throw new UserError('--faults names its nemeses itself: leave --nemesis out.')
  const targetOptions = parseOptions(`target ${target.name}`, flags.targetOpts, target.options)
  const environment = await chooseEnvironment(flags.env, target, targetOptions)
  const lacks = target.lacks?.(workload.vocabulary, targetOptions) ?? null
  if (lacks !== null)
    throw new UserError(`${target.name} cannot run the workload ${workload.name}: ${lacks}.`)
  const faults = flags.faults === undefined ? undefined : readPlannedFaults(flags.faults)
  const chosen =
    faults === undefined
      ? chooseNemeses(flags, target, targetOptions, environment)
      : chooseRecorded(flags, faults)
  const spec: RunSpec = {
    schema: 1,
    runId,
    target: targetReference(targetName),
    targetOptions,
    bug: checkBug(target, flags.bug),
    workload: workload.name,
    workloadOptions: parseOptions(`workload ${workload.name}`, flags.workloadOpts, workload.options),
    nemeses: chosen.nemeses,
    ...(faults === undefined ? {} : { faults }),
    environment: environment.name,
    nodes:
      flags.nodes === undefined
        ? target.nodes.default
        : integer('nodes', flags.nodes, target.nodes.min, target.nodes.max ?? MAX_NODES),
    concurrency: integer('concurrency', flags.concurrency, 1, 10_000),
    rate: integer('rate', flags.rate, 0),
    timeLimitMs: duration('time-limit', flags.timeLimit),
    operationTimeoutMs: duration('operation-timeout', flags.operationTimeout),
    readyTimeoutMs: duration('ready-timeout', flags.readyTimeout),
    recoveryTimeoutMs: duration('recovery-timeout', flags.recoveryTimeout),
    seed: flags.seed === undefined ? crypto.randomInt(2 ** 31) : integer('seed', flags.seed, 0),
    clientGroups: DEFAULT_CLIENT_GROUPS,
    expect: parseExpect(flags.expect, workload.vocabulary),
  }
  checkSupport(target, environment, spec)
  const beyond = modelsBeyond(validatePlan(spec, target, environment), target.claims(spec.targetOptions))
  const warning = `${target.name} does not claim to live with ${beyond.join(', ')}: what that breaks is reported, not held against it.`
  return { spec, notes: beyond.length === 0 ? chosen.notes : [...chosen.notes, warning] }
}

/** What is planned and not tolerated at all. */
const modelsBeyond = (faults: readonly PlannedFault[], { tolerates }: Claims): readonly FaultModel[] => [
  ...new Set(faults.map(({ model }) => model).filter((model) => tolerates[model] === undefined)),
]

/** Plans once beforehand, so that a nemesis's complaint about its options comes before anything is started. */
const validatePlan = (spec: RunSpec, target: Target, environment: Environment): readonly PlannedFault[] => {
  const nodes = environment.identify(spec.runId, spec.nodes).map(({ name }) => name)
  if (spec.faults !== undefined) checkRecorded(spec.faults, spec, nodes)
  return planFaults(
    { spec, target, nemeses: Object.fromEntries(spec.nemeses.map(({ name }) => [name, findNemesis(name)])) },
    nodes,
    target.claims(spec.targetOptions),
  ).flat()
}
