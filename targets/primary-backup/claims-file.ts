/** What the bundled primary with its backups is meant to do with its default options, in words. */
import type { ClaimsFile } from '../../harness/api/claims-file.ts'

export const primaryBackupClaimsFile: ClaimsFile = {
  protocol: {
    agreement: 'The order of the changes that one primary after another makes.',
    participants:
      'One primary for each view, and all other nodes as its backups. They are known from the start.',
    'fault-model':
      'By default: crashes, power losses, partitions and lost messages, of any number of nodes, where clocks run at about the same speed. Other combinations of options claim less, down to nothing.',
    'quorum-rule': 'A view is decided by a majority of the nodes, or by the view service.',
    leadership:
      'The primary of the newest view. Backups refuse a former one by its view, and it stops by itself when its lease is over.',
    'commit-rule':
      'Every backup of the view has the change on its disk (sync), one of them (semi-sync), or none (async).',
    partition: 'A primary that cannot reach its backups refuses, or serves what the option `minority` says.',
    recovery: 'A node that comes back is sent the state of the primary, and is a backup once it has it.',
    retries:
      'Each write carries a session and a sequence number, and takes effect once, however often it comes.',
    evidence: 'Status tells view, primary, positions and digests; logs tell each change of view.',
  },
  governance: {
    owner: 'The makers of faultline.',
    changes:
      'Each change runs its transcripts, its simulator over all combinations of options, and real runs under faults.',
    versions: 'One version; it is replaced as a whole.',
    incidents: 'A broken promise is an issue with its run, and ends in a test and a line of CHANGELOG.md.',
  },
  communication: {
    users: 'targets/primary-backup/README.md: what each combination loses, and which option saves it.',
    operators: 'targets/primary-backup/README.md: what a minority does.',
  },
}
