/** A replicated coordinator: whatever its log says first is the decision, for everybody, and nothing before that. */
import type { BugDefinition } from './definition.ts'

/** A participant that waits in vain may have aborted it in the log by then, or nobody has the proposal any more. */
export const decidedBeforeChosen: BugDefinition = {
  description: 'a replicated coordinator tells its decision when it has proposed it to the log',
  coordinator: 'replicated',
  simulatorSeeds: 40,
  realRun: {
    args: '-n kill,partition --nemesis-opts kill.victims=leader,partition.shapes=leader,interval=2s,duration=800ms --target-opts coordinator=replicated --rate 150 --concurrency 20 --time-limit 20s',
  },
  core: { decidesBeforeChosen: true },
}

/** Who has applied the first one has acted on it. */
export const lastDecisionCounts: BugDefinition = {
  description: 'of several decisions in the log of a replicated coordinator, the last one counts',
  coordinator: 'replicated',
  simulatorSeeds: 40,
  realRun: {
    args: '-n pause --nemesis-opts victims=one,interval=1s,duration=700ms --target-opts coordinator=replicated,vote-timeout=300ms,ask-every=50ms --rate 150 --concurrency 20 --time-limit 20s',
  },
  core: { lastDecisionCounts: true },
}

/** The coordinator was started again before it learned of its commit, and the client has asked again. */
export const repeatDecidedTwice: BugDefinition = {
  description: 'the log of a replicated coordinator commits a request again that a client has repeated',
  coordinator: 'replicated',
  simulatorSeeds: 100,
  realRun: {
    args: '-n kill --nemesis-opts victims=one,interval=1500ms,duration=150ms --target-opts coordinator=replicated,attempt-timeout=300ms --rate 150 --concurrency 20 --time-limit 20s',
  },
  core: { decidesRepeats: true },
}
