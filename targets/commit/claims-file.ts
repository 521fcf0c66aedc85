/** What the bundled store over shards is meant to do, in words. */
import type { ClaimsFile } from '../../harness/api/claims-file.ts'

export const commitClaimsFile: ClaimsFile = {
  protocol: {
    agreement: 'Each transaction: all shards that it touches commit it, or none does.',
    participants:
      'The shards that a transaction touches, and the node that the client asked, which coordinates it.',
    'fault-model':
      'Crashes, power losses, partitions, lost, late and repeated messages, and any clocks, of any number of nodes. Not: a node that comes back with older data, or nodes that lie.',
    'quorum-rule':
      'Commit needs the vote of every participant. With a replicated coordinator, a decision needs a majority of all nodes, too.',
    leadership:
      'Each transaction has a coordinator of its own. With a replicated coordinator, the log of decisions has a leader, one per ballot.',
    'commit-rule':
      'All participants have voted yes, each on disk before it was told, and the decision is on the disk of the coordinator; of a replicated one, it is the first on this transaction that the log has chosen.',
    partition:
      'Transactions within one side go on. Those across sides are aborted, or wait with their locks if they were in doubt; with a replicated coordinator, only on the side of a minority.',
    recovery:
      'A node reads its log, goes on to deliver its commits, and asks about what it is in doubt of. What a coordinator does not know was aborted. Ready within 15 s of the last heal.',
    retries:
      'Each write carries a session and a sequence number, goes to the node that opened the session, and takes effect once.',
    evidence:
      'Status tells the latest votes and decisions with their reasons, and what is in doubt since when.',
  },
  governance: {
    owner: 'The makers of faultline.',
    changes: 'Each change runs its transcripts, its simulator and real runs under faults.',
    incidents: 'A broken promise is an issue with its run, and ends in a test and a line of CHANGELOG.md.',
  },
  communication: {
    users: 'targets/commit/README.md, and `faultline list claims commit`.',
    operators: 'targets/commit/README.md: what blocks, and how a run shows it.',
  },
}
