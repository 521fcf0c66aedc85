/**
 * Targets from modules, checked when they are loaded: a default export has no type at run time, and a part that is missing
 * or misspelt would fail much later, or do nothing.
 */
import os from 'node:os'
import { z } from 'zod'
import type { ByzantineProtocol, LaunchSpec, NodeIdentity, ProcessSpec, Target } from '../../api/target.ts'
import { LIE_KINDS } from '../../faults/relay/kinds.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { hintAt } from '../unknown-name.ts'
import { programsShape } from './programs.ts'

const callable = z.custom<(...given: never[]) => unknown>(
  (value) => typeof value === 'function',
  'a function is needed',
)

const optionSpec = z.strictObject({
  type: z.enum(['string', 'number', 'share', 'boolean', 'duration']),
  default: z.union([z.string(), z.number(), z.boolean()]),
  choices: z.array(z.string()).optional(),
  description: z.string(),
  untold: z.string().optional(),
})

/** Resources as prlimit(1) names them. */
const LIMITS =
  'as core cpu data fsize memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' ')
const PROCESS_NAME = /^[\w.-]+$/

const setting = z.strictObject({ option: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })

const ports = z.array(z.int().min(1).max(65_535))

const TARGET = {
  name: z.string().min(1),
  description: z.string(),
  options: z.record(z.string(), optionSpec),
  nodes: z.strictObject({
    default: z.int().min(1),
    min: z.int().min(1),
    max: z.int().min(1).optional(),
  }),
  bugs: z.array(z.looseObject({ name: z.string() })),
  versions: z.strictObject({ option: z.string(), values: z.array(z.unknown()) }).optional(),
  mistakes: z.array(setting).optional(),
  image: z.string().optional(),
  hostFiles: z.array(z.string()).optional(),
  programs: programsShape,
  claims: callable,
  lacks: callable.optional(),
  loggedMessages: callable.optional(),
  services: callable.optional(),
  clients: z.record(z.string(), z.looseObject({ open: callable })),
  simulation: callable.optional(),
  launch: callable,
  ready: callable,
  status: callable.optional(),
  restartsAfterMs: z.number().min(0).optional(),
  setUp: callable.optional(),
  requires: z
    .strictObject({
      root: z.literal(true).optional(),
      diskBytes: z.number().min(0).optional(),
      memoryBytes: z.number().min(0).optional(),
    })
    .optional(),
  byzantine: z
    .strictObject({
      peerPorts: ports,
      clientPorts: ports,
      codec: z.string().startsWith('/', 'an absolute path is needed'),
      epoch: z.string().min(1).optional(),
      lies: z.record(z.string(), z.strictObject({ kind: z.enum(LIE_KINDS), description: z.string() })),
      secrets: callable.optional(),
    } satisfies Record<keyof ByzantineProtocol, z.ZodType>)
    .optional(),
  changeMembers: callable.optional(),
} satisfies Record<keyof Target, z.ZodType>

/** Targets may have parts of their own, but not such as look like a misspelt one. */
const targetShape = z.looseObject(TARGET)

const processShape = z.strictObject({
  name: z
    .string()
    .regex(PROCESS_NAME, 'only letters, digits, dots, - and _ are possible: it is the name of a log'),
  argv: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()),
  user: z.string().min(1).optional(),
  directory: z.string().min(1).optional(),
  umask: z.int().min(0).max(0o777).optional(),
  limits: z.partialRecord(z.enum(LIMITS), z.union([z.int().min(0), z.literal('unlimited')])).optional(),
  stopSignal: z.enum(Object.keys(os.constants.signals)).optional(),
  stopTimeoutMs: z.number().min(0).optional(),
} satisfies Record<keyof ProcessSpec, z.ZodType>)

const steps = z.array(processShape.extend({ timeoutMs: z.number().min(1).optional() })).optional()

const launchShape = z.strictObject({
  files: z.record(
    z.string(),
    z.union([
      z.string(),
      z.strictObject({ text: z.string(), mode: z.int().optional(), keep: z.boolean().optional() }),
    ]),
  ),
  processes: z.array(processShape).min(1),
  steps: z.strictObject({ firstStart: steps, restart: steps, allReady: steps }).optional(),
})

const misspelt = (value: object): string | null => {
  const known = Object.keys(TARGET)
  const [name] = Object.keys(value).filter((each) => !known.includes(each) && hintAt(each, known) !== '')
  return name === undefined ? null : `${name}: there is no such part.${hintAt(name, known)}`
}

/** The first thing that is wrong, as a sentence's end; null: nothing is. */
const firstIssue = (shape: z.ZodType, value: unknown): string | null => {
  const issue = shape.safeParse(value).error?.issues[0]
  if (issue === undefined) return null
  const place = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys
    return `${[place, name].filter(Boolean).join('.')}: there is no such part.`
  }
  const isMissing =
    'input' in issue ? issue.input === undefined : issue.message.includes('received undefined')
  return `${place}: ${isMissing ? `missing (${issue.message})` : issue.message}.`
}

/** @throws UserError that names the module and the first part that is missing or wrong */
export const requireTarget = (file: string, value: unknown): Target => {
  if (typeof value !== 'object' || value === null)
    throw new UserError(`${file} does not export a Target as default: see Target in harness/api.ts.`)
  const issue = misspelt(value) ?? firstIssue(targetShape, value)
  if (issue === null) return value as Target
  throw new UserError(`${file} exports no Target: ${issue} See Target in harness/api.ts.`)
}

/**
 * How each node would be started, checked before anything is.
 *
 * @param launch of the target, for a node
 * @throws UserError that names the node and the first part that is missing or wrong
 */
export const requireLaunches = (
  target: string,
  nodes: readonly NodeIdentity[],
  launch: (node: NodeIdentity) => unknown,
): void => {
  for (const node of nodes) {
    const issue = issueOf(node, launch)
    if (issue !== null) throw new UserError(`Target ${target} cannot start ${node.name}: launch: ${issue}`)
  }
}

/** Each program and each step has a log of its own. */
const repeatedName = ({ processes, steps = {} }: LaunchSpec): string | null => {
  const names = [...processes, ...Object.values(steps).flat()].map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  return twice === undefined ? null : `two programs or steps have the name ${twice}.`
}

const issueOf = (node: NodeIdentity, launch: (node: NodeIdentity) => unknown): string | null => {
  try {
    const spec = launch(node)
    return firstIssue(launchShape, spec) ?? repeatedName(spec as LaunchSpec)
  } catch (error) {
    return `it failed: ${messageOf(error)}`
  }
}
