/**
 * The table of errors: which of jgroups-raft's exceptions prove that a command had no effect. Our server passes on the name of the
 * class and the message.
 *
 * Source: REDIRECT.java and RAFT.java of 1.0.12 to 1.1.4. Those that are definite are thrown before the command is put into any
 * queue or sent to anybody. "I'm not the leader" is not among them: since 1.0.13 a leader that steps down says it of commands
 * that are in its log already, and others may have them.
 */
const BEFORE_SENDING: readonly RegExp[] = [
  /^RaftLeaderException: there is currently no leader to forward /,
  /^RaftLeaderException: leader .* is not member of view /,
]

export const isDefinite = (reason: string): boolean => BEFORE_SENDING.some((each) => each.test(reason))
