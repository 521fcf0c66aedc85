/** What `--target-opts` sets for jgroups-raft and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { NEWEST } from './versions.ts'

export const jgroupsRaftOptions = {
  version: { type: 'string', default: NEWEST, description: 'of jgroups-raft, such as `1.0.12`' },
  reads: {
    type: 'string',
    default: 'log',
    choices: ['log', 'local'],
    description:
      'what a read does: `log` goes through the log as a write does; `local` is answered of what the member has applied, and may be stale',
  },
  'suspect-after': {
    type: 'duration',
    default: 2000,
    description: 'the timeout of FD_ALL3: a member that is silent for so long is left out of the view',
  },
  'resend-interval': {
    type: 'duration',
    default: 100,
    description:
      'jgroups-raft’s resend_interval (there: 1 s): a leader sends members what they lack only when nobody has asked it for anything for so long',
  },
  'stored-term': {
    type: 'string',
    default: 'library',
    choices: ['library', 'never-lower'],
    description:
      'the log: `library` is that of jgroups-raft, which may store an earlier term than it had; `never-lower` is the same log, which stores none, by a class of ours',
  },
} as const satisfies OptionSpecs

export type JgroupsRaftOptions = OptionsOf<typeof jgroupsRaftOptions>
