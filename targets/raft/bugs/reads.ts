/** Steps of ReadIndex left out (thesis, section 6.4): a read is answered by a node that may be behind. */
import type { BugDefinition } from './definition.ts'

/** A follower that is behind, or cut off, answers with what it last applied. */
export const staleRead: BugDefinition = {
  description: 'any node answers reads from its own state',
  simulatorSeeds: 10,
  realRun: { args: '-n partition --time-limit 15s' },
  core: { readIndexAtOnce: ({ applied }) => applied },
}

/** A leader that was replaced and does not know it yet misses what its successor has committed. */
export const readWithoutQuorum: BugDefinition = {
  description: 'a leader answers reads without asking a quorum whether it still leads',
  simulatorSeeds: 100,
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=1800ms,duration=1200ms --target-opts attempt-timeout=100ms,attempts=5 --rate 800 --concurrency 20 --time-limit 30s',
  },
  core: { readIndexAtOnce: ({ role, commit }) => (role === 'leader' ? commit : null) },
}

/** A new leader has all committed entries and does not know yet how far they reach: its commit index is too low. */
export const readBeforeOwnCommit: BugDefinition = {
  description: 'a new leader answers reads without having committed an entry of its own term',
  simulatorSeeds: 100,
  realRun: {
    args: '-n partition,packet --nemesis-opts partition.shapes=leader,partition.direction=two-way,partition.interval=2s,partition.duration=1200ms,packet.modes=delay,packet.delay=40ms,packet.jitter=0ms,packet.victims=all,packet.direction=two-way,packet.interval=8s,packet.duration=8s,packet.gap=50ms --target-opts attempt-timeout=400ms --rate 200 --time-limit 60s',
  },
  core: { readsBeforeOwnCommit: true, startsTermWithoutEntry: true },
}
