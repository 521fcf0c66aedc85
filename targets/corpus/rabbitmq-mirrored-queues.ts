import type { KnownBug } from '../../harness/api/corpus.ts'

export const rabbitmqMirroredQueues: KnownBug = {
  id: 'rabbitmq-mirrored-queues',
  system: 'RabbitMQ',
  affected: 'with mirrored queues and autoheal',
  fixed: 'quorum queues, and a minority that pauses',
  link: 'https://www.rabbitmq.com/docs/3.13/partitions',
  what: 'Both sides of a partition confirm messages, and those of the side that is restarted to heal it are lost.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'rabbitmq',
    targetOpts: 'queues=mirrored,partition-handling=autoheal,promote=always',
    workload: 'queue',
    workloadOpts: 'per-key=1000000',
    nemesis: 'partition',
    nemesisOpts: 'shapes=one+halves,duration=12s,interval=20s',
    timeLimit: '40s',
    recoveryTimeout: '120s',
  },
  control: { targetOpts: 'queues=quorum,partition-handling=pause_minority' },
  finds: ['lost element'],
  beyondDefaults:
    'partitions that outlast `net-ticktime`, two queues for the whole run, and time to recover: autoheal may try again only after a minute. `-n all` with the defaults of the workload has found it as well, in one of the runs that are told of in the README of the target',
}
