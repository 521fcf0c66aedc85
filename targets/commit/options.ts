/** What `--target-opts` sets for the bundled sharded store and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { clientOptions } from '../protocol/options.ts'

export const COORDINATORS = ['single', 'replicated'] as const

export const commitOptions = {
  coordinator: {
    type: 'string',
    default: 'single',
    choices: COORDINATORS,
    description:
      'single: the node that the client asked decides alone, and while it is away, others are in doubt; replicated: a log that all nodes hold decides',
  },
  'election-timeout': {
    type: 'duration',
    default: 400,
    description: 'the log of a replicated coordinator elects a leader after one to two of these without one',
  },
  tick: { type: 'duration', default: 10, description: 'the unit in which a node counts its timeouts' },
  'vote-timeout': {
    type: 'duration',
    default: 400,
    description: 'how long a coordinator waits for votes before it aborts',
  },
  'ask-every': {
    type: 'duration',
    default: 200,
    description: 'how often a participant in doubt asks, and a coordinator repeats its decision',
  },
  patience: {
    type: 'duration',
    default: 700,
    description: 'how long a request that meets locks is tried again before it is given up',
  },
  'compact-every': { type: 'number', default: 500, description: 'entries of the log between snapshots' },
  'log-messages': {
    type: 'boolean',
    default: false,
    description: 'each node logs the messages that it sends to the others and receives from them',
  },
  ...clientOptions,
} as const satisfies OptionSpecs

export type CommitOptions = OptionsOf<typeof commitOptions>
