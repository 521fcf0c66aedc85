/** The parts of claims, checked: a part with a typo would claim nothing, and nothing would be judged by it. */
import { z } from 'zod'
import type { AvailabilityClaim, Claims, FaultModel } from '../../api/claims.ts'
import type { Target } from '../../api/target.ts'
import { UserError } from '../../support/assert.ts'
import { hintAt } from '../unknown-name.ts'

const tolerated = z.union([z.literal(['any', 'minority', 'third']), z.int().min(0)]).optional()
const ms = z.number().min(0).optional()
const flag = z.boolean().optional()

const TOLERATES = {
  partition: tolerated,
  omission: tolerated,
  timing: tolerated,
  kill: tolerated,
  pause: tolerated,
  clock: tolerated,
  'power-loss': tolerated,
  'disk-errors': tolerated,
  'data-loss': tolerated,
  corruption: tolerated,
  membership: tolerated,
  upgrade: tolerated,
  misconfiguration: tolerated,
  dependency: tolerated,
  byzantine: tolerated,
} satisfies Record<FaultModel, z.ZodType>

const AVAILABILITY = {
  servesWithinMs: ms,
  readsEverywhere: flag,
  neverUnavailableForMs: ms,
} satisfies Record<keyof AvailabilityClaim, z.ZodType>

const CLAIMS = {
  source: z.string(),
  /** What is in it is checked against the vocabularies (claims.ts). */
  consistency: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
  minority: z.enum(['refuse', 'serve-reads', 'serve-all', 'ask-coordinator']).optional(),
  availability: z.strictObject(AVAILABILITY).optional(),
  quorums: z.array(z.string()).optional(),
  proofKeys: z.record(z.string(), z.string()).optional(),
  atomicCommitment: z.literal(true).optional(),
  decidesWithinMs: ms,
  tellsElections: flag,
  neverPanics: flag,
  logPatterns: z.record(z.string(), z.string()).optional(),
  harmlessLogs: z.array(z.string()).optional(),
  recoversWithinMs: ms,
  tolerates: z.strictObject(TOLERATES),
} satisfies Record<keyof Claims, z.ZodType>

const shape = z.strictObject(CLAIMS)

/** The names that may stand in a part. */
const namesIn = (part: PropertyKey | undefined): readonly string[] =>
  Object.keys(part === 'tolerates' ? TOLERATES : part === 'availability' ? AVAILABILITY : CLAIMS)

/** @throws UserError that names the first part that is unknown or has an impossible value */
export const checkShape = (target: Target, claims: Claims): void => {
  const issue = shape.safeParse(claims).error?.issues[0]
  if (issue === undefined) return
  if (issue.code !== 'unrecognized_keys')
    throw new UserError(
      `Target ${target.name} claims something impossible: ${issue.path.join('.')}: ${issue.message}.`,
    )
  const [name = ''] = issue.keys
  const known = namesIn(issue.path[0])
  const place = issue.path.length === 0 ? 'among claims' : `in ${issue.path.join('.')}`
  throw new UserError(
    `Target ${target.name} claims ${name}: there is nothing of that name ${place}.${hintAt(name, known)} Known: ${known.join(', ')}.`,
  )
}
