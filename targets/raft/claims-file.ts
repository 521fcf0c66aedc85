/** What the bundled Raft is meant to do, in words. */
import type { ClaimsFile } from '../../harness/api/claims-file.ts'

export const raftClaimsFile: ClaimsFile = {
  protocol: {
    agreement: 'One log: all nodes apply the same entries in the same order.',
    participants: 'All members of the configuration in force. The leader proposes, a majority decides.',
    'fault-model':
      'Crashes, power losses, partitions, lost, late and repeated messages, and any clocks, of any number of nodes. Not: a voter that comes back with older data, or nodes that lie.',
    'quorum-rule': 'A majority of the members, for elections and for entries. Members change one at a time.',
    leadership:
      'Whoever has a majority of the votes of a term, each of which is on disk before it is given. A former leader is refused by its older term.',
    'commit-rule':
      "A majority has the entry on disk, and it is of the leader's own term, or below one that is.",
    partition: 'A minority refuses. The majority elects a leader and goes on.',
    recovery:
      'A node reads its log, and is sent what it lacks, as entries or as a snapshot; within 15 s of the last heal.',
    retries:
      'Each write carries a session and a sequence number, and takes effect once, however often it comes.',
    evidence:
      'Status tells term, leader, positions, digests, members and who accepted the latest entries; logs tell each change of leader.',
  },
  governance: {
    owner: 'The makers of faultline.',
    changes: 'Each change runs its golden transcripts, its simulator and real runs under faults.',
    versions: 'Versions 1 and 2 run together, and are replaced node by node (`upgrade`).',
    incidents: 'A broken promise is an issue with its run, and ends in a test and a line of CHANGELOG.md.',
  },
  communication: {
    users: 'targets/raft/README.md, and `faultline list claims raft`.',
    operators:
      'targets/raft/README.md: what a minority does, and what to do with a voter that has lost its data.',
  },
}
