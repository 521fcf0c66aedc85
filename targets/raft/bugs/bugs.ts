/**
 * The planted bugs by name: `--bug name` switches one on. Each is a classic mistake, and no two have the same cause.
 * What a bug changes, and why that is wrong, stands in the file of its theme.
 */
import { findBug, plantedBugs } from '../../protocol/planted-bugs.ts'
import { type Deviations, healthy } from '../deviations.ts'
import {
  cachedReads,
  leaseByWallClock,
  lockFreedByTime,
  missedTicksSkipped,
  newestClockWins,
} from './clocks.ts'
import {
  counterOutsideLog,
  dequeueBeforeCommit,
  fundsCheckedEarly,
  idsFromMemory,
  txnReadsEarly,
} from './decided-early.ts'
import type { BugDefinition } from './definition.ts'
import { noFsync, snapshotLosesSuffix, voteNotPersisted } from './durability.ts'
import { doneBeforeEffect, keyPerAttempt, takenIsDone } from './effects.ts'
import { firstPageOnly, lastBookingWins, releaseByAnyone, tokenIsTerm, watchResumesLate } from './objects.ts'
import { readBeforeOwnCommit, readWithoutQuorum, staleRead } from './reads.ts'
import {
  ackBeforeReplication,
  commitOldTerm,
  noPreviousCheck,
  noTruncate,
  staleLogElection,
} from './replication.ts'
import { messageInSecondEntry, retryAppliedTwice, txnNotAtomic } from './requests.ts'
import {
  logTailInSnapshot,
  permitsNotInSnapshot,
  queueSortedInSnapshot,
  watchForgetsInSnapshot,
} from './snapshots.ts'
import { arrivalsCounted, refusedHalfPublished, silentShardIsEmpty } from './together.ts'

const definitions = {
  'no-fsync': noFsync,
  'vote-not-persisted': voteNotPersisted,
  'stale-read': staleRead,
  'read-without-quorum': readWithoutQuorum,
  'read-before-own-commit': readBeforeOwnCommit,
  'commit-old-term': commitOldTerm,
  'retry-applied-twice': retryAppliedTwice,
  'ack-before-replication': ackBeforeReplication,
  'no-truncate': noTruncate,
  'no-previous-check': noPreviousCheck,
  'stale-log-election': staleLogElection,
  'snapshot-loses-suffix': snapshotLosesSuffix,
  'txn-reads-early': txnReadsEarly,
  'txn-not-atomic': txnNotAtomic,
  'first-page-only': firstPageOnly,
  'counter-outside-log': counterOutsideLog,
  'dequeue-before-commit': dequeueBeforeCommit,
  'queue-sorted-in-snapshot': queueSortedInSnapshot,
  'ids-from-memory': idsFromMemory,
  'log-tail-in-snapshot': logTailInSnapshot,
  'release-by-anyone': releaseByAnyone,
  'token-is-term': tokenIsTerm,
  'permits-not-in-snapshot': permitsNotInSnapshot,
  'funds-checked-early': fundsCheckedEarly,
  'last-booking-wins': lastBookingWins,
  'newest-clock-wins': newestClockWins,
  'watch-resumes-late': watchResumesLate,
  'watch-forgets-in-snapshot': watchForgetsInSnapshot,
  'lease-by-wall-clock': leaseByWallClock,
  'key-per-attempt': keyPerAttempt,
  'done-before-effect': doneBeforeEffect,
  'cached-reads': cachedReads,
  'taken-is-done': takenIsDone,
  'missed-ticks-skipped': missedTicksSkipped,
  'message-in-second-entry': messageInSecondEntry,
  'lock-freed-by-time': lockFreedByTime,
  'refused-half-published': refusedHalfPublished,
  'silent-shard-is-empty': silentShardIsEmpty,
  'arrivals-counted': arrivalsCounted,
} as const satisfies Record<string, BugDefinition>

export type Bug = keyof typeof definitions

/** @throws UserError if there is no such bug */
export const bugNamed = (name: string | null): Bug | null => findBug('raft', definitions, name)

export const bugs = plantedBugs(definitions, 'register')

/** @param bug null: the healthy node */
export const deviationsOf = (bug: Bug | null): Deviations => {
  if (bug === null) return healthy
  const { core, machine, server }: BugDefinition = definitions[bug]
  return {
    core: { ...healthy.core, ...core },
    machine: { ...healthy.machine, ...machine },
    server: { ...healthy.server, ...server },
  }
}
