import type { KnownBug } from '../../harness/api/corpus.ts'

/**
 * Links of clients that are down and up by turns delay the request to commit past its own repetition: the first copy is sent again by
 * TCP when the second one, over a connection that was opened after it, has been answered. By then the next transaction is open.
 */
const SETTINGS = 'request-timeout=500ms,abort-every=2'

export const kafka17754: KnownBug = {
  id: 'kafka-17754',
  system: 'Kafka',
  affected: 'all to 3.9; the run is of 3.9.1',
  fixed: '4.0, by transactions with epochs (KIP-890); the control is 4.1.1',
  link: 'https://issues.apache.org/jira/browse/KAFKA-17754',
  what: 'A request to commit that comes late, after it was sent again and answered, commits the transaction that its producer has begun since: what that one has appended so far is shown although it is aborted, or the rest of it is lost.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'kafka',
    targetOpts: `version=3.9.1,${SETTINGS}`,
    env: 'namespaces',
    nodes: 1,
    workload: 'list-append',
    workloadOpts: 'reads=0.2',
    nemesis: 'partition',
    nemesisOpts:
      'partition.shapes=clients,partition.flapping=400ms,partition.interval=6s,partition.duration=4s',
    operationTimeout: '10s',
    timeLimit: '60s',
  },
  control: { targetOpts: `version=4.1.1,${SETTINGS}` },
  finds: ['G1a', 'G1b', 'torn-transaction', 'lost-append'],
  beyondDefaults:
    'one broker, which is then the one that decides, links of clients that are down and up by turns every 400 ms, which `-n all` draws no such time for, a time after which a request is sent again that is not much longer (Kafka’s default is 30 s), a deadline that leaves the time for that, few reads, and every second transaction aborted, since such a one shows that it was committed',
}
