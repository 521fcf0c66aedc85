/** The planted bugs: each a classic mistake, no two with one cause. `--bug name` switches one on. */
import type { PlantedBug } from '../../../harness/api/target.ts'

type Definition = Pick<PlantedBug, 'description' | 'realRun'> &
  Partial<Pick<PlantedBug, 'workload' | 'simulatorSeeds'>>

const definitions = {
  'no-fsync': {
    description: 'acknowledges before the log is on disk',
    simulatorSeeds: 40,
    realRun: {
      args: '-n disk --nemesis-opts modes=power-loss,survival=nothing,victims=all+majority,interval=2s,duration=400ms --time-limit 15s',
    },
  },
  'vote-not-persisted': {
    description: 'term and vote are kept in memory only: a restarted node votes again',
    simulatorSeeds: 40,
    realRun: {
      args: '-n partition,kill --nemesis-opts partition.shapes=one+leader,partition.direction=two-way,partition.interval=2500ms,partition.duration=2s,kill.victims=all,kill.interval=2500ms,kill.duration=200ms --rate 300 --time-limit 40s',
    },
  },
  'stale-read': {
    description: 'any node answers reads from its own state',
    simulatorSeeds: 10,
    realRun: {
      args: '-n partition --time-limit 15s',
    },
  },
  'read-without-quorum': {
    description: 'a leader answers reads without asking a quorum whether it still leads',
    simulatorSeeds: 100,
    realRun: {
      args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=1800ms,duration=1200ms --target-opts attempt-timeout=100ms,attempts=5 --rate 800 --concurrency 20 --time-limit 30s',
    },
  },
  'read-before-own-commit': {
    description:
      'a new leader neither appends an entry of its own term nor waits for one before it answers reads',
    simulatorSeeds: 100,
    realRun: {
      args: '-n partition,packet --nemesis-opts partition.shapes=leader,partition.direction=two-way,partition.interval=2s,partition.duration=1200ms,packet.modes=delay,packet.delay=40ms,packet.jitter=0ms,packet.victims=all,packet.direction=two-way,packet.interval=8s,packet.duration=8s,packet.gap=50ms --target-opts attempt-timeout=400ms --rate 200 --time-limit 60s',
    },
  },
  'commit-old-term': {
    description: "commits an older term's entry by counting replicas (figure 8)",
    simulatorSeeds: 1000,
    realRun: {
      args: '-n partition,packet --nemesis-opts partition.shapes=seesaw,partition.direction=two-way,partition.interval=8s,partition.duration=8s,partition.gap=50ms,packet.modes=delay,packet.delay=60ms,packet.jitter=0ms,packet.victims=all,packet.direction=two-way,packet.interval=8s,packet.duration=8s,packet.gap=50ms --target-opts election-timeout=500ms,attempt-timeout=500ms,max-entries=1 --rate 80 --concurrency 20 --time-limit 90s',
    },
  },
  'retry-applied-twice': {
    description: 'ignores session sequence numbers: a retried request takes effect again',
    simulatorSeeds: 40,
    realRun: {
      args: '-n partition --nemesis-opts shapes=leader-clients,direction=one-way,interval=1500ms,duration=700ms --target-opts attempt-timeout=300ms,attempts=5 --rate 400 --time-limit 20s',
    },
  },
  'ack-before-replication': {
    description: 'a leader commits what only itself has',
    simulatorSeeds: 10,
    realRun: {
      args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=2s,duration=1s --rate 300 --time-limit 20s',
    },
  },
  'no-truncate': {
    description: "a follower keeps its own entries where they conflict with the leader's",
    simulatorSeeds: 40,
    realRun: {
      args: '-n partition --nemesis-opts shapes=leader+leader-minority,direction=two-way,interval=1500ms,duration=1s --target-opts attempt-timeout=200ms --rate 600 --concurrency 20 --time-limit 30s',
    },
  },
  'no-previous-check': {
    description: 'a follower appends without checking that the entry before matches',
    simulatorSeeds: 40,
    realRun: {
      args: '-n partition,kill --nemesis-opts partition.shapes=leader,partition.direction=two-way,kill.victims=leader,interval=2s,duration=1300ms --rate 400 --time-limit 25s',
    },
  },
  'stale-log-election': {
    description: 'votes for candidates whose log is behind',
    simulatorSeeds: 40,
    realRun: {
      args: '-n partition,kill --nemesis-opts partition.shapes=one+minority,partition.direction=two-way,partition.interval=1200ms,partition.duration=1s,partition.gap=0ms,kill.victims=leader,kill.interval=1s,kill.duration=300ms --rate 300 --time-limit 50s',
    },
  },
  'snapshot-loses-suffix': {
    description: 'a snapshot claims entries that were not yet applied to it',
    simulatorSeeds: 40,
    realRun: {
      args: '-n kill --nemesis-opts victims=all+majority+leader,interval=2s,duration=500ms --target-opts compact-every=60 --rate 0 --concurrency 30 --time-limit 15s',
    },
  },
  'txn-reads-early': {
    description: 'a leader answers the reads of a transaction before it is in the log',
    workload: 'list-append',
    realRun: { args: '--time-limit 8s' },
  },
  'txn-not-atomic': {
    description: 'each micro-operation of a transaction is an entry of the log by itself',
    workload: 'rw-register',
    realRun: { args: '--time-limit 8s' },
  },
  'first-page-only': {
    description: 'a read of a set returns its first 500 elements',
    workload: 'set',
    realRun: { args: '--time-limit 8s' },
  },
  'counter-outside-log': {
    description: 'a leader adds to what it has, and logs the sum',
    workload: 'counter',
    realRun: { args: '--time-limit 8s' },
  },
  'dequeue-before-commit': {
    description: 'a leader looks at the head of a queue before the dequeue is in the log',
    workload: 'queue',
    realRun: { args: '--time-limit 8s' },
  },
  'queue-sorted-in-snapshot': {
    description: 'snapshots keep the elements of queues, and not their order',
    workload: 'queue',
    realRun: {
      args: '-n kill --nemesis-opts victims=all,interval=2s,duration=500ms --target-opts compact-every=60 --time-limit 15s',
    },
  },
  'ids-from-memory': {
    description: 'a leader draws ids from a number in its memory, seeded by what it has applied',
    workload: 'unique-ids',
    realRun: {
      args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=2s,duration=1s --time-limit 20s',
    },
  },
  'log-tail-in-snapshot': {
    description: 'snapshots keep only the last values of each log',
    workload: 'append-log',
    realRun: {
      args: '-n kill --nemesis-opts victims=all,interval=2s,duration=500ms --target-opts compact-every=60 --time-limit 15s',
    },
  },
  'release-by-anyone': {
    description: 'whoever releases a lock releases it, though another holds it',
    workload: 'lock',
    realRun: { args: '--time-limit 8s' },
  },
  'token-is-term': {
    description: 'the fencing token is the term, which many holders share',
    workload: 'lock',
    realRun: { args: '--time-limit 8s' },
  },
  'permits-not-in-snapshot': {
    description: 'snapshots leave out who holds permits',
    workload: 'semaphore',
    realRun: {
      args: '--workload-opts per-key=1000 -n kill --nemesis-opts victims=all,interval=3s,duration=300ms --target-opts compact-every=30 --rate 400 --time-limit 25s',
    },
  },
  'funds-checked-early': {
    description: 'a leader checks the balance before the transfer is in the log, and nobody after',
    workload: 'bank',
    realRun: { args: '--time-limit 8s' },
  },
  'last-booking-wins': {
    description: 'a seat is confirmed to whoever asks, though another has it',
    workload: 'booking',
    realRun: { args: '--time-limit 8s' },
  },
  'newest-clock-wins': {
    description: "of grants and revocations the one counts that the leader's wall clock says is newer",
    workload: 'access',
    realRun: {
      args: '-n clock,partition --nemesis-opts clock.victims=leader,clock.modes=bump+jump-back,clock.interval=1500ms,clock.duration=1s --time-limit 20s',
    },
  },
  'watch-resumes-late': {
    description: 'who goes on watching after a change is told from the change after the next',
    workload: 'watch',
    realRun: { args: '--time-limit 8s' },
  },
  'watch-forgets-in-snapshot': {
    description: 'snapshots keep the last change alone, for who watches from earlier on',
    workload: 'watch',
    realRun: {
      args: '-n kill --nemesis-opts victims=all,interval=2s,duration=500ms --target-opts compact-every=60 --time-limit 15s',
    },
  },
  'lease-by-wall-clock': {
    description: "a lease runs out when the leader's wall clock says so",
    workload: 'lease',
    realRun: {
      args: '-n clock --nemesis-opts victims=leader,modes=bump,interval=1500ms,duration=1s --time-limit 15s',
    },
  },
  'key-per-attempt': {
    description: 'the worker gives each attempt an idempotency key of its own',
    workload: 'effects',
    realRun: { args: '--target-opts sink=deduplicating --time-limit 8s' },
  },
  'done-before-effect': {
    description: 'a request is written down as done before the outside world was asked',
    workload: 'effects',
    realRun: {
      args: '--target-opts sink=deduplicating -n dependency --nemesis-opts interval=2s,duration=1s --time-limit 12s',
    },
  },
  'cached-reads': {
    description: 'a leader remembers for 150 ms what it read, whatever is written since',
    workload: 'causal',
    realRun: { args: '--time-limit 8s' },
  },
  'taken-is-done': {
    description: 'a job that a worker took is written down as done, whatever becomes of the worker',
    workload: 'job-queue',
    realRun: {
      args: '--target-opts sink=deduplicating,attempt-timeout=300ms,attempts=1 -n connection --nemesis-opts modes=lost-replies,with=clients,victims=leader,interval=1500ms,duration=700ms --time-limit 12s',
    },
  },
  'missed-ticks-skipped': {
    description: 'ticks that came due while nobody led are left out',
    workload: 'scheduled-job',
    realRun: {
      args: '--target-opts sink=deduplicating -n partition --nemesis-opts shapes=leader,direction=two-way,interval=2s,duration=1200ms --time-limit 12s',
    },
  },
  'message-in-second-entry': {
    description: 'the message of a change is an entry of the log by itself, after the change',
    workload: 'outbox',
    realRun: {
      args: '--target-opts sink=deduplicating -n kill --nemesis-opts victims=leader,interval=1200ms,duration=400ms --rate 400 --time-limit 15s',
    },
  },
  'lock-freed-by-time': {
    description: 'a lock that was held for long is taken from its holder, as if it were a lease',
    workload: 'protected-lock',
    realRun: { args: '--target-opts sink=naive --time-limit 8s' },
  },
} as const satisfies Record<string, Definition>

export type Bug = keyof typeof definitions

export const isBug = (name: string): name is Bug => Object.hasOwn(definitions, name)

export const bugs: readonly PlantedBug[] = Object.entries<Definition>(definitions).map(
  ([name, { workload = 'register', simulatorSeeds = null, ...bug }]) => ({
    name,
    workload,
    simulatorSeeds,
    ...bug,
  }),
)
