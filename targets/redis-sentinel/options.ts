/** What `--target-opts` sets for Redis with Sentinel, and for its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { appendfsyncOption } from '../redis/program.ts'
import { sinkOption } from '../sink/service.ts'

export const sentinelOptions = {
  appendfsync: appendfsyncOption,
  reads: {
    type: 'string',
    default: 'primary',
    choices: ['primary', 'replica'],
    description:
      'who answers reads of registers and of the set; `replica`: the node of the client itself, whose data may be old',
  },
  wait: {
    type: 'number',
    default: 0,
    description:
      'each change is followed by WAIT for this many replicas; if they do not confirm it, its outcome is in doubt',
  },
  'min-replicas-to-write': {
    type: 'number',
    default: 0,
    description: 'a primary with fewer connected replicas than this refuses writes',
  },
  'min-replicas-max-lag': {
    type: 'duration',
    default: 10_000,
    description: 'a replica counts as connected if it has reported within this time (whole seconds)',
  },
  'down-after': {
    type: 'duration',
    default: 1000,
    description:
      "Sentinel's down-after-milliseconds: a node that has not answered for this long is down (Sentinel's default: 30 s)",
  },
  'failover-timeout': {
    type: 'duration',
    default: 3000,
    description: "Sentinel's failover-timeout: a failed failover is tried again after twice this time",
  },
  sink: sinkOption,
} as const satisfies OptionSpecs

export type SentinelOptions = OptionsOf<typeof sentinelOptions>
