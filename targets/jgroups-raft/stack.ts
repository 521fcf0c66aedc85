/**
 * The stack of JGroups, as the file of settings that comes with jgroups-raft has it, but over TCP with a fixed list of members
 * instead of multicast, and with shorter times, so that a member which is gone or back is noticed within seconds.
 */
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import type { JgroupsRaftOptions } from './options.ts'
import { PEER_PORT } from './ports.ts'

/** The log's class: of jgroups-raft, or of `Server.java`. */
const LOG_CLASSES: Readonly<Record<JgroupsRaftOptions['stored-term'], string>> = {
  library: 'org.jgroups.protocols.raft.FileBasedLog',
  'never-lower': 'Server$TermKeepingLog',
}

export const stackOf = (
  node: NodeIdentity,
  { nodes, options }: ClusterPlan<JgroupsRaftOptions>,
): string => `<config xmlns="urn:org:jgroups">
  <TCP bind_addr="${node.address}" bind_port="${PEER_PORT}" port_range="0" sock_conn_timeout="500"
       diag.enabled="false" thread_pool.min_threads="2" thread_pool.max_threads="100"/>
  <TCPPING initial_hosts="${nodes.map(({ address }) => `${address}[${PEER_PORT}]`).join(',')}" port_range="0"/>
  <MERGE3 min_interval="1000" max_interval="3000"/>
  <FD_SOCK2/>
  <FD_ALL3 timeout="${options['suspect-after']}" interval="${Math.round(options['suspect-after'] / 4)}"/>
  <VERIFY_SUSPECT2 timeout="500"/>
  <pbcast.NAKACK2 use_mcast_xmit="false" xmit_interval="500"/>
  <UNICAST3 xmit_interval="500" conn_expiry_timeout="0"/>
  <pbcast.STABLE desired_avg_gossip="50000" max_bytes="4M"/>
  <raft.NO_DUPES/>
  <pbcast.GMS print_local_addr="false" join_timeout="1000"/>
  <UFC max_credits="2M" min_threshold="0.4"/>
  <MFC max_credits="2M" min_threshold="0.4"/>
  <FRAG4 frag_size="60K"/>
  <raft.ELECTION/>
  <raft.RAFT members="${nodes.map(({ name }) => name).join(',')}" raft_id="${node.name}" log_dir="${node.dataDir}"
             resend_interval="${options['resend-interval']}" log_class="${LOG_CLASSES[options['stored-term']]}"/>
  <raft.REDIRECT/>
</config>
`
