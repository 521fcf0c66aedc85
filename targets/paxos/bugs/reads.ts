/** A read is answered by a leader that cannot know what is chosen. */
import type { BugDefinition } from './definition.ts'

/** Another leader may have chosen values since. */
export const readFromDeposed: BugDefinition = {
  description: 'a leader answers reads without asking a quorum whether its ballot is still in force',
  simulatorSeeds: 10,
  realRun: {
    args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=1800ms,duration=1200ms --target-opts attempt-timeout=100ms,attempts=5 --rate 800 --concurrency 20 --time-limit 30s',
  },
  core: { readIndexAtOnce: ({ role, chosenTo }) => (role === 'leader' ? chosenTo : null) },
}

/** What an earlier leader acknowledged is among what phase 1 told, and not yet applied. */
export const readBeforeRecovery: BugDefinition = {
  description: 'a new leader answers reads before the values that phase 1 told it are chosen',
  simulatorSeeds: 40,
  realRun: {
    args: '-n partition,kill,packet --nemesis-opts partition.shapes=one,partition.direction=two-way,partition.interval=3s,partition.duration=1500ms,kill.victims=leader,kill.interval=3s,kill.duration=1s,packet.modes=delay,packet.victims=all,packet.direction=two-way,packet.interval=8s,packet.duration=8s,packet.gap=50ms,packet.delay=40ms,packet.jitter=0ms --target-opts max-entries=1 --rate 300 --concurrency 20 --time-limit 40s',
  },
  core: { readsBeforeRecovery: true },
}
