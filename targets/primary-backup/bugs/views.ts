/** Who may be the primary, and until when (VR, section 4.2; the view service). */
import type { BugDefinition } from './definition.ts'

/** The new primary lacks acknowledged writes, and makes the others drop them. */
export const staleBackupPromoted: BugDefinition = {
  description: 'backups vote for a new primary whose log is older than their own',
  simulatorSeeds: 40,
  realRun: {
    args: '-n partition,kill --nemesis-opts partition.shapes=one+minority,partition.direction=two-way,partition.interval=2200ms,partition.duration=1500ms,kill.victims=leader,kill.interval=2700ms,kill.duration=1200ms --target-opts failover-timeout=300ms --rate 300 --time-limit 40s',
  },
  core: { votesForStaleLogs: true },
}

/** A backup that restarts follows the primary that it has helped to replace. */
export const viewNotDurable: BugDefinition = {
  description:
    'a node keeps the number of its view in memory only, and a restarted one is back in an earlier view',
  simulatorSeeds: 10,
  realRun: {
    args: '-n kill --nemesis-opts victims=all,interval=2s,duration=400ms --time-limit 8s',
  },
  core: { forgetsView: true },
}

/** A primary that was replaced and does not know it answers reads with what was true before. */
export const leaseIgnored: BugDefinition = {
  description: 'a primary goes on serving after its lease',
  simulatorSeeds: 40,
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=3s,duration=1500ms --target-opts attempt-timeout=200ms,attempts=5 --rate 600 --concurrency 20 --time-limit 20s',
  },
  core: { ignoresLease: true },
}

/** What it has from the old primary may be acknowledged, and is not in its state yet. */
export const readBeforePromotion: BugDefinition = {
  description: 'a new primary answers reads before its promotion is complete',
  simulatorSeeds: 100,
  realRun: {
    none: 'three runs with kills or partitions of the primary on delayed links (25 to 40 s each) did not show it',
  },
  core: { readsBeforePromotion: true },
}

/** A node that was left out of the view, and lacks what was acknowledged since, becomes the primary. */
export const outsiderPromoted: BugDefinition = {
  description: 'the view service promotes any node that calls, member of the view or not',
  simulatorSeeds: 40,
  realRun: { none: 'a service beside a cluster is not told of a bug' },
  service: { takesAnyNode: true },
}

/** A new member may still lack what the primary has acknowledged before it knew of the member. */
export const unacknowledgedReplaced: BugDefinition = {
  description: 'the view service replaces a primary that has not acknowledged its view',
  simulatorSeeds: 100,
  realRun: { none: 'a service beside a cluster is not told of a bug' },
  service: { skipsAcknowledgement: true },
}
