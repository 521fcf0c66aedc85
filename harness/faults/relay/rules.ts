/**
 * The rules that lead a node's TCP connections through its relay: destinations are rewritten by the nat table of the node's
 * own network namespace. Connections that are older than the rules are reset when they are used, so that new ones pass the
 * relay. Each fault has its own chains, which are added and removed at once.
 */
import { execa } from 'execa'
import type { OpenRoute } from './orders.ts'
import { RELAY_GROUP, RELAY_PORTS } from './ports.ts'

interface Redirection {
  /** Whose rules these are: at most 26 characters. */
  readonly chain: string
  /** The traitor. */
  readonly node: string
  /** All nodes: name -> address. */
  readonly nodes: Readonly<Record<string, string>>
  /** Addresses of clients. */
  readonly clients: readonly string[]
  readonly routes: readonly OpenRoute[]
}

const NOT_OF_RELAY = `-m owner ! --gid-owner ${RELAY_GROUP}`
const RESET = '-j REJECT --reject-with tcp-reset'

interface Rules {
  readonly nat: readonly string[]
  readonly filter: readonly string[]
}

/** To a port of a peer: what leaves, but for what the relay sends on. Old connections keep their destination. */
const outgoing = ({ chain, nodes }: Redirection, { node, port, relayPort }: OpenRoute): Rules => {
  const match = `-A ${chain}-o -d ${nodes[node]} -p tcp -m tcp --dport ${port} ${NOT_OF_RELAY}`
  return { nat: [`${match} -j REDIRECT --to-ports ${relayPort}`], filter: [`${match} ${RESET}`] }
}

/** To a port of the traitor, from each peer and client: a redirected packet arrives at the relay's port instead. */
const incoming = (
  { chain, node: own, nodes, clients }: Redirection,
  { port, relayPort }: OpenRoute,
): Rules => {
  const peers = Object.keys(nodes).filter((name) => name !== own)
  const sources = [...peers.map((name) => nodes[name] as string), ...clients]
  return {
    nat: sources.map(
      (address) =>
        `-A ${chain}-i -s ${address} -p tcp -m tcp --dport ${port} -j REDIRECT --to-ports ${relayPort}`,
    ),
    filter: sources.flatMap((address) => [
      `-A ${chain}-i -s ${address} -p tcp -m tcp --dport ${port} ${RESET}`,
      `-A ${chain}-o -d ${address} -p tcp -m tcp --sport ${port} ${RESET}`,
    ]),
  }
}

const rulesOf = (redirection: Redirection): Rules => {
  const parts = redirection.routes.map((route) =>
    route.node === redirection.node ? incoming(redirection, route) : outgoing(redirection, route),
  )
  return { nat: parts.flatMap(({ nat }) => nat), filter: parts.flatMap(({ filter }) => filter) }
}

const table = (name: string, chain: string, hook: string, lines: readonly string[]): readonly string[] => [
  `*${name}`,
  `:${chain}-i - [0:0]`,
  `:${chain}-o - [0:0]`,
  ...lines,
  `-I ${hook} 1 -j ${chain}-i`,
  `-I OUTPUT 1 -j ${chain}-o`,
  'COMMIT',
]

const inNamespace = (pid: number, argv: readonly string[], input?: string) =>
  execa('nsenter', ['--target', String(pid), '--net', '--', ...argv], input === undefined ? {} : { input })

const restore = (pid: number, lines: readonly string[]) =>
  inNamespace(pid, ['iptables-restore', '--noflush', '--wait', '5'], `${lines.join('\n')}\n`)

/** @param pid of a process in the node's network namespace */
export const redirect = async (pid: number, redirection: Redirection): Promise<void> => {
  const { chain } = redirection
  const { nat, filter } = rulesOf(redirection)
  await restore(pid, [...table('nat', chain, 'PREROUTING', nat), ...table('filter', chain, 'INPUT', filter)])
}

/** Removes the rules, if they are there: connections that are opened from then on go where they are meant to. */
export const removeRedirection = async (pid: number, chain: string): Promise<void> => {
  const { stdout } = await inNamespace(pid, ['iptables-save'])
  if (!stdout.includes(`:${chain}-o `)) return
  const undo = (name: string, hook: string): readonly string[] => [
    `*${name}`,
    `-D ${hook} -j ${chain}-i`,
    `-D OUTPUT -j ${chain}-o`,
    `-F ${chain}-i`,
    `-F ${chain}-o`,
    `-X ${chain}-i`,
    `-X ${chain}-o`,
    'COMMIT',
  ]
  await restore(pid, [...undo('nat', 'PREROUTING'), ...undo('filter', 'INPUT')])
}

/** For `doctor`: a script that needs all of it, in a fresh namespace. */
export const RELAY_TRIAL = `printf '%s\\n' ${[
  '*nat',
  `-A OUTPUT -p tcp -m tcp --dport 1 ${NOT_OF_RELAY} -j REDIRECT --to-ports ${RELAY_PORTS.first}`,
  `-A PREROUTING -p tcp -m tcp --dport 1 -j REDIRECT --to-ports ${RELAY_PORTS.first}`,
  'COMMIT',
]
  .map((line) => `'${line}'`)
  .join(' ')} | iptables-restore --noflush`
