import type { KnownBug } from '../../harness/api/corpus.ts'

export const nats7567: KnownBug = {
  id: 'nats-7567',
  system: 'NATS JetStream',
  affected: 'with sync_interval 2m, its default',
  fixed: 'sync_interval always',
  link: 'https://github.com/nats-io/nats-server/issues/7567',
  what: 'One server that lost power forms a majority with one that was behind, and they go on without what a majority had acknowledged.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'nats',
    targetOpts: 'version=2.12.1',
    workload: 'set',
    nemesis: 'pause,disk',
    plan: 'steady',
    // A pause must be longer than an election of NATS, which takes 4 to 9 s.
    nemesisOpts:
      'pause.victims=one+leader,pause.interval=14s,pause.duration=12s,disk.modes=power-loss,disk.survival=nothing,disk.victims=one,disk.interval=12s',
    timeLimit: '120s',
  },
  control: { targetOpts: 'version=2.12.1,sync=always' },
  finds: ['lost element'],
  beyondDefaults:
    'a power loss, which `-n all` leaves out because the claims do not tolerate it, and pauses that outlast an election',
}
