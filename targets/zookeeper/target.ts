/** ZooKeeper as Debian ships it (3.8), or in any release that Maven has, in containers or as plain processes. */
import type { Claims, PromiseName } from '../../harness/api/claims.ts'
import type { ClusterPlan, LaunchSpec, NodeIdentity } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { BANK } from '../../harness/vocabularies/bank.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { PROTECTED_LOCK } from '../../harness/vocabularies/protected.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { lacksSink, sinksOf } from '../sink/service.ts'
import { zookeeperClients } from './client.ts'
import { type ZooKeeperOptions, zookeeperOptions } from './options.ts'
import { CLIENT_PORT, ELECTION_PORT, QUORUM_PORT } from './ports.ts'
import { Session } from './session.ts'
import { statusFrom } from './status.ts'
import { classPathOf, numberOf, programsOf } from './versions.ts'
import { ask } from './words.ts'

/** Quick to start and small, since several run on one machine. */
const JVM = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']
/** The log is allocated in steps of a mebibyte, so that a short run takes several of them. */
const propertiesOf = (options: ZooKeeperOptions): readonly string[] => [
  '-Dzookeeper.jmx.log4j.disable=true',
  '-Dzookeeper.preAllocSize=1024',
  `-Dzookeeper.snapshot.trust.empty=${options['trust-empty-snapshot']}`,
]

const configOf = (
  { dataDir, address }: NodeIdentity,
  { nodes, options }: ClusterPlan<ZooKeeperOptions>,
): string => {
  const servers = nodes.map((each) => [
    `server.${each.index}`,
    `${each.address}:${QUORUM_PORT}:${ELECTION_PORT}`,
  ])
  const settings = {
    tickTime: options['tick-time'],
    initLimit: options['init-limit'],
    syncLimit: options['sync-limit'],
    snapCount: options['snap-count'],
    forceSync: options['force-sync'] ? 'yes' : 'no',
    dataDir: `${dataDir}/data`,
    clientPort: CLIENT_PORT,
    clientPortAddress: address,
    // Clients of one address share a limit otherwise.
    maxClientCnxns: 0,
    '4lw.commands.whitelist': 'srvr,hash',
    'admin.enableServer': false,
  }
  const lines = [...Object.entries(settings), ...servers].map(([name, value]) => `${name}=${value}`)
  return `${lines.join('\n')}\n`
}

const launch = (
  node: NodeIdentity,
  plan: ClusterPlan<ZooKeeperOptions>,
  program: (name: string) => string,
): LaunchSpec => {
  const classPath = classPathOf(plan.options.version, program)
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  return {
    files: { 'zoo.cfg': configOf(node, plan), 'data/myid': `${node.index}\n` },
    processes: [
      {
        name: 'zookeeper',
        argv: [
          program('java'),
          ...JVM,
          ...propertiesOf(plan.options),
          '-cp',
          classPath,
          main,
          `${node.dataDir}/zoo.cfg`,
        ],
        env: {},
      },
    ],
  }
}

/** Reads of an object, unless a quorum operation came before: they keep the order of each session, and may be old. */
const withReads = (read: PromiseName): Claims['consistency'] => ({
  [REGISTER.name]: {
    read: read === 'linearizable' ? read : 'sequential',
    write: 'linearizable',
    cas: 'linearizable',
  },
  [SET.name]: { add: 'linearizable', read },
  [COUNTER.name]: { add: 'linearizable', read },
  [APPEND_LOG.name]: { append: 'linearizable', read },
  [BANK.name]: { transfer: 'linearizable', read },
  [BOOKING.name]: { book: 'linearizable', read },
  [ACCESS.name]: { grant: 'linearizable', revoke: 'linearizable', check: read },
})

const claims = (options: ZooKeeperOptions): Claims => {
  const isQuorum = options.reads === 'quorum'
  return {
    source: `ZooKeeper ${numberOf(options.version).replace(/\.\d+$/, '')} documentation, "ZooKeeper Internals: Consistency Guarantees" and "Programmer’s Guide: Consistency Guarantees"`,
    consistency: {
      ...IN_ONE_ORDER,
      ...withReads(isQuorum ? 'linearizable' : 'consistent-prefix'),
      // Whose session has expired does not know it until it asks.
      ...(options.locks === 'ephemeral' ? { [LOCK.name]: 'fenced', [PROTECTED_LOCK.name]: 'fenced' } : {}),
    },
    quorums: ['majority of nodes'],
    neverPanics: true,
    logPatterns: {
      crash: 'A fatal error has been detected by the Java Runtime Environment',
      // Not "First digest mismatch on txn": a healthy server prints it after a snapshot from its leader (`status.ts`).
      corruption: 'CRC check failed',
    },
    // No `tellsElections`: its status has the epoch of the last applied transaction, and no server names the others' leader.
    minority: isQuorum ? 'refuse' : 'serve-reads',
    tolerates: {
      partition: 'any',
      omission: 'any',
      timing: 'any',
      kill: 'any',
      pause: 'any',
      // "ZooKeeper doesn't use real time, or clock time, at all" (Programmer's Guide, "Time in ZooKeeper").
      clock: 'any',
      // It fails fast (Administrator's Guide, "Supervision").
      'disk-errors': 'any',
      // Without its first snapshot, which is not synced, a server does not start again, unless it may trust its log.
      ...(options['force-sync'] && options['trust-empty-snapshot'] ? { 'power-loss': 'any' } : {}),
    },
  }
}

/** Ready if it has a leader, and the leader a quorum: a new session is a transaction. */
const isReady = async (address: string, signal: AbortSignal): Promise<boolean> => {
  if (!/^Mode: /m.test(await ask(address, 'srvr', signal))) return false
  await using session = new Session({ address, localAddress: undefined, timeoutMs: PROBE_TIMEOUT_MS })
  await session.connect(signal)
  return true
}

/** The server grants its shortest time. */
const PROBE_TIMEOUT_MS = 1

export const zookeeper = defineTarget({
  name: 'zookeeper',
  description: 'ZooKeeper as Debian ships it (3.8), or in any release of Maven',
  options: zookeeperOptions,
  nodes: { default: 3, min: 1, max: 7 },
  bugs: [],
  image: 'zookeeper',
  programs: ({ version }) => programsOf(version),
  claims,
  services: ({ sink }) => sinksOf(sink),
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: zookeeperClients,
  launch,
  ready: (node, signal) => isReady(node.address, signal),
  status: async ({ node, address }, signal) => {
    const [srvr, hash] = await Promise.all([ask(address, 'srvr', signal), ask(address, 'hash', signal)])
    return statusFrom(node, srvr, hash)
  },
  restartsAfterMs: 1000,
})
