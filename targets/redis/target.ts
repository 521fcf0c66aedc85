/** One Redis server as Debian ships it (7.0). How durable an acknowledged write is depends on `appendfsync`. */
import type { Claims } from '../../harness/api/claims.ts'
import type { Endpoint } from '../../harness/api/client.ts'
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { lacksSink, sinkOption, sinksOf } from '../sink/service.ts'
import { redisClients } from './client.ts'
import { ask, type Peer } from './connect.ts'
import { CLIENT_PORT } from './ports.ts'
import {
  appendfsyncOption,
  redisLogPatterns,
  redisPrograms,
  serverProcess,
  serverSettings,
} from './program.ts'
import { FACTS, serverFacts } from './status.ts'

const peerOf = ({ address }: Endpoint): Peer => ({ address, port: CLIENT_PORT, localAddress: undefined })

const statusOf = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
  const [time, info] = await ask(peerOf(node), FACTS, signal)
  return { role: 'leader', leader: node.node, members: [node.node], ...serverFacts(time, info) }
}

const options = {
  appendfsync: appendfsyncOption,
  sink: sinkOption,
} as const satisfies OptionSpecs

type RedisOptions = OptionsOf<typeof options>

const claims = ({ appendfsync }: RedisOptions, { expires }: Pick<Vocabulary, 'expires'>): Claims => ({
  source: 'Redis documentation, "Redis persistence"',
  // One server, which runs one command or script after another.
  consistency: IN_ONE_ORDER,
  neverPanics: true,
  logPatterns: redisLogPatterns,
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

export const redis = defineTarget({
  name: 'redis',
  description: 'one Redis server with an append-only file',
  options,
  nodes: { default: 1, min: 1, max: 1 },
  bugs: [],
  image: 'redis',
  programs: redisPrograms,
  claims,
  services: ({ sink }) => sinksOf(sink),
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: redisClients,
  launch: ({ address, dataDir }, { options: { appendfsync } }, program) => {
    const settings = serverSettings(address, dataDir, appendfsync)
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    return { files: {}, processes: [serverProcess('redis', args, program)] }
  },
  ready: async (node, signal) => {
    const [answer] = await ask(peerOf(node), [['PING']], signal)
    return answer === 'PONG'
  },
  status: statusOf,
})
