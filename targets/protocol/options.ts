/** What `--target-opts` sets for the clients of a bundled cluster. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'

export const clientOptions = {
  attempts: {
    type: 'number',
    default: 3,
    description: 'how often the client tries a call, under one sequence number',
  },
  'late-retry': {
    type: 'boolean',
    default: true,
    description:
      'a write that was tried more than once, or whose outcome stayed unknown, is sent once more up to 2 s later, at another node, under its sequence number',
  },
  'attempt-timeout': {
    type: 'duration',
    default: 1000,
    description: 'how long the client waits for the answer to one try',
  },
} as const satisfies OptionSpecs

export type ClientOptions = OptionsOf<typeof clientOptions>
