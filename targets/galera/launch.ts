/**
 * How a node is started. The first node founds the cluster, once: with an empty database and `--wsrep-new-cluster`. The others
 * begin with nothing and copy everything from a member. Later starts are those of Debian's service and of a careful operator:
 *
 * - the position that the database has reached is looked up first (`--wsrep-recover`), as `galera_recovery` does it, so that a
 *   node that crashed need not copy everything;
 * - a node that stopped in good order and was the last member says so (`safe_to_bootstrap: 1` in `grastate.dat`), and founds the
 *   cluster again, as `galera_new_cluster` would;
 * - every other node looks for the others. If all members of the last view have crashed, they form the cluster again when all of
 *   them are back (`pc.recovery`).
 *
 * Sources: MariaDB documentation, "Getting Started with MariaDB Galera Cluster" and "pc.recovery"; Galera documentation,
 * "Restarting the Cluster".
 */
import path from 'node:path'
import type { ClusterPlan, LaunchSpec, NodeIdentity, ProcessSpec } from '../../harness/api/target.ts'
import type { GaleraOptions } from './options.ts'
import { GROUP_PORT, SQL_PORT } from './ports.ts'
import { USERS } from './schema.ts'

const CONFIG = 'galera.cnf'
const USERS_FILE = 'users.sql'
/** As root, the server that copies files to a joining node takes itself for a user without any rights. */
const USER_OF_SYSTEM = 'nobody'
/** This node is to found the cluster. */
const FOUNDER = 'founder'

/** What every script needs: where the packages are, and where their libraries and scripts are. Arguments: the root, the data directory. */
const SETTING = `
set -eu
root=$1 data=$2
shift 2
for libraries in "$root"/usr/lib/*-linux-gnu; do :; done
if [ -n "$root" ]; then export LD_LIBRARY_PATH="$libraries"; fi
export PATH="$root/usr/sbin:$root/usr/bin:$PATH:/usr/sbin:/usr/bin:/sbin:/bin"
server() { "$root/usr/sbin/mariadbd" --defaults-file="$data/${CONFIG}" "$@"; }
`

/** Whether anybody listens there. */
const ANSWERS = `
answers() { timeout 1 bash -c ': < "/dev/tcp/$0/$1"' "$1" "$2" 2> /dev/null; }
`

/** Makes the database, unless there is a cluster that it could be had from. Arguments: the addresses of the other nodes. */
const FOUND = `${SETTING}${ANSWERS}
for other in "$@"; do
  if answers "$other" ${GROUP_PORT}; then echo "$other is up: joining it"; exit 0; fi
done
"$root/usr/bin/mariadb-install-db" --defaults-file="$data/${CONFIG}" --basedir="$root/usr" --skip-test-db \\
  --auth-root-authentication-method=normal --wsrep-on=OFF --extra-file="$data/${USERS_FILE}"
touch "$data/${FOUNDER}"
`

/** A node whose data was wiped while some of those before it are down waits for so long. */
const PATIENCE_S = 15

/**
 * Ends when as many nodes serve as come before this one. A donor that is in the middle of a transfer when another node joins may stay
 * a donor for ever (Galera's issue 133), so they join one after another. Arguments: how many, the addresses of the others.
 */
const WAIT = `${SETTING}${ANSWERS}
needed=$1
shift
mkdir -p "$data/mysql"
echo "waiting for $needed to serve"
while :; do
  serving=0
  for other in "$@"; do
    if answers "$other" ${SQL_PORT}; then serving=$((serving + 1)); fi
  done
  if [ "$serving" -ge "$needed" ]; then echo "$serving serve"; exit 0; fi
  if [ "$serving" -eq 0 ]; then SECONDS=0; fi
  if [ "$SECONDS" -ge ${PATIENCE_S} ]; then echo "only $serving serve"; exit 0; fi
  sleep 0.1
done
`

const SERVE = `${SETTING}
state="$data/mysql/grastate.dat"
set --
if [ ! -e "$state" ]; then
  if [ -e "$data/${FOUNDER}" ]; then set -- --wsrep-new-cluster; fi
else
  server --wsrep-recover --log-error="$data/recovery.log" || true
  position=$(sed -n 's/.*WSREP: Recovered position: *//p' "$data/recovery.log" | tail -n 1)
  echo "recovered position: $position"
  if [ -n "$position" ]; then set -- --wsrep-start-position="$position"; fi
  if [ ! -e "$data/mysql/gvwstate.dat" ] && grep -q '^safe_to_bootstrap: 1' "$state"; then
    echo 'it was the last member'
    set -- "$@" --wsrep-new-cluster
  fi
fi
exec "$root/usr/sbin/mariadbd" --defaults-file="$data/${CONFIG}" "$@"
`

