/** A replicated coordinator: whatever its log says first is the decision, for everybody, and nothing before that. */
import { type BugDefinition, ON_SLOW_LINKS } from './definition.ts'

/** A participant that waits in vain may have aborted it in the log by then, or nobody has the proposal any more. */
export const decidedBeforeChosen: BugDefinition = {
  description: 'a replicated coordinator tells its decision when it has proposed it to the log',
  coordinator: 'replicated',
  simulatorSeeds: 40,
  realRun: {
    args: `-n kill,packet --nemesis-opts kill.victims=leader,kill.interval=2s,kill.duration=300ms,${ON_SLOW_LINKS} --target-opts coordinator=replicated --rate 100 --concurrency 20 --time-limit 20s`,
  },
  core: { decidesBeforeChosen: true },
}

/** Who has applied the first one has acted on it. */
export const lastDecisionCounts: BugDefinition = {
  description: 'of several decisions in the log of a replicated coordinator, the last one counts',
  coordinator: 'replicated',
  simulatorSeeds: 40,
  realRun: {
    none: 'who has applied the first decision is no longer in doubt and does not listen to a second one; it does harm where a vote comes between the two, or a snapshot: two runs, with pauses and with links that take 300 ms, did not come to it',
  },
  core: { lastDecisionCounts: true },
}

/** The coordinator was started again before it learned of its commit, and the client has asked again. */
export const repeatDecidedTwice: BugDefinition = {
  description: 'the log of a replicated coordinator commits a request again that a client has repeated',
  coordinator: 'replicated',
  simulatorSeeds: 100,
  realRun: {
    none: 'a coordinator has to be back, and asked again, within the few ms in which the log has not told it yet what it has chosen: three runs with kills of leaders and others, one of them on slow links, did not come to it',
  },
  core: { decidesRepeats: true },
}
