/** What the bundled PBFT is meant to do, in words. */
import type { ClaimsFile } from '../../harness/api/claims-file.ts'

export const pbftClaimsFile: ClaimsFile = {
  protocol: {
    agreement: 'One batch of requests for each sequence number; all honest replicas execute them in order.',
    participants:
      '3f+1 replicas, each with a key of its own, known from the start; clients sign with keys of their own.',
    'fault-model':
      'Up to f of 3f+1 replicas do anything at all. Besides, any number of honest ones crash, lose power or contact, if they keep their disks. Not: more traitors than f, an honest replica that comes back with older data, changes of members.',
    'quorum-rule':
      'More than two thirds of the replicas, 2f+1 of 3f+1: any two quorums share an honest replica.',
    leadership:
      'The primary of view v is member v mod n. Backups move to the next view when requests take too long, and 2f+1 of them must.',
    'commit-rule':
      'A batch is executed once 2f+1 replicas have signed that 2f+1 replicas have accepted it in one view.',
    partition: 'A side with fewer than 2f+1 replicas stops. A client believes f+1 equal answers only.',
    recovery:
      'A replica goes on with what it had said, and asks the others for what it missed, or for a state that 2f+1 have signed; within 15 s of the last heal.',
    retries: 'Each request carries its client’s timestamp, and takes effect once, however often it comes.',
    evidence:
      'Status tells view, primary, positions, digests and who signed the latest commits; logs tell each change of view; answers are signed.',
  },
  governance: {
    owner: 'The makers of faultline.',
    changes:
      'Each change runs its transcripts, its simulator with replicas that lie, and real runs under faults.',
    versions: 'One version; it is replaced as a whole.',
    incidents: 'A broken promise is an issue with its run, and ends in a test and a line of CHANGELOG.md.',
  },
  communication: {
    users: 'targets/pbft/README.md, and `faultline list claims pbft`.',
    operators: 'targets/pbft/README.md: how many may lie, and why a replica must not lose its data.',
  },
}
