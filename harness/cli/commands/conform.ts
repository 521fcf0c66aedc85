/** `faultline conform`: whether a target keeps its contract, before anybody trusts the verdicts of its runs. */
import fs from 'node:fs'
import path from 'node:path'
import { workloads } from '../../../workloads/index.ts'
import type { Target } from '../../api/target.ts'
import type { Workload } from '../../api/workload.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { parseJson } from '../../support/json.ts'
import type { Finding } from '../conform/findings.ts'
import { judgeClients } from '../conform/judge-clients.ts'
import { judgeTarget } from '../conform/judge-target.ts'
import type { Observations } from '../conform/observations.ts'
import { tableOf } from '../conform/table.ts'
import { OBSERVATIONS_FILE } from '../run/controller.ts'
import { findWorkload } from '../run/find-workload.ts'
import { parseOptions } from '../run/options.ts'
import { findTarget } from '../run/registries.ts'
import { RUN_SETTINGS, type RunSettings } from '../run/settings.ts'
import { buildRunSpec } from '../run/spec.ts'
import { supervise } from '../run/supervise.ts'
import { parseSettings } from '../setting.ts'
import { unknownName } from '../unknown-name.ts'

interface ConformSettings
  extends Pick<
    RunSettings,
    'env' | 'nodes' | 'targetOpts' | 'readyTimeoutMs' | 'seed' | 'logLevel' | 'showLog'
  > {
  readonly vocabulary: string | undefined
  readonly workload: string | undefined
  readonly out: string
  readonly format: 'text' | 'json'
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** What is to be tested, and what cannot be. */
interface Chosen {
  readonly names: readonly string[]
  readonly untested: readonly Finding[]
}

/** Each vocabulary of the target, by the first workload that asks its calls. */
const choose = (target: Target, { vocabulary, targetOpts }: ConformSettings): Chosen => {
  const spoken = Object.keys(target.clients)
  const asked = vocabulary?.split(',') ?? spoken
  const options = parseOptions(`target ${target.name}`, targetOpts, target.options)
  const names: string[] = []
  const untested: Finding[] = []
  const skip = (subject: string, note: string): void => {
    untested.push({ subject, check: 'client', result: 'not tested', note })
  }
  for (const name of asked) {
    if (!spoken.includes(name)) throw unknownName(`vocabulary of ${target.name}`, name, spoken)
    const workload: Workload | undefined = Object.values(workloads).find(
      (each) => each.vocabulary.name === name,
    )
    const lacks = workload === undefined ? null : (target.lacks?.(workload.vocabulary, options) ?? null)
    if (workload === undefined) skip(name, 'no bundled workload asks its calls: name one of yours with -w')
    else if (lacks !== null) skip(name, lacks)
    else names.push(workload.name)
  }
  return { names, untested }
}

const chooseFor = async (target: Target, settings: ConformSettings): Promise<Chosen> => {
  if (settings.workload === undefined) return choose(target, settings)
  await findWorkload(settings.workload)
  return { names: [settings.workload], untested: [] }
}

export const conformCommand = async (targetName: string, settings: ConformSettings): Promise<number> => {
  const target = await findTarget(targetName)
  const { names, untested } = await chooseFor(target, settings)
  const [first] = names
  if (first === undefined)
    throw new UserError(
      `${target.name}: no client can be tested. ${untested.map(({ note }) => note).join('; ')}`,
    )
  const { env, nodes, targetOpts, readyTimeoutMs, seed } = settings
  const asked = { env, nodes, targetOpts, readyTimeoutMs, seed, workload: first }
  const { spec } = await buildRunSpec(targetName, { ...parseSettings(RUN_SETTINGS, {}), ...asked })
  say(`${target.name} on ${spec.nodes} nodes (${spec.environment}): ${names.join(', ')}`)
  const { runDir, code } = await supervise({
    spec,
    target,
    workload: await findWorkload(first),
    conform: names,
    results: path.join(settings.out, 'conform'),
    freeze: null,
    watching: null,
    quiet: false,
    log: { level: settings.logLevel, show: settings.showLog },
    say,
  })
  if (code !== 0)
    throw new UserError(
      `The target could not be tested (its folder: ${runDir}).`,
      code === EXIT_CODES.badUsage ? code : EXIT_CODES.harnessFailed,
    )
  const seen = parseJson(fs.readFileSync(path.join(runDir, OBSERVATIONS_FILE), 'utf8')) as Observations
  const findings = [...judgeTarget(seen), ...judgeClients(seen), ...untested]
  const wrong = findings.filter(({ result }) => result === 'wrong').length
  const conforms = wrong === 0
  if (settings.format === 'json')
    process.stdout.write(`${JSON.stringify({ target: target.name, conforms, runDir, findings })}\n`)
  else
    process.stdout.write(
      `${tableOf(findings)}\n${target.name} ${conforms ? 'conforms' : `does not conform: ${wrong} of ${findings.length} checks are wrong`}\n`,
    )
  return conforms ? EXIT_CODES.valid : EXIT_CODES.invalid
}
