/** What the bundled Paxos is meant to do, in words. */
import type { ClaimsFile } from '../../harness/api/claims-file.ts'

export const paxosClaimsFile: ClaimsFile = {
  protocol: {
    agreement: 'One value for each slot of a log, and all nodes apply the slots in order.',
    participants: 'All nodes are proposer, acceptor and learner. They are known from the start.',
    'fault-model':
      'Crashes, power losses, partitions, lost, late and repeated messages, failing disks and any clocks, of any number of nodes. Not: an acceptor that comes back with older data, nodes that lie, changes of members.',
    'quorum-rule':
      'A majority in both phases, or `phase1` and `phase2` nodes: each quorum of the one meets each of the other.',
    leadership:
      'Whoever has the promises of a phase-1 quorum for its ballot. Acceptors that have promised a higher ballot refuse a former leader.',
    'commit-rule': 'A value is chosen once a phase-2 quorum has accepted it in one ballot, each on its disk.',
    partition: 'A side without both quorums refuses. The other one goes on, with a new leader if need be.',
    recovery:
      'A node reads what it has promised and accepted, and asks the others for what was chosen; within 15 s of the last heal.',
    retries:
      'Each write carries a session and a sequence number, and takes effect once, however often it comes.',
    evidence:
      'Status tells ballot, leader, positions, digests and who accepted the latest values; logs tell each change of leader.',
  },
  governance: {
    owner: 'The makers of faultline.',
    changes: 'Each change runs its transcripts, its simulator and real runs under faults.',
    versions: 'One version; it is replaced as a whole.',
    incidents: 'A broken promise is an issue with its run, and ends in a test and a line of CHANGELOG.md.',
  },
  communication: {
    users: 'targets/paxos/README.md, and `faultline list claims paxos`.',
    operators: 'targets/paxos/README.md: what a minority does, and why an acceptor must not lose its data.',
  },
}
