import type { KnownBug } from '../../harness/api/corpus.ts'

export const patroniAsynchronous: KnownBug = {
  id: 'patroni-asynchronous',
  system: 'PostgreSQL with Patroni',
  affected: 'with asynchronous replication, its default',
  fixed: 'synchronous_mode',
  link: 'https://patroni.readthedocs.io/en/latest/replication_modes.html',
  what: 'A primary that is cut off acknowledges commits until it is demoted, and the standby that is promoted meanwhile does not have them.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'postgres',
    targetOpts: 'synchronous=off',
    workload: 'set',
    nemesis: 'partition',
    nemesisOpts: 'shapes=leader,duration=9s,interval=12s',
    timeLimit: '60s',
    recoveryTimeout: '120s',
  },
  control: { targetOpts: 'synchronous=on' },
  finds: ['lost element'],
  beyondDefaults:
    'partitions of the primary that outlast its key, and a set, of which every element is read at the end; registers show it too, as stale reads. `-n all` with registers was valid in 60 s (one seed)',
}