const seconds = (ms: number): string => `PT${ms / 1000}S`

const providerOptions = (node: NodeIdentity, suspectMs: number): string =>
  Object.entries({
    'gmcast.listen_addr': `tcp://${node.address}:${GROUP_PORT}`,
    // Of Galera's defaults, in the same proportions.
    'evs.keepalive_period': seconds(suspectMs / 5),
    'evs.inactive_check_period': seconds(suspectMs / 10),
    'evs.suspect_timeout': seconds(suspectMs),
    'evs.inactive_timeout': seconds(suspectMs * 3),
    'evs.install_timeout': seconds(suspectMs * 3),
    'gmcast.peer_timeout': seconds(suspectMs * 0.6),
    'gcache.size': '32M',
    // This cache for others is a file that is mapped into memory. On a disk of faultline's own, a node that was killed while such a
    // page was held could not be started again. Outside of the data directory, it may not be used again after a crash.
    'gcache.dir': '/tmp',
    'gcache.recover': 'no',
    'pc.recovery': 'true',
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')

const configOf = (
  node: NodeIdentity,
  { nodes, options }: ClusterPlan<GaleraOptions>,
  root: string,
): string => {
  const settings: Readonly<Record<string, string | number>> = {
    basedir: `${root}/usr`,
    plugin_dir: `${root}/usr/lib/mysql/plugin`,
    lc_messages_dir: `${root}/usr/share/mysql`,
    datadir: path.posix.join(node.dataDir, 'mysql'),
    // A node has a /tmp of its own; the path of a socket may not be long.
    socket: '/tmp/galera.sock',
    pid_file: path.posix.join(node.dataDir, 'mariadbd.pid'),
    bind_address: node.address,
    port: SQL_PORT,
    skip_name_resolve: 'ON',
    performance_schema: 'OFF',
    default_storage_engine: 'InnoDB',
    binlog_format: 'ROW',
    innodb_autoinc_lock_mode: 2,
    innodb_flush_log_at_trx_commit: options.flush,
    innodb_snapshot_isolation: options['snapshot-isolation'] ? 'ON' : 'OFF',
    transaction_isolation: options.isolation.toUpperCase(),
    innodb_buffer_pool_size: '32M',
    innodb_log_file_size: '16M',
    // A disk of faultline's own has neither direct nor asynchronous access.
    innodb_flush_method: 'fsync',
    innodb_use_native_aio: 'OFF',
    // What a client that was cut off has locked is free again before the others give up waiting for it.
    innodb_lock_wait_timeout: 3,
    idle_transaction_timeout: 2,
    wsrep_on: 'ON',
    wsrep_provider: `${root}/usr/lib/galera/libgalera_smm.so`,
    wsrep_provider_options: `"${providerOptions(node, options['suspect-timeout'])}"`,
    wsrep_cluster_name: 'faultline',
    wsrep_cluster_address: `gcomm://${nodes.map(({ address }) => address).join(',')}`,
    wsrep_node_name: node.name,
    wsrep_node_address: node.address,
    wsrep_sst_method: 'rsync',
    wsrep_slave_threads: options.appliers,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
  return `[mariadbd]\n${lines.join('')}`
}

/** On a slow machine. */
const STOP_TIMEOUT_MS = 20_000

/** `/usr/sbin/mariadbd` is below an empty root, and so it is where only its name is known: it is installed there. */
const rootOf = (server: string): string =>
  server.includes('/') ? server.replace(/\/usr\/sbin\/mariadbd$/, '') : ''

/** @param server the path of `mariadbd`, or its name if it is installed where the node runs */
export const launchNode = (
  node: NodeIdentity,
  plan: ClusterPlan<GaleraOptions>,
  server: string,
): LaunchSpec => {
  const root = rootOf(server)
  const script = (name: string, text: string, args: readonly string[]): ProcessSpec => ({
    name,
    argv: ['bash', '-c', text, name, root, node.dataDir, ...args],
    env: { LC_ALL: 'C.UTF-8' },
    user: USER_OF_SYSTEM,
  })
  const others = plan.nodes.filter(({ name }) => name !== node.name).map(({ address }) => address)
  const at = plan.nodes.findIndex(({ name }) => name === node.name)
  const begin = at === 0 ? script('found', FOUND, others) : script('wait', WAIT, [String(at), ...others])
  return {
    files: { [CONFIG]: configOf(node, plan, root), [USERS_FILE]: USERS },
    steps: { firstStart: [begin] },
    processes: [{ ...script('mariadbd', SERVE, []), stopSignal: 'SIGTERM', stopTimeoutMs: STOP_TIMEOUT_MS }],
  }
}
