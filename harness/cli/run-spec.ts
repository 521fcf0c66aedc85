/** The command line of `run` made into a RunSpec, every part of it checked before anything is started. */
import crypto from 'node:crypto'
import { execaSync } from 'execa'
import type { Consistency, Environment, RunSpec, Target } from '../api.ts'
import { planFaults } from '../engine/lifecycle.ts'
import { isDockerReachable } from '../environments/docker/daemon.ts'
import { dockerEnvironment } from '../environments/docker/environment.ts'
import { namespaces } from '../environments/namespaces/environment.ts'
import { UserError } from '../support/assert.ts'
import { parseDurationMs } from '../support/time.ts'
import { parseOptions, splitNemesisOptions } from './options.ts'
import { findNemesis, findTarget, findWorkload, targetReference, unknownName } from './registries.ts'

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
}

const EXPECTATIONS: readonly Consistency[] = ['linearizable', 'consistent-prefix']
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

export const environmentFor = (name: string, runId: string): Environment => {
  if (name === 'namespaces') return namespaces
  if (name === 'docker') return dockerEnvironment(runId)
  throw unknownName('environment', name, ['auto', 'namespaces', 'docker'])
}

/** auto: docker where the daemon answers and the target has an image, else namespaces. */
const chooseEnvironment = async (name: string, target: Target): Promise<string> => {
  if (name !== 'auto') return name
  return target.image !== undefined && (await isDockerReachable()) ? 'docker' : 'namespaces'
}

const parseExpect = (text: string | undefined): Consistency | null => {
  if (text === undefined) return null
  const known = EXPECTATIONS.find((candidate) => candidate === text)
  if (known === undefined) throw unknownName('promise', text, EXPECTATIONS)
  return known
}

const checkBug = (target: Target, bug: string | undefined): string | null => {
  if (bug === undefined) return null
  const names = target.bugs.map(({ name }) => name)
  if (!names.includes(bug)) throw unknownName(`planted bug of ${target.name}`, bug, names)
  return bug
}

const checkSupport = (environment: Environment, spec: RunSpec): void => {
  for (const { name, options } of spec.nemeses) {
    const needs = [
      ...findNemesis(name).needs,
      ...(options.method === 'freezer' ? (['freezer'] as const) : []),
    ]
    const missing = needs.filter((fault) => !environment.supports.has(fault))
    if (missing.length === 0) continue
    throw new UserError(
      `The nemesis ${name} needs ${missing.join(', ')}, which the ${environment.name} environment does not provide here. ` +
        '`faultline doctor` says what would.',
    )
  }
}

const commitOf = (): string => {
  const result = execaSync('git', ['describe', '--always', '--dirty'], { reject: false })
  return result.exitCode === 0 ? result.stdout : 'unknown'
}

const parseNemeses = (flags: RunFlags): RunSpec['nemeses'] => {
  const names = (flags.nemesis ?? '').split(',').filter((name) => name !== '' && name !== 'none')
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new UserError(`--nemesis names ${twice} twice.`)
  const options = splitNemesisOptions(flags.nemesisOpts, names, (name) => findNemesis(name).options)
  return names.map((name) => ({
    name,
    options: parseOptions(`nemesis ${name}`, options.get(name), findNemesis(name).options),
  }))
}

/** @throws UserError (255) for whatever does not fit together. */
export const buildRunSpec = async (targetName: string, flags: RunFlags): Promise<RunSpec> => {
  const target = await findTarget(targetName)
  const workload = findWorkload(flags.workload)
  const runId = crypto.randomBytes(4).toString('hex')
  if (target.clients[workload.vocabulary] === undefined) {
    throw new UserError(
      `${target.name} does not speak the ${workload.vocabulary} vocabulary, which the workload ${workload.name} needs. ` +
        `It speaks: ${Object.keys(target.clients).join(', ') || 'none'}.`,
    )
  }
  const spec: RunSpec = {
    schema: 1,
    runId,
    target: targetReference(targetName),
    targetOptions: parseOptions(`target ${target.name}`, flags.targetOpts, target.options),
    bug: checkBug(target, flags.bug),
    workload: workload.name,
    workloadOptions: parseOptions(`workload ${workload.name}`, flags.workloadOpts, workload.options),
    nemeses: parseNemeses(flags),
    environment: await chooseEnvironment(flags.env, target),
    nodes:
      flags.nodes === undefined
        ? target.nodes.default
        : integer('nodes', flags.nodes, target.nodes.min, MAX_NODES),
    concurrency: integer('concurrency', flags.concurrency, 1, 10_000),
    rate: integer('rate', flags.rate, 0),
    timeLimitMs: duration('time-limit', flags.timeLimit),
    operationTimeoutMs: duration('operation-timeout', flags.operationTimeout),
    readyTimeoutMs: duration('ready-timeout', flags.readyTimeout),
    recoveryTimeoutMs: duration('recovery-timeout', flags.recoveryTimeout),
    seed: flags.seed === undefined ? crypto.randomInt(2 ** 31) : integer('seed', flags.seed, 0),
    clientGroups: DEFAULT_CLIENT_GROUPS,
    expect: parseExpect(flags.expect),
    commit: commitOf(),
  }
  const environment = environmentFor(spec.environment, runId)
  checkSupport(environment, spec)
  validatePlan(spec, target, environment)
  return spec
}

/** Plans once for nothing, so that a nemesis's complaint about its options comes before anything is started. */
const validatePlan = (spec: RunSpec, target: Target, environment: Environment): void => {
  const nodes = environment.identify(spec.nodes).map(({ name }) => name)
  planFaults(
    { spec, nemeses: Object.fromEntries(spec.nemeses.map(({ name }) => [name, findNemesis(name)])) },
    nodes,
    target.claims(spec.targetOptions),
  )
}
