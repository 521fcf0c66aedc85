/**
 * The configuration of a member. It knows the others by a list of addresses, looks for no cloud and no other cluster, and tells
 * nobody about itself. Its times are shorter than Hazelcast's, so that a member which is gone or back is noticed within seconds.
 */
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import type { HazelcastOptions } from './options.ts'
import { MEMBER_PORT } from './ports.ts'

const CLUSTER = 'faultline'
const MAPS = ['registers', 'set', 'logs', 'counters', 'locks'] as const
const PROTECTION = 'majority'

const POLICIES: Readonly<Record<HazelcastOptions['merge'], string>> = {
  'put-if-absent': 'PutIfAbsentMergePolicy',
  'latest-update': 'LatestUpdateMergePolicy',
  'higher-hits': 'HigherHitsMergePolicy',
  'pass-through': 'PassThroughMergePolicy',
  discard: 'DiscardMergePolicy',
}

const CALL_TIMEOUT_MS = 5000
/** There: 1 s, to one member at a time. The last reads of a run come some 50 ms after the last change. */
const CRDT_PERIOD_MS = 20
const MS_PER_SECOND = 1000

export const majorityOf = (members: number): number => Math.floor(members / 2) + 1

const secondsOf = (ms: number): number => Math.max(1, Math.round(ms / MS_PER_SECOND))

const propertiesOf = (options: HazelcastOptions): Readonly<Record<string, string | number | boolean>> => ({
  'hazelcast.phone.home.enabled': false,
  'hazelcast.metrics.enabled': false,
  'hazelcast.log.emoji.enabled': false,
  'hazelcast.operation.fail.on.indeterminate.state': options['fail-on-indeterminate'],
  'hazelcast.operation.call.timeout.millis': CALL_TIMEOUT_MS,
  'hazelcast.heartbeat.interval.seconds': 1,
  'hazelcast.max.no.heartbeat.seconds': secondsOf(options['suspect-after']),
  'hazelcast.wait.seconds.before.join': 1,
  'hazelcast.merge.first.run.delay.seconds': secondsOf(options['merge-delay']),
  'hazelcast.merge.next.run.delay.seconds': secondsOf(options['merge-delay']),
})

const guardOf = ({ protection }: HazelcastOptions): string =>
  protection === 'off' ? '' : `<split-brain-protection-ref>${PROTECTION}</split-brain-protection-ref>`

const mapOf = (name: string, options: HazelcastOptions): string => `  <map name="${name}">
    <backup-count>${options['backup-count']}</backup-count>
    <read-backup-data>${options.reads === 'backup'}</read-backup-data>
    <per-entry-stats-enabled>true</per-entry-stats-enabled>
    <merge-policy batch-size="100">${POLICIES[options.merge]}</merge-policy>
    ${guardOf(options)}
  </map>`

const collectionOf = (kind: 'queue' | 'set', options: HazelcastOptions): string => `  <${kind} name="default">
    <backup-count>${options['backup-count']}</backup-count>
    ${guardOf(options)}
  </${kind}>`

const protectionOf = ({ protection }: HazelcastOptions, members: number): string =>
  protection === 'off'
    ? ''
    : `  <split-brain-protection name="${PROTECTION}" enabled="true">
    <minimum-cluster-size>${majorityOf(members)}</minimum-cluster-size>
    <protect-on>READ_WRITE</protect-on>
  </split-brain-protection>`

/** A file of Hazelcast's, in its XML. */
export const configOf = (
  node: NodeIdentity,
  { nodes, options }: ClusterPlan<HazelcastOptions>,
): string => `<?xml version="1.0" encoding="UTF-8"?>
<hazelcast xmlns="http://www.hazelcast.com/schema/config">
  <cluster-name>${CLUSTER}</cluster-name>
  <properties>
${Object.entries(propertiesOf(options))
  .map(([name, value]) => `    <property name="${name}">${value}</property>`)
  .join('\n')}
  </properties>
  <network>
    <port auto-increment="false">${MEMBER_PORT}</port>
    <join>
      <auto-detection enabled="false"/>
      <multicast enabled="false"/>
      <tcp-ip enabled="true">
        <member-list>
${nodes.map(({ address }) => `          <member>${address}:${MEMBER_PORT}</member>`).join('\n')}
        </member-list>
      </tcp-ip>
    </join>
    <interfaces enabled="true"><interface>${node.address}</interface></interfaces>
  </network>
  <member-attributes><attribute name="node">${node.name}</attribute></member-attributes>
${protectionOf(options, nodes.length)}
${MAPS.map((name) => mapOf(name, options)).join('\n')}
${collectionOf('queue', options)}
${collectionOf('set', options)}
  <crdt-replication>
    <replication-period-millis>${CRDT_PERIOD_MS}</replication-period-millis>
    <max-concurrent-replication-targets>${nodes.length}</max-concurrent-replication-targets>
  </crdt-replication>
</hazelcast>
`
