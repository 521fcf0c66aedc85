/**
 * How a node is started: Erlang's virtual machine and the daemon that tells nodes each other's ports (epmd), both executed
 * directly. RabbitMQ's and Erlang's own scripts have paths of installed packages in them, and require a user `rabbitmq`.
 */
import path from 'node:path'
import type {
  ClusterPlan,
  FileSpec,
  LaunchSpec,
  NodeIdentity,
  ProcessSpec,
  StepSpec,
} from '../../harness/api/target.ts'
import { clusterName, PASSWORD, USER, VHOST } from './cluster.ts'
import type { RabbitOptions } from './options.ts'
import { AMQP_PORT, DISTRIBUTION_PORT, MANAGEMENT_PORT } from './ports.ts'

const COOKIE = '.erlang.cookie'
const CONFIG = 'rabbitmq.conf'
const DEFINITIONS = 'definitions.json'
const PLUGINS = 'enabled_plugins'

/**
 * Executes a program of Erlang. Its arguments are the folder that the packages are in (empty: they are installed), the
 * program and its arguments. Versions are part of paths, so they are looked for.
 */
const EXECUTE = `
set -eu
root=$1 program=$2
shift 2
for BINDIR in "$root"/usr/lib/erlang/erts-*/bin; do :; done
for RABBITMQ_HOME in "$root"/usr/lib/rabbitmq/lib/rabbitmq_server-*; do :; done
for LD_LIBRARY_PATH in "$root"/usr/lib/*-linux-gnu; do :; done
ROOTDIR=$root/usr/lib/erlang EMU=beam PROGNAME=erl
RABBITMQ_PLUGINS_DIR=$RABBITMQ_HOME/plugins ERL_LIBS=$RABBITMQ_HOME/plugins
export BINDIR ROOTDIR EMU PROGNAME RABBITMQ_HOME RABBITMQ_PLUGINS_DIR ERL_LIBS LD_LIBRARY_PATH
exec "$BINDIR/$program" "$@"
`

/** What Debian's script passes to Erlang. Its settings of schedulers and memory suit a machine that is one node's own. */
const ERLANG_ARGS: readonly string[] = [
  '-noinput',
  ...['-s', 'rabbit', 'boot'],
  ...['-boot', 'start_sasl'],
  ...['+W', 'w'],
  ...['+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none'],
  ...['-syslog', 'logger', '[]'],
  ...['-syslog', 'syslog_error_logger', 'false'],
  ...['-kernel', 'prevent_overlapping_partitions', 'false'],
]

const erlangName = ({ name }: NodeIdentity): string => `rabbit@${name}`

