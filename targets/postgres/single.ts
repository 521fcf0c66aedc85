/**
 * One server of a version that Debian does not ship, alone: no Patroni, no standby. It is started, and stopped by SIGINT, which
 * ends its sessions ("fast shutdown" in PostgreSQL's documentation, "Shutting Down the Server").
 */
import path from 'node:path'
import type { Endpoint } from '../../harness/api/client.ts'
import type {
  ClusterPlan,
  LaunchSpec,
  NodeIdentity,
  NodeStatus,
  ProcessSpec,
} from '../../harness/api/target.ts'
import { UserError } from '../../harness/support/assert.ts'
import { connectTo } from './connect.ts'
import type { PostgresOptions } from './options.ts'
import { type Program, STOP_TIMEOUT_MS, SUPERUSER, USER, unpackedLibraries } from './patroni.ts'
import { SQL_PORT } from './ports.ts'
import { OBJECTS } from './schema.ts'
import { INITDB, majorOf, PSQL, SERVER } from './versions.ts'

/** By this name, status and readiness know such a server. */
const CLUSTER_NAME = 'single'
const HBA_FILE = 'pg_hba.conf'
const ENV = { LC_ALL: 'C.UTF-8' }

const settingsOf = (
  node: NodeIdentity,
  { version, fsync }: PostgresOptions,
): Readonly<Record<string, string>> => ({
  listen_addresses: node.address,
  port: String(SQL_PORT),
  unix_socket_directories: '',
  hba_file: path.posix.join(node.dataDir, HBA_FILE),
  cluster_name: CLUSTER_NAME,
  lc_messages: 'C',
  fsync: fsync ? 'on' : 'off',
  shared_buffers: '32MB',
  jit: 'off',
  // What a client that was cut off has locked is free again before the others give up waiting for it.
  tcp_user_timeout: '3s',
  ...(majorOf(version) < 14 ? {} : { client_connection_check_interval: '1s' }),
  idle_in_transaction_session_timeout: '2s',
})

const dataOf = (node: NodeIdentity): string => path.posix.join(node.dataDir, 'postgres')

const serverOf = (node: NodeIdentity, options: PostgresOptions, program: Program): ProcessSpec => ({
  name: 'postgres',
  user: USER,
  argv: [
    program(SERVER),
    '-D',
    dataOf(node),
    ...Object.entries(settingsOf(node, options)).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ],
  env: ENV,
  stopSignal: 'SIGINT',
  stopTimeoutMs: STOP_TIMEOUT_MS,
})

/** Rebuilds the index of the registers again and again, beside the clients. */
const reindexerOf = (node: NodeIdentity, program: Program): ProcessSpec => {
  const psql = program(PSQL)
  return {
    name: 'reindex',
    user: USER,
    argv: [
      '/bin/sh',
      '-c',
      'while :; do "$0" -q -X -h "$1" -p "$2" -U "$3" -c "REINDEX INDEX CONCURRENTLY register_pkey"; sleep 0.2; done',
      psql,
      node.address,
      String(SQL_PORT),
      SUPERUSER,
    ],
    env: { ...ENV, LD_LIBRARY_PATH: unpackedLibraries([psql]) },
  }
}

/** @throws UserError if options do not fit a single server */
export const launchSingle = (
  node: NodeIdentity,
  { nodes, options }: ClusterPlan<PostgresOptions>,
  program: Program,
): LaunchSpec => {
  if (nodes.length > 1)
    throw new UserError(
      `PostgreSQL in a version other than Debian's is a single server, since its packages have no tools for standbys: add --nodes 1.`,
    )
  const initdb = [program(INITDB), '-D', dataOf(node), '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8']
  return {
    files: { [HBA_FILE]: 'host all all all trust\n' },
    steps: {
      firstStart: [
        {
          name: 'initdb',
          user: USER,
          argv: [...initdb, '--locale=C', '--wal-segsize=4', '--data-checksums'],
          env: ENV,
        },
      ],
    },
    processes: [
      serverOf(node, options, program),
      ...(options.reindex === 'concurrently' ? [reindexerOf(node, program)] : []),
    ],
  }
}

/**
 * Position: what is safe on the disk, so that it never goes back. Its timeline is always the first one, as nobody is promoted.
 */
const STATUS = `SELECT (pg_current_wal_flush_lsn() - '0/0')::float8 AS flushed, current_setting('server_version') AS version, current_setting('cluster_name') AS name`

/** @throws an error if it does not answer, or is no single server */
export const statusOfSingle = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
  const session = await connectTo(node, { localAddress: undefined }, signal)
  try {
    const { flushed, version, name } = (await session.ask(STATUS, [], signal)).rows[0] ?? {}
    if (name !== CLUSTER_NAME) throw new Error('Patroni does not answer')
    return {
      role: 'leader',
      leader: node.node,
      term: 1,
      appliedIndex: Number(flushed),
      version: String(version),
    }
  } finally {
    session.close()
  }
}

/** Other rows, so that building the index takes some 100 ms, as it does where a table is not tiny. */
const IDLE_ROWS = 200_000
const FILL = `INSERT INTO register SELECT 'idle ' || n, n FROM generate_series(1, ${IDLE_ROWS}) AS n`

export const setUpSingle = async (
  node: Endpoint,
  { reindex }: PostgresOptions,
  signal: AbortSignal,
): Promise<void> => {
  const session = await connectTo(node, { localAddress: undefined }, signal)
  try {
    await session.script(OBJECTS, signal)
    if (reindex === 'concurrently') await session.ask(FILL, [], signal)
  } finally {
    session.close()
  }
}
