/** How a node is started: a member of etcd, and Patroni, which starts PostgreSQL. */
import path from 'node:path'
import type { ClusterPlan, LaunchSpec, NodeIdentity, ProcessSpec } from '../../harness/api/target.ts'
import type { PostgresOptions } from './options.ts'
import { ETCD_PEER_PORT, ETCD_PORT, REST_PORT, SQL_PORT } from './ports.ts'
import { SCHEMA } from './schema.ts'

/** PostgreSQL refuses to run as root. */
export const USER = 'nobody'
export const SUPERUSER = 'postgres'

const CONFIG_FILE = 'patroni.json'
const SCHEMA_FILE = 'schema.sql'

export const POSTGRES = '/usr/lib/postgresql/15/bin/postgres'
const PYTHON = '/usr/bin/python3'

/** Libraries of PostgreSQL and of its Python driver that a small Debian lacks. */
const LIBRARIES =
  'libpq5 libldap-2.5-0 libsasl2-2 libgssapi-krb5-2 libkrb5-3 libkrb5support0 libk5crypto3 libcom-err2 libkeyutils1 libssl3'

export const PROGRAMS: Readonly<Record<string, string>> = {
  [POSTGRES]: `postgresql-15 postgresql-client-15 libicu72 libxml2 libreadline8 ${LIBRARIES}`,
  patroni: `patroni python3-etcd python3-dnspython python3-psycopg2 python3-urllib3 python3-six python3-dateutil python3-yaml libyaml-0-2 python3-prettytable python3-wcwidth python3-psutil python3-click python3-cdiff python3-pkg-resources ${LIBRARIES}`,
  etcd: 'etcd-server',
  [PYTHON]:
    'python3-minimal python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libexpat1 libffi8 libssl3 zlib1g',
}

export type Program = (name: string) => string

const seconds = (ms: number): number => Math.max(1, Math.round(ms / 1000))

/** What Patroni keeps in etcd, the same for all nodes. */
const clusterSettings = ({
  synchronous,
  fsync,
  ttl,
  'loop-wait': loopWait,
  'retry-timeout': retryTimeout,
  'maximum-lag': maximumLag,
}: PostgresOptions): object => ({
  ttl: seconds(ttl),
  loop_wait: seconds(loopWait),
  retry_timeout: seconds(retryTimeout),
  maximum_lag_on_failover: maximumLag,
  synchronous_mode: synchronous !== 'off',
  synchronous_mode_strict: synchronous === 'strict',
  postgresql: {
    use_pg_rewind: true,
    parameters: {
      fsync: fsync ? 'on' : 'off',
      synchronous_commit: 'on',
      shared_buffers: '32MB',
      jit: 'off',
      // Both ends notice a dead connection within the time that Patroni needs for a failover.
      wal_sender_timeout: '4s',
      wal_receiver_timeout: '4s',
      wal_receiver_status_interval: '1s',
      wal_retrieve_retry_interval: '500ms',
      // What a client that was cut off has locked is free again before the others give up waiting for it.
      tcp_user_timeout: '3s',
      client_connection_check_interval: '1s',
      idle_in_transaction_session_timeout: '2s',
    },
  },
})

const quoted = (file: string): string => `'${file}'`

const patroniConfig = (
  node: NodeIdentity,
  { nodes, options }: ClusterPlan<PostgresOptions>,
  binaries: string,
): object => {
  const schema = path.posix.join(node.dataDir, SCHEMA_FILE)
  return {
    scope: 'faultline',
    name: node.name,
    restapi: {
      listen: `${node.address}:${REST_PORT}`,
      connect_address: `${node.address}:${REST_PORT}`,
    },
    etcd3: { hosts: nodes.map(({ address }) => `${address}:${ETCD_PORT}`) },
    bootstrap: {
      dcs: clusterSettings(options),
      // Segments of the log are written as zeros first, so small ones make a new standby ready sooner.
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, { 'wal-segsize': '4' }, 'data-checksums'],
      // Patroni appends the address of the new database.
      post_bootstrap: `${quoted(path.posix.join(binaries, 'psql'))} -q -v ON_ERROR_STOP=1 -f ${quoted(schema)}`,
    },
    postgresql: {
      listen: `${node.address}:${SQL_PORT}`,
      connect_address: `${node.address}:${SQL_PORT}`,
      data_dir: path.posix.join(node.dataDir, 'postgres'),
      bin_dir: binaries,
      pgpass: path.posix.join(node.dataDir, 'pgpass'),
      authentication: {
        superuser: { username: SUPERUSER },
        replication: { username: 'replicator' },
      },
      parameters: { unix_socket_directories: '', lc_messages: 'C' },
      pg_hba: ['host all all all trust', 'host replication all all trust'],
      basebackup: [{ checkpoint: 'fast' }],
      // A node that cannot rejoin by pg_rewind is copied from the primary, without an operator.
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
    },
    watchdog: { mode: 'off' },
  }
}

