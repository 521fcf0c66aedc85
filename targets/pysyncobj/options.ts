/** What `--target-opts` sets for PySyncObj and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { NEWEST } from './versions.ts'

export const pysyncobjOptions = {
  version: { type: 'string', default: NEWEST, description: 'of PySyncObj, such as `0.3.15`' },
  reads: {
    type: 'string',
    default: 'log',
    choices: ['log', 'local'],
    description:
      'what a read does: `log` goes through the log as a write does; `local` is answered of what the member has applied, and may be stale',
  },
  'election-timeout': {
    type: 'duration',
    default: 400,
    description: 'PySyncObj’s raftMinTimeout; raftMaxTimeout is three and a half times as long',
  },
  compaction: {
    type: 'number',
    default: 5000,
    description: 'PySyncObj’s logCompactionMinEntries: entries after which the log is replaced by a dump',
  },
} as const satisfies OptionSpecs

export type PysyncobjOptions = OptionsOf<typeof pysyncobjOptions>
