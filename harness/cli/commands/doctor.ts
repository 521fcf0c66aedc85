/** `faultline doctor`: what works on this machine, what is missing, and how to provide it. */
import fs from 'node:fs'
import { nemeses } from '../../../nemeses/index.ts'
import { targets } from '../../../targets/index.ts'
import type { Environment, Finding } from '../../api/environment.ts'
import type { Nemesis } from '../../api/nemesis.ts'
import type { ProgramSource } from '../../api/programs.ts'
import { environments } from '../../environments/index.ts'
import { describeSource, lacksFor, presentProgram } from '../../environments/programs/obtain.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { defaultsOf } from '../run/options.ts'
import { programsOf } from '../run/programs.ts'

interface Checked {
  readonly environment: Environment
  readonly usable: boolean
  readonly findings: readonly Finding[]
}

const checkEnvironment = async (environment: Environment): Promise<Checked> => {
  const why = await environment.whyNot()
  const itself = { what: `environment ${environment.name}`, ok: why === null, note: why ?? environment.means }
  return { environment, usable: why === null, findings: [...(await environment.inspect()), itself] }
}

/** Checks the capabilities that the nemesis needs from the environment. */
const checkNemesis = async (
  { name, needs, uses = [] }: Nemesis,
  environment: Environment,
): Promise<Finding> => {
  const examined = await Promise.all(needs.map((need) => environment.examine(need)))
  const missing = examined.filter(({ ok }) => !ok)
  const more = (await Promise.all(uses.map((each) => environment.examine(each)))).filter(({ ok }) => ok)
  const told = missing.length > 0 ? missing : [...examined, ...more]
  return { what: `nemesis ${name}`, ok: missing.length === 0, note: told.map(({ note }) => note).join('; ') }
}

/** One line if the environments agree; otherwise one for each. */
const checkInAll = async (nemesis: Nemesis, among: readonly Environment[]): Promise<readonly Finding[]> => {
  const findings = await Promise.all(among.map((environment) => checkNemesis(nemesis, environment)))
  const distinct = new Set(findings.map(({ ok, note }) => `${ok} ${note}`))
  if (distinct.size <= 1) return findings.slice(0, 1)
  return findings.map((finding, i) => ({ ...finding, what: `${finding.what} in ${among[i]?.name}` }))
}

const checkProgram = async (target: string, name: string, source: ProgramSource): Promise<Finding> => {
  const what = `target ${target}`
  const found = presentProgram(name, source)
  if (found !== null) return { what, ok: true, note: found }
  const missing = await lacksFor(source)
  if (missing !== null) return { what, ok: false, note: `${name} (${describeSource(source)}): ${missing}` }
  const how = typeof source === 'string' ? 'downloaded from' : 'obtained:'
  return { what, ok: true, note: `${name} will be ${how} ${describeSource(source)} when first needed` }
}

const checkTargets = (): Promise<readonly Finding[]> =>
  Promise.all(
    Object.values(targets).flatMap((target) =>
      Object.entries(programsOf(target, defaultsOf(target.options))).map(([name, source]) =>
        checkProgram(target.name, name, source),
      ),
    ),
  )

const checkMachine = (): readonly Finding[] => [
  {
    what: 'Linux',
    ok: process.platform === 'linux',
    note:
      process.platform === 'linux'
        ? fs.readFileSync('/proc/sys/kernel/osrelease', 'latin1').trim()
        : 'faultline injects faults into Linux processes only',
  },
  {
    what: 'root',
    ok: process.getuid?.() === 0,
    note:
      process.getuid?.() === 0
        ? 'yes'
        : 'not root: no docker set-up; cgroups only where a user may make them',
  },
  { what: 'Node', ok: Number(process.versions.node.split('.')[0]) >= 24, note: process.version },
]

export const doctorCommand = async ({ json }: { readonly json: boolean }): Promise<number> => {
  const checked = await Promise.all(Object.values(environments).map(checkEnvironment))
  const usable = checked.filter((each) => each.usable)
  const among = (usable.length === 0 ? checked : usable).map(({ environment }) => environment)
  const table = [
    ...checkMachine(),
    ...checked.flatMap(({ findings }) => findings),
    ...(await Promise.all(Object.values(nemeses).map((nemesis) => checkInAll(nemesis, among)))).flat(),
    ...(await checkTargets()),
  ]
  if (json) process.stdout.write(`${JSON.stringify(table)}\n`)
  else
    for (const { what, ok, note } of table)
      process.stdout.write(`${ok ? 'yes' : 'no '}  ${what.padEnd(24)} ${note}\n`)
  return usable.length > 0 ? EXIT_CODES.valid : EXIT_CODES.harnessFailed
}
