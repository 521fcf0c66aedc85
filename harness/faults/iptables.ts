/**
 * Dropping and resetting packets inside a node's own network namespace. Each fault has its own chains for IPv4 and IPv6,
 * each inserted and removed by one atomic iptables-restore. So overlapping faults heal independently, and no other rule is
 * touched.
 */
import fs from 'node:fs'
import { execa } from 'execa'
import { PROBE_PORTS } from './packet/probe.ts'

export interface PacketRule {
  /** `from`: packets that arrive from the address; `to`: packets that leave for it. */
  readonly direction: 'from' | 'to'
  readonly address: string
  /**
   * The Ethernet address of the sender: then everything that it sends is meant, by whatever address, multicast, broadcast and
   * IPv6 included. For `from`. Absent or null: packets from `address` alone.
   */
  readonly hardware?: string | null
  /**
   * Which packets. `tcp`: all TCP packets; `opening`: those that open a TCP connection; `open`: all other TCP packets;
   * `data`: TCP packets with a payload, so that connections can still be opened and received data is still acknowledged.
   */
  readonly which: 'all' | 'tcp' | 'opening' | 'open' | 'data'
  /** Of these packets, only those to or from a port of a protocol. Absent: all. */
  readonly only?: Traffic
  /** `reset`: the sender gets a TCP reset; for TCP only. */
  readonly action: 'drop' | 'reset'
}

/** Port null: any. */
export interface Traffic {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number | null
}

/** A network namespace, named by a process in it. */
export interface NetworkNamespace {
  readonly keeperPid: number
}

/** The group of NFLOG in which a capture of messages listens for what rules refuse. */
export const LOG_GROUP = 61_900
/** Of a packet, this much is captured: its headers and the beginning of its payload. */
export const LOGGED_BYTES = 176

const enter = (namespace: NetworkNamespace, argv: readonly string[]): readonly string[] => [
  '--target',
  String(namespace.keeperPid),
  '--net',
  '--',
  ...argv,
]

/** What to restore, by IP version. */
interface Restored {
  readonly v4: readonly string[]
  readonly v6: readonly string[]
}

/** A kernel may have no IPv6. */
const hasV6 = ({ keeperPid }: NetworkNamespace): boolean => fs.existsSync(`/proc/${keeperPid}/net/if_inet6`)

const RESTORE = `
printf '%s' "$1" | iptables-restore --noflush --wait 5 || exit
[ -z "$2" ] || printf '%s' "$2" | ip6tables-restore --noflush --wait 5`

const restore = async (namespace: NetworkNamespace, { v4, v6 }: Restored): Promise<void> => {
  const text = (lines: readonly string[]): string => `*filter\n${lines.join('\n')}\nCOMMIT\n`
  const texts = [text(v4), hasV6(namespace) ? text(v6) : '']
  await execa('nsenter', enter(namespace, ['sh', '-c', RESTORE, 'sh', ...texts]))
}

const inBoth = (lines: readonly string[]): Restored => ({ v4: lines, v6: lines })

const chains = (name: string): { readonly input: string; readonly output: string } => ({
  input: `${name}-i`,
  output: `${name}-o`,
})

/** Chain names hold at most 28 characters. */
export const chainName = (faultId: string): string => `fl-${faultId.slice(-20)}`

/**
 * IP and TCP headers with the options of a SYN-ACK: a longer packet carries data. (Up to eight bytes of data would
 * pass.)
 */
const LONGEST_EMPTY_BYTES = { v4: 60, v6: 80 } as const

const matchOfTraffic = (only: Traffic | undefined): string => {
  if (only === undefined) return ''
  const { protocol, port } = only
  return port === null ? `-p ${protocol} ` : `-p ${protocol} -m multiport --ports ${port} `
}

const matchOf = ({ which, only }: PacketRule, version: keyof Restored): string =>
  ({
    all: matchOfTraffic(only),
    tcp: '-p tcp ',
    opening: '-p tcp --syn ',
    open: '-p tcp ! --syn ',
    data: `-p tcp -m length --length ${LONGEST_EMPTY_BYTES[version] + 1}:65535 `,
  })[which]

const TARGETS: Readonly<Record<PacketRule['action'], string>> = {
  drop: 'DROP',
  reset: 'REJECT --reject-with tcp-reset',
}

/** Whether a capture listens there: what nobody listens to is not logged. A kernel may have no such log. */
const isListenedTo = ({ keeperPid }: NetworkNamespace): boolean => {
  try {
    const listeners = fs.readFileSync(`/proc/${keeperPid}/net/netfilter/nfnetlink_log`, 'latin1')
    return listeners.split('\n').some((line) => Number.parseInt(line, 10) === LOG_GROUP)
  } catch {
    return false
  }
}

