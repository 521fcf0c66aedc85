/** How a broker is started: it is a controller as well (KRaft), and knows all controllers from the beginning. */
import path from 'node:path'
import type { ClusterPlan, LaunchSpec, NodeIdentity, StepSpec } from '../../harness/api/target.ts'
import { type KafkaOptions, minInSyncOf, replicasOf } from './options.ts'
import { BROKER_PORT, CONTROLLER_PORT } from './ports.ts'
import { isSince, RELEASE } from './versions.ts'

const CONFIG = 'server.properties'
const LOG = 'log'
/** 16 bytes in base 64, as Kafka's own tool makes them. */
const CLUSTER = 'ZmF1bHRsaW5lLXRlc3RzLQ'

/** Quick to start and small, since several run on one machine. */
const JVM = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']
const PROPERTIES = [
  '-Djava.net.preferIPv4Stack=true',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
]
/**
 * It does not sync what it writes, and a broker whose bootstrap.checkpoint is empty never starts. An operator formats long before
 * anything else happens.
 */
const STORAGE_TOOL = 'kafka.tools.StorageTool'
const BROKER = 'kafka.Kafka'

/** It hands over what it leads first. */
const STOP_TIMEOUT_MS = 10_000

/** Few threads, small files and short times; what is left out is as Kafka has it. */
const SMALL = {
  'num.network.threads': 2,
  'num.io.threads': 4,
  'num.replica.fetchers': 1,
  'num.recovery.threads.per.data.dir': 1,
  'background.threads': 2,
  'log.cleaner.dedupe.buffer.size': 4 << 20,
  // Each topic maps its indexes of this size.
  'log.index.size.max.bytes': 256 << 10,
  'offsets.topic.num.partitions': 1,
  'transaction.state.log.num.partitions': 1,
  // How often it is looked for transactions whose time is over.
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': 500,
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 500,
  'auto.create.topics.enable': false,
  // Records have no time.
  'log.retention.ms': -1,
  'replica.fetch.wait.max.ms': 200,
  'replica.socket.timeout.ms': 3000,
  'controlled.shutdown.enable': true,
}

const configOf = (node: NodeIdentity, { nodes, options }: ClusterPlan<KafkaOptions>): string => {
  const replicas = replicasOf(options, nodes.length)
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': node.index,
    // By which clients know a broker's name.
    'broker.rack': node.name,
    'controller.quorum.voters': nodes
      .map(({ index, address }) => `${index}@${address}:${CONTROLLER_PORT}`)
      .join(','),
    listeners: `CLIENT://${node.address}:${BROKER_PORT},CONTROLLER://${node.address}:${CONTROLLER_PORT}`,
    'advertised.listeners': `CLIENT://${node.address}:${BROKER_PORT}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': path.posix.join(node.dataDir, LOG),
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minInSyncOf(options, nodes.length),
    'min.insync.replicas': minInSyncOf(options, nodes.length),
    'unclean.leader.election.enable': options.unclean,
    ...(options.flush === 0 ? {} : { 'log.flush.interval.messages': options.flush }),
    'broker.session.timeout.ms': options['session-timeout'],
    'broker.heartbeat.interval.ms': Math.round(options['session-timeout'] / 4),
    'replica.lag.time.max.ms': options['lag-time'],
    ...SMALL,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  return `${lines.join('\n')}\n`
}

/** By default, as the version has it. */
const featuresOf = ({ version, elr }: KafkaOptions): readonly string[] => {
  if (elr === 'default' || !isSince(version, '4.0')) return []
  return ['--feature', `eligible.leader.replicas.version=${elr === 'on' ? 1 : 0}`]
}

export const launchNode = (
  node: NodeIdentity,
  plan: ClusterPlan<KafkaOptions>,
  program: (name: string) => string,
): LaunchSpec => {
  const java = [program('java'), ...JVM, ...PROPERTIES, '-cp', path.join(program(RELEASE), '*')]
  const config = path.posix.join(node.dataDir, CONFIG)
  const format: StepSpec = {
    name: 'format',
    argv: [
      ...java,
      STORAGE_TOOL,
      'format',
      '--cluster-id',
      CLUSTER,
      '--config',
      config,
      ...featuresOf(plan.options),
    ],
    env: {},
  }
  return {
    files: { [CONFIG]: configOf(node, plan) },
    steps: { firstStart: [format, { name: 'sync', argv: ['sync', '--file-system', node.dataDir], env: {} }] },
    processes: [
      {
        name: 'kafka',
        argv: [...java, BROKER, config],
        env: {},
        stopSignal: 'SIGTERM',
        stopTimeoutMs: STOP_TIMEOUT_MS,
      },
    ],
  }
}
