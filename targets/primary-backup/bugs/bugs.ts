/**
 * The planted bugs by name: `--bug name` switches one on. Each is a mistake that people make with a primary and backups, and no
 * two have the same cause. What a bug changes, and why that is wrong, stands in the file of its theme.
 */
import { findBug, plantedBugs } from '../../protocol/planted-bugs.ts'
import { type Deviations, healthy } from '../deviations.ts'
import type { BugDefinition } from './definition.ts'
import {
  ackBeforeBackup,
  ackBeforeDisk,
  divergentTailKept,
  oldPrimaryAccepted,
  transferLosesWrites,
} from './replication.ts'
import {
  leaseIgnored,
  outsiderPromoted,
  readBeforePromotion,
  staleBackupPromoted,
  unacknowledgedReplaced,
  viewNotDurable,
} from './views.ts'

const definitions = {
  'ack-before-backup': ackBeforeBackup,
  'ack-before-disk': ackBeforeDisk,
  'stale-backup-promoted': staleBackupPromoted,
  'view-not-durable': viewNotDurable,
  'lease-ignored': leaseIgnored,
  'old-primary-accepted': oldPrimaryAccepted,
  'divergent-tail-kept': divergentTailKept,
  'transfer-loses-writes': transferLosesWrites,
  'read-before-promotion': readBeforePromotion,
  'outsider-promoted': outsiderPromoted,
  'unacknowledged-replaced': unacknowledgedReplaced,
} as const satisfies Record<string, BugDefinition>

export type Bug = keyof typeof definitions

/** @throws UserError if there is no such bug */
export const bugNamed = (name: string | null): Bug | null => findBug('primary-backup', definitions, name)

export const bugs = plantedBugs(definitions, 'register')

/** @param bug null: the healthy node */
export const deviationsOf = (bug: Bug | null): Deviations => {
  if (bug === null) return healthy
  const { core, service }: BugDefinition = definitions[bug]
  return { core: { ...healthy.core, ...core }, service: { ...healthy.service, ...service } }
}