const LOG = `NFLOG --nflog-group ${LOG_GROUP} --nflog-size ${LOGGED_BYTES} --nflog-threshold 1`

/** The rule for packets that match; before it, one that logs them. */
const refusing = (match: string, action: PacketRule['action'], logs: boolean): readonly string[] => [
  ...(logs ? [`${match}-j ${LOG}`] : []),
  `${match}-j ${TARGETS[action]}`,
]

const OF_PROBES = `--dport ${PROBE_PORTS.first}:${PROBE_PORTS.last}`

/** A rule that drops everything has one before it for our own probes, which it counts by itself. */
const ruleLines = (name: string, rule: PacketRule, logs: boolean): readonly string[] => {
  const { direction, address, which, action } = rule
  const { input, output } = chains(name)
  const where = direction === 'from' ? `-A ${input} -s ${address}` : `-A ${output} -d ${address}`
  const probes = which === 'all' ? [`${where} -p udp -m udp ${OF_PROBES} -j DROP`] : []
  return [...probes, ...refusing(`${where} ${matchOf(rule, 'v4')}`, action, logs)]
}

const hardwareLines = (
  name: string,
  rule: PacketRule,
  version: keyof Restored,
  logs: boolean,
): readonly string[] => {
  const { hardware = null, action } = rule
  if (hardware === null) return []
  const where = `-A ${chains(name).input} -m mac --mac-source ${hardware}`
  return refusing(`${where} ${matchOf(rule, version)}`, action, logs)
}

/** Nodes still find each other's Ethernet addresses, as by ARP, so that a link works at once when it is healed. */
const neighbourLines = (name: string): readonly string[] =>
  ['neighbour-solicitation', 'neighbour-advertisement'].map(
    (type) => `-A ${chains(name).input} -p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j RETURN`,
  )

export const addRules = async (
  namespace: NetworkNamespace,
  name: string,
  rules: readonly PacketRule[],
): Promise<void> => {
  const { input, output } = chains(name)
  const jumps = [`-I INPUT 1 -j ${input}`, `-I OUTPUT 1 -j ${output}`]
  const own = [`:${input} - [0:0]`, `:${output} - [0:0]`]
  const logs = isListenedTo(namespace)
  const byHardware = (version: keyof Restored): readonly string[] =>
    rules.flatMap((rule) => hardwareLines(name, rule, version, logs))
  const byAddress = rules.flatMap((rule) => ruleLines(name, rule, logs))
  await restore(namespace, {
    v4: [...own, ...byAddress, ...byHardware('v4'), ...jumps],
    v6: [...own, ...neighbourLines(name), ...byHardware('v6'), ...jumps],
  })
}

const SAVE =
  'iptables-save --counters --table filter; [ -z "$1" ] || ip6tables-save --counters --table filter'

/** The rules of both IP versions. */
const save = async (namespace: NetworkNamespace): Promise<string> => {
  const v6 = hasV6(namespace) ? 'too' : ''
  return (await execa('nsenter', enter(namespace, ['sh', '-c', SAVE, 'sh', v6]))).stdout
}

/**
 * Number of packets that the fault's rules have dropped or reset so far, without those of our own probes; null if the chain no
 * longer exists.
 */
export const countPackets = async (namespace: NetworkNamespace, name: string): Promise<number | null> => {
  const { input, output } = chains(name)
  const text = await save(namespace)
  if (!text.includes(`:${input} `)) return null
  let packets = 0
  for (const line of text.split('\n')) {
    const match = /^\[(\d+):\d+\] -A (\S+) .*-j (DROP|REJECT)/.exec(line)
    if (match === null || line.includes(OF_PROBES)) continue
    if (match[2] === input || match[2] === output) packets += Number(match[1])
  }
  return packets
}

/** Suspends the fault's rules or puts them into force again. Their packet counts are kept. */
export const setInForce = (namespace: NetworkNamespace, name: string, inForce: boolean): Promise<void> => {
  const { input, output } = chains(name)
  const how = inForce ? (chain: string) => `-I ${chain} 1 -j` : (chain: string) => `-D ${chain} -j`
  return restore(namespace, inBoth([`${how('INPUT')} ${input}`, `${how('OUTPUT')} ${output}`]))
}

/** Removes the fault's rules. Does nothing if they are already gone. */
export const removeRules = async (namespace: NetworkNamespace, name: string): Promise<void> => {
  const text = await save(namespace)
  const { input, output } = chains(name)
  if (!text.includes(`:${input} `)) return
  const jumps = [`INPUT -j ${input}`, `OUTPUT -j ${output}`].filter((jump) => text.includes(`-A ${jump}\n`))
  const ends = [`-F ${input}`, `-F ${output}`, `-X ${input}`, `-X ${output}`]
  await restore(namespace, inBoth([...jumps.map((jump) => `-D ${jump}`), ...ends]))
}