/** Where the packages were unpacked; `/` if they are installed. */
const rootOf = (file: string): string => {
  const at = file.lastIndexOf('/usr/')
  return at < 0 ? '/' : file.slice(0, at) || '/'
}

const folders = (programs: readonly string[], inside: readonly string[]): string =>
  [...new Set(programs.map(rootOf))]
    .flatMap((root) => inside.map((folder) => path.posix.join(root, folder)))
    .join(':')

const ARCHITECTURES = ['x86_64-linux-gnu', 'aarch64-linux-gnu']

/** What the dynamic linker is to search for programs of packages that were unpacked; '' if all are installed. */
export const unpackedLibraries = (programs: readonly string[]): string =>
  folders(
    programs.filter((file) => rootOf(file) !== '/'),
    ARCHITECTURES.flatMap((name) => [`usr/lib/${name}`, `lib/${name}`]),
  )

const etcdOf = (node: NodeIdentity, plan: ClusterPlan<PostgresOptions>, program: Program): ProcessSpec => {
  const peer = (address: string): string => `http://${address}:${ETCD_PEER_PORT}`
  const client = `http://${node.address}:${ETCD_PORT}`
  const settings = {
    name: node.name,
    'data-dir': path.posix.join(node.dataDir, 'etcd'),
    'listen-peer-urls': peer(node.address),
    'initial-advertise-peer-urls': peer(node.address),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'initial-cluster': plan.nodes.map(({ name, address }) => `${name}=${peer(address)}`).join(','),
    'initial-cluster-state': 'new',
    'initial-cluster-token': 'faultline',
    logger: 'zap',
    'log-outputs': 'stderr',
  }
  return {
    name: 'etcd',
    user: USER,
    argv: [program('etcd'), ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])],
    env: { GOMAXPROCS: '2' },
    stopTimeoutMs: STOP_TIMEOUT_MS,
  }
}

/** On a slow machine. */
export const STOP_TIMEOUT_MS = 20_000

const patroniOf = (node: NodeIdentity, program: Program): ProcessSpec => {
  const programs = [program('patroni'), program(PYTHON), program(POSTGRES)]
  return {
    name: 'patroni',
    user: USER,
    argv: [program(PYTHON), '-m', 'patroni', path.posix.join(node.dataDir, CONFIG_FILE)],
    env: {
      PYTHONPATH: folders(programs, ['usr/lib/python3/dist-packages']),
      LD_LIBRARY_PATH: unpackedLibraries(programs),
      PYTHONDONTWRITEBYTECODE: '1',
      LC_ALL: 'C.UTF-8',
    },
    // It stops PostgreSQL as it is to be stopped: a SIGTERM to PostgreSQL itself would wait for all of its clients.
    stopSignal: 'SIGTERM',
    stopTimeoutMs: STOP_TIMEOUT_MS,
  }
}

export const launchNode = (
  node: NodeIdentity,
  plan: ClusterPlan<PostgresOptions>,
  program: Program,
): LaunchSpec => ({
  files: {
    [CONFIG_FILE]: JSON.stringify(patroniConfig(node, plan, path.posix.dirname(program(POSTGRES))), null, 2),
    [SCHEMA_FILE]: SCHEMA,
  },
  processes: [etcdOf(node, plan, program), patroniOf(node, program)],
})
