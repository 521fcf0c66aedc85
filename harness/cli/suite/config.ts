/** Reads `faultline.config.ts` (or .js, .yaml) and checks it before anything starts. */
import fs from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Config, RunChoice, Suite } from '../../api/suite.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { parseDurationMs } from '../../support/time.ts'
import { importUserModule } from '../run/user-modules.ts'
import { unknownName } from '../unknown-name.ts'

/** In this order, where no file is named. */
export const CONFIG_NAMES = [
  'faultline.config.ts',
  'faultline.config.js',
  'faultline.config.yaml',
  'faultline.config.yml',
]

const options = z.union([z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))])
const count = z.int().min(0)
const duration = z
  .string()
  .refine((text) => parseDurationMs(text) !== null, 'a duration such as 90s or 2h is expected')

const choice = z
  .strictObject({
    target: z.string(),
    targetOpts: options,
    bug: z.string(),
    workload: z.string(),
    workloadOpts: options,
    incident: z.string(),
    nemesis: z.string(),
    nemesisOpts: options,
    plan: z.string(),
    faults: z.string(),
    env: z.string(),
    nodes: count,
    concurrency: count,
    clientGroups: count,
    rate: count,
    timeLimit: z.string(),
    operationTimeout: z.string(),
    readyTimeout: z.string(),
    recoveryTimeout: z.string(),
    expect: z.string(),
    capture: z.boolean(),
  } satisfies Record<keyof RunChoice, z.ZodType>)
  .partial()

const entries = z.array(z.union([z.string(), choice])).min(1)

const suite = z.strictObject({
  name: z
    .string()
    .regex(
      /^\w[\w.-]*$/,
      'letters, digits, dots and hyphens, and a letter or digit first: it names a folder',
    ),
  targets: z
    .array(z.union([z.string(), choice.refine(({ target }) => target !== undefined, 'names no target')]))
    .min(1),
  workloads: z.union([entries, z.literal('all')]).optional(),
  nemeses: entries.optional(),
  variants: z.array(choice).min(1).optional(),
  settings: choice.optional(),
  exclude: z.array(choice).optional(),
  seeds: z.union([z.int().min(1), z.array(z.int().min(0)).min(1)]).optional(),
  swarm: z.boolean().optional(),
  expectations: z
    .array(z.strictObject({ when: choice, findings: z.array(z.string().min(1)).min(1) }))
    .optional(),
  budget: duration.optional(),
  untilFound: z.boolean().optional(),
  failFast: z.boolean().optional(),
  reproduce: z.int().min(1).optional(),
  shrink: duration.optional(),
} satisfies Record<keyof Suite, z.ZodType>)

const config = z.strictObject({ suites: z.array(suite).min(1) })

/** The configuration, absolute: the given file, or that of this folder. */
export const configFile = (given: string | undefined): string => {
  if (given !== undefined) return path.resolve(given)
  const found = CONFIG_NAMES.find((name) => fs.existsSync(name))
  if (found === undefined)
    throw new UserError(
      `There is no ${CONFIG_NAMES[0]} here. \`faultline init --ci github\` writes one to begin with, and a workflow.`,
    )
  return path.resolve(found)
}

const contentOf = async (file: string): Promise<unknown> => {
  if (!/\.ya?ml$/.test(file)) return importUserModule('configuration', file)
  if (!fs.existsSync(file)) throw new UserError(`There is no configuration at ${file}.`)
  try {
    return parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UserError(`${file} is not YAML: ${messageOf(error)}`)
  }
}

/** The most telling line of each problem: of alternatives, zod tells that none of them fits. */
const problemsIn = ({ issues }: z.ZodError): string =>
  issues.map(({ path: at, message }) => `  ${at.join('.') || 'the default export'}: ${message}`).join('\n')

/** @throws UserError that names each field that is wrong */
export const readConfig = async (given: string | undefined): Promise<Config> => {
  const file = configFile(given)
  const parsed = config.safeParse(await contentOf(file))
  if (parsed.success) return parsed.data as Config
  throw new UserError(`${file} is not a configuration of suites:\n${problemsIn(parsed.error)}`)
}

/** The suite of that name; without a name, the only one. */
export const chooseSuite = ({ suites }: Config, name: string | undefined): Suite => {
  const [first] = suites
  if (name === undefined && suites.length === 1 && first !== undefined) return first
  const names = suites.map((each) => each.name)
  if (name === undefined) throw new UserError(`Which suite? --suite ${names.join(', or --suite ')}`)
  const found = suites.find((each) => each.name === name)
  if (found === undefined) throw unknownName('suite', name, names)
  return found
}