const configOf = (node: NodeIdentity, { nodes, options }: ClusterPlan<RabbitOptions>): string => {
  const settings: Readonly<Record<string, string | number>> = {
    'listeners.tcp.1': `${node.address}:${AMQP_PORT}`,
    'management.tcp.ip': node.address,
    'management.tcp.port': MANAGEMENT_PORT,
    // It is asked for the members only.
    'management.disable_stats': 'true',
    'management_agent.disable_metrics_collector': 'true',
    loopback_users: 'none',
    'definitions.import_backend': 'local_filesystem',
    'definitions.local.path': path.posix.join(node.dataDir, DEFINITIONS),
    'definitions.skip_if_unchanged': 'true',
    'cluster_formation.peer_discovery_backend': 'classic_config',
    // The first node founds the cluster, and the others start when it serves: there is nobody to look for longer.
    'cluster_formation.discovery_retry_limit': 1,
    ...Object.fromEntries(
      nodes.map((each) => [`cluster_formation.classic_config.nodes.${each.index}`, erlangName(each)]),
    ),
    cluster_partition_handling: options['partition-handling'],
    net_ticktime: Math.max(1, Math.round(options['net-ticktime'] / 1000)),
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}

/**
 * Ends when one of the nodes accepts connections, which it does last of all. RabbitMQ 3.10 starts a new virtual host on the
 * nodes that have booted; a node that is in the middle of it misses the host for good ("vhost '/' is down"; a later version
 * looks again, rabbitmq-server pull request 11363).
 */
const untilServed = (addresses: readonly string[]): string => `
Serves = fun(Address) ->
  case gen_tcp:connect(Address, ${AMQP_PORT}, [], 1000) of {ok, _} -> true; {error, _} -> false end
end,
Wait = fun Again() ->
  case lists:any(Serves, [${addresses.map((address) => `"${address}"`).join(', ')}]) of
    true -> halt(0);
    false -> timer:sleep(100), Again()
  end
end,
io:format("waiting for another node to serve~n"), Wait().
`

/** On a slow machine. */
const STOP_TIMEOUT_MS = 20_000

/** The policy that gives classic queues mirrors. Queues of other types ignore it. */
const mirrorPolicy = (count: number, options: RabbitOptions) => ({
  vhost: VHOST,
  name: 'mirrors',
  pattern: '',
  'apply-to': 'queues',
  priority: 0,
  definition: {
    'ha-mode': options['ha-mode'],
    ...(options['ha-mode'] === 'exactly' ? { 'ha-params': Math.floor(count / 2) + 1 } : {}),
    'ha-sync-mode': 'automatic',
    'ha-promote-on-failure': options.promote,
  },
})

/** With definitions, RabbitMQ creates no user of its own. */
const definitionsOf = ({ nodes, options }: ClusterPlan<RabbitOptions>): string =>
  JSON.stringify({
    vhosts: [{ name: VHOST }],
    users: [{ name: USER, password: PASSWORD, tags: 'administrator' }],
    permissions: [{ user: USER, vhost: VHOST, configure: '.*', write: '.*', read: '.*' }],
    global_parameters: [{ name: 'cluster_name', value: clusterName(nodes.length) }],
    policies: options.queues === 'mirrored' ? [mirrorPolicy(nodes.length, options)] : [],
  })

/** @param server the path of `rabbitmq-server`, or its name if it is installed where the node runs */
export const launchNode = (
  node: NodeIdentity,
  plan: ClusterPlan<RabbitOptions>,
  server: string,
): LaunchSpec => {
  const inData = (file: string): string => path.posix.join(node.dataDir, file)
  // `/usr/sbin/rabbitmq-server` is below an empty root.
  const root = server.includes('/') ? server.replace(/\/usr\/sbin\/[^/]+$/, '') : ''
  const cookie: FileSpec = { text: 'FAULTLINE', mode: 0o400, keep: true }
  const execute = (name: string, program: string, args: readonly string[]): ProcessSpec => ({
    name,
    argv: ['sh', '-c', EXECUTE, 'sh', root, program, ...args],
    env: {
      // Where Erlang looks for its cookie.
      HOME: node.dataDir,
      ERL_CRASH_DUMP: inData('erl_crash.dump'),
      RABBITMQ_NODENAME: erlangName(node),
      RABBITMQ_DIST_PORT: String(DISTRIBUTION_PORT),
      RABBITMQ_MNESIA_BASE: inData('mnesia'),
      RABBITMQ_LOG_BASE: inData('log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_CONFIG_FILE: inData(CONFIG),
      RABBITMQ_ENABLED_PLUGINS_FILE: inData(PLUGINS),
    },
  })
  const others = plan.nodes.filter(({ name }) => name !== node.name).map(({ address }) => address)
  const waitForOthers: StepSpec = execute('wait-for-others', 'erlexec', [
    ...['-noinput', '-boot', 'start_clean'],
    ...['-eval', untilServed(others)],
  ])
  return {
    files: {
      [COOKIE]: cookie,
      [CONFIG]: configOf(node, plan),
      [DEFINITIONS]: definitionsOf(plan),
      [PLUGINS]: '[rabbitmq_management].\n',
    },
    steps: node.name === plan.nodes[0]?.name ? {} : { firstStart: [waitForOthers] },
    processes: [
      execute('epmd', 'epmd', []),
      // It stops its helpers by itself, and hands its queues over first.
      {
        ...execute('rabbitmq', 'erlexec', ERLANG_ARGS),
        stopSignal: 'SIGTERM',
        stopTimeoutMs: STOP_TIMEOUT_MS,
      },
    ],
  }
}
