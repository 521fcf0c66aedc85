/** One Redis server as Debian ships it (7.0). How durable an acknowledged write is depends on `appendfsync`. */
import path from 'node:path'
import type { Claims } from '../../harness/api/claims.ts'
import type { Endpoint } from '../../harness/api/client.ts'
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import type { NodeIdentity, NodeStatus } from '../../harness/api/target.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { lacksSink, sinkOption, sinksOf } from '../sink/service.ts'
import { redisClients } from './client.ts'
import { connect } from './connect.ts'
import { CLIENT_PORT } from './ports.ts'

/** The server and the libraries that it needs, for machines where it is not installed. */
const PACKAGES = 'redis-server redis-tools libatomic1 libjemalloc2 liblua5.1-0 liblzf1 lua-bitop lua-cjson'

/** One command on a connection of its own. */
const ask = async <T>(node: Endpoint, args: readonly string[], signal: AbortSignal): Promise<T> => {
  const client = await connect(node.address, undefined, signal)
  try {
    return (await client.sendCommand([...args])) as T
  } finally {
    if (client.isOpen) client.destroy()
  }
}

const statusOf = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
  const [seconds, microseconds] = await ask<[string, string]>(node, ['TIME'], signal)
  const info = await ask<string>(node, ['INFO', 'server'], signal)
  const version = /^redis_version:(.*?)\r?$/m.exec(info)?.[1]
  return {
    role: 'leader',
    leader: node.node,
    members: [node.node],
    clockMs: Number(seconds) * 1000 + Number(microseconds) / 1000,
    ...(version === undefined ? {} : { version }),
  }
}

const options = {
  appendfsync: {
    type: 'string',
    default: 'always',
    choices: ['always', 'everysec', 'no'],
    description:
      'when the append-only file is fsynced; `always`: before each reply, so that nothing acknowledged is lost; `everysec` (Redis’s default) may lose seconds of it, even by a kill',
  },
  sink: sinkOption,
} as const satisfies OptionSpecs

type RedisOptions = OptionsOf<typeof options>

const claims = ({ appendfsync }: RedisOptions, { expires }: Pick<Vocabulary, 'expires'>): Claims => ({
  source: 'Redis documentation, "Redis persistence"',
  // One server, which runs one command or script after another.
  consistency: IN_ONE_ORDER,
  neverPanics: true,
  logPatterns: {
    crash: '=== REDIS BUG REPORT START',
    corruption:
      'Bad file format reading the append only file|Internal error in RDB reading|Wrong RDB checksum',
  },
  tolerates: {
    partition: 'any',
    omission: 'any',
    timing: 'any',
    // The append-only file is written before the reply, and the kernel keeps what a killed process has written. With
    // everysec, a write that would wait for an fsync is replied to first and written up to two seconds later.
    ...(appendfsync === 'everysec' ? {} : { kill: 'any' }),
    pause: 'any',
    // Its keys expire by its wall clock, and its documentation asks for a stable one (EXPIRE).
    ...(expires === true ? {} : { clock: 'any' }),
    ...(appendfsync === 'always' ? { 'power-loss': 'any' } : {}),
  },
})

const argvOf = (node: NodeIdentity, { appendfsync }: RedisOptions, program: string): readonly string[] => {
  const settings = {
    bind: node.address,
    port: CLIENT_PORT,
    dir: node.dataDir,
    'protected-mode': 'no',
    daemonize: 'no',
    save: '',
    appendonly: 'yes',
    appendfsync,
  }
  return [program, ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])]
}

export const redis = defineTarget({
  name: 'redis',
  description: 'one Redis server with an append-only file',
  options,
  nodes: { default: 1, min: 1, max: 1 },
  bugs: [],
  image: 'redis',
  programs: { 'redis-server': PACKAGES },
  claims,
  services: ({ sink }) => sinksOf(sink),
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: redisClients,
  launch: (node, plan, program) => {
    const server = program('redis-server')
    // If the package was only unpacked, its libraries are beside it. Otherwise this folder does not exist.
    const libraries = path.join(path.dirname(path.dirname(server)), 'lib/x86_64-linux-gnu')
    return {
      files: {},
      processes: [
        {
          name: 'redis',
          argv: argvOf(node, plan.options, server),
          env: server.includes('/') ? { LD_LIBRARY_PATH: libraries } : {},
        },
      ],
    }
  },
  ready: async (node, signal) => (await ask<string>(node, ['PING'], signal)) === 'PONG',
  status: statusOf,
})
