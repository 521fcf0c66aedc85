/** Campaigns on the bundled targets: `faultline suite --suite healthy`, `faultline suite --suite planted`. */
import { defineConfig } from './harness/support/define.ts'
import { bugs as commitBugs } from './targets/commit/bugs/bugs.ts'
import { bugs as paxosBugs } from './targets/paxos/bugs/bugs.ts'
import { bugs as pbftBugs } from './targets/pbft/bugs/bugs.ts'
import { bugs as raftBugs } from './targets/raft/bugs/bugs.ts'

/** Effects on the outside world need one. */
const SINK = { targetOpts: { sink: 'deduplicating' } }

export default defineConfig({
  suites: [
    {
      // No promise may be broken by a cluster that is what it claims to be. Left out: redis-sentinel, which claims to tolerate
      // nothing, and Debian's zookeeper, whose 3.8.0 loses acknowledged writes (ZOOKEEPER-4712). RabbitMQ forgets queues that
      // were declared just before all nodes are killed, so it has two for the whole run.
      name: 'healthy',
      targets: [
        { target: 'raft', ...SINK },
        { target: 'paxos', ...SINK },
        'pbft',
        'commit',
        'etcd',
        'redis',
        'postgres',
        { target: 'rabbitmq', workloadOpts: { 'per-key': 1_000_000 } },
      ],
      workloads: 'all',
      nemeses: ['all'],
      seeds: 20,
      budget: '2h',
    },
    {
      // No bug has a nemesis or a rate of its own: only the calls that reach it.
      name: 'planted',
      targets: Object.entries({ raft: raftBugs, paxos: paxosBugs }).flatMap(([target, bugs]) =>
        bugs.map(({ name, workload }) => ({ target, bug: name, workload })),
      ),
      settings: SINK,
      nemeses: ['all'],
      seeds: 5,
      untilFound: true,
      reproduce: 10,
      shrink: '15m',
    },
    {
      name: 'planted-commit',
      targets: commitBugs.map(({ name, workload }) => ({ target: 'commit', bug: name, workload })),
      nemeses: ['all'],
      seeds: 5,
      untilFound: true,
      reproduce: 10,
      shrink: '15m',
    },
    {
      // Those that no run finds are left to the simulator.
      name: 'planted-pbft',
      targets: pbftBugs.flatMap(({ name, workload, realRun }) =>
        'none' in realRun ? [] : [{ target: 'pbft', bug: name, workload }],
      ),
      nemeses: ['all'],
      seeds: 5,
      untilFound: true,
      reproduce: 10,
      shrink: '15m',
    },
  ],
})
