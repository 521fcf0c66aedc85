/**
 * What is known of a captured packet by its headers: IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293), UDP (RFC 768). Packets
 * may be cut off anywhere, and their bytes come from others: what does not fit is null, and nothing is read beyond the end.
 */
import zlib from 'node:zlib'
import type { Message } from '../../api/message.ts'
import { PROBE_PORTS } from '../../faults/packet/probe.ts'

export const IPV4 = 0x0800
export const IPV6 = 0x86dd

/** Names of protocols by their numbers (IANA). */
const NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp' }
const ICMPV6 = 58
/** Of IPv6: options for hops, routing, destination options. */
const EXTENSIONS = [0, 43, 60]
const MOST_EXTENSIONS = 8
const FRAGMENT = 44
/** Router and neighbour discovery (RFC 4861): it belongs to no program. */
const DISCOVERY = { first: 133, last: 137 } as const

export interface Packet {
  readonly from: string
  readonly to: string
  readonly protocol: string
  readonly kind: Message['kind']
  readonly ports: readonly [number, number] | null
  /** Of the payload. */
  readonly bytes: number
  readonly info: string
  /** TCP's number of the first byte; null: another protocol. */
  readonly sequence: number | null
  /** Two packets with one key are one packet, or look alike. */
  readonly key: string
}

/** The packet of IP: what surrounds its payload. */
interface Internet {
  readonly from: string
  readonly to: string
  readonly protocol: number
  /** Where the payload begins in the packet, and its length as the header has it. */
  readonly at: number
  readonly length: number
  /** Tells packets with the same content apart, where the sender numbers them. */
  readonly id: string
  readonly isLaterFragment: boolean
}

const inHex = (packet: Buffer, at: number): string =>
  (packet.toString('hex', at, at + 16).match(/.{4}/g) ?? [])
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')

/** Called for each packet: to join the bytes of a part takes five times as long. */
const addressAt = (packet: Buffer, at: number): string =>
  `${packet[at]}.${packet[at + 1]}.${packet[at + 2]}.${packet[at + 3]}`

const readIpv4 = (packet: Buffer): Internet | null => {
  if (packet.length < 20 || (packet[0] as number) >> 4 !== 4) return null
  const at = ((packet[0] as number) & 15) * 4
  const length = packet.readUInt16BE(2) - at
  const offset = packet.readUInt16BE(6) & 0x1fff
  if (at < 20 || length < 0) return null
  return {
    from: addressAt(packet, 12),
    to: addressAt(packet, 16),
    protocol: packet[9] as number,
    at,
    length,
    id: `${packet.readUInt16BE(4)}.${offset}`,
    isLaterFragment: offset > 0,
  }
}

const readIpv6 = (packet: Buffer): Internet | null => {
  if (packet.length < 40 || (packet[0] as number) >> 4 !== 6) return null
  const end = 40 + packet.readUInt16BE(4)
  const ends = { from: inHex(packet, 8), to: inHex(packet, 24) }
  let protocol = packet[6] as number
  let at = 40
  let id = ''
  let isLaterFragment = false
  for (let i = 0; i < MOST_EXTENSIONS && at + 8 <= packet.length; i++) {
    const isFragment = protocol === FRAGMENT
    if (!isFragment && !EXTENSIONS.includes(protocol)) break
    if (isFragment) {
      const offset = packet.readUInt16BE(at + 2) >> 3
      id = `${packet.readUInt32BE(at + 4)}.${offset}`
      isLaterFragment = offset > 0
    }
    protocol = packet[at] as number
    at += isFragment ? 8 : 8 * ((packet[at + 1] as number) + 1)
  }
  return { ...ends, protocol, at, length: Math.max(0, end - at), id, isLaterFragment }
}

const READABLE = /[ -~]{6,}/
/** How far from the beginning of the payload it may begin, such as after a length. */
const READABLE_WITHIN = 24
const MOST_INFO = 60

const infoOf = (packet: Buffer, at: number, bytes: number): string => {
  const most = Math.min(bytes, READABLE_WITHIN + MOST_INFO)
  const text = packet.toString('latin1', at, Math.min(packet.length, at + most))
  const found = READABLE.exec(text)
  return found === null || found.index > READABLE_WITHIN ? '' : found[0].slice(0, MOST_INFO)
}

const FIN = 1
const SYN = 2
const RST = 4
const ACK = 16

/** Null: an acknowledgement alone. */
const kindOfTcp = (flags: number, bytes: number): Message['kind'] | null => {
  if (flags & SYN) return flags & ACK ? 'accept' : 'open'
  if (flags & RST) return 'reset'
  if (bytes > 0) return 'data'
  return flags & FIN ? 'close' : null
}

type Transport = Pick<Packet, 'kind' | 'ports' | 'bytes' | 'info' | 'sequence'>

const portsAt = (packet: Buffer, at: number): readonly [number, number] => [
  packet.readUInt16BE(at),
  packet.readUInt16BE(at + 2),
]

const readTcp = (packet: Buffer, { at, length }: Internet): Transport | null => {
  if (packet.length < at + 14) return null
  const header = ((packet[at + 12] as number) >> 4) * 4
  const bytes = length - header
  if (header < 20 || bytes < 0) return null
  const kind = kindOfTcp(packet[at + 13] as number, bytes)
  if (kind === null) return null
  return {
    kind,
    ports: portsAt(packet, at),
    bytes,
    info: infoOf(packet, at + header, bytes),
    sequence: packet.readUInt32BE(at + 4),
  }
}

/** Null: it is one of our own probes. */
const readUdp = (packet: Buffer, { at, length }: Internet): Transport | null => {
  if (packet.length < at + 4 || length < 8) return null
  const ports = portsAt(packet, at)
  if (ports[1] >= PROBE_PORTS.first && ports[1] <= PROBE_PORTS.last) return null
  const bytes = length - 8
  return { kind: 'data', ports, bytes, info: infoOf(packet, at + 8, bytes), sequence: null }
}

const readOther = ({ length, isLaterFragment }: Internet): Transport => ({
  kind: 'data',
  ports: null,
  bytes: length,
  info: isLaterFragment ? 'later fragment of a packet' : '',
  sequence: null,
})

const readTransport = (packet: Buffer, internet: Internet): Transport | null => {
  const { protocol, at, isLaterFragment } = internet
  if (isLaterFragment) return readOther(internet)
  if (NAMES[protocol] === 'tcp') return readTcp(packet, internet)
  if (NAMES[protocol] === 'udp') return readUdp(packet, internet)
  const type = packet[at] ?? 0
  const isDiscovery = protocol === ICMPV6 && type >= DISCOVERY.first && type <= DISCOVERY.last
  return isDiscovery ? null : readOther(internet)
}

/** What every view of a packet has of it, however it was captured. */
const CERTAIN_BYTES = 160

/**
 * Linux numbers the packets of UDP only on connected sockets, and IPv6 only fragments: what is sent every second, such as
 * heartbeats, would look alike. So the content tells packets without a number apart, without UDP's header: its checksum may
 * be completed on the way.
 */
const contentOf = (packet: Buffer, { protocol, at, length, id, isLaterFragment }: Internet): string => {
  const isNumbered = NAMES[protocol] === 'tcp' || (id !== '' && !id.startsWith('0.'))
  const begin = at + (NAMES[protocol] === 'udp' && !isLaterFragment ? 8 : 0)
  return isNumbered ? '' : String(zlib.crc32(packet.subarray(begin, Math.min(at + length, CERTAIN_BYTES))))
}

/** Multicast and broadcast: who should get it is not known. */
const isForGroup = (to: string): boolean =>
  to.startsWith('ff') || to.endsWith('.255') || Number(to.split('.')[0]) >= 224

/**
 * @param type of the Ethernet frame
 * @param packet from the header of IP on; it may be cut off
 * @returns null if it is no message: not IP, malformed, an acknowledgement alone, for a group, or of the harness
 */
export const readPacket = (type: number, packet: Buffer): Packet | null => {
  const internet = type === IPV4 ? readIpv4(packet) : type === IPV6 ? readIpv6(packet) : null
  if (internet === null || isForGroup(internet.to)) return null
  const transport = readTransport(packet, internet)
  if (transport === null) return null
  const { from, to, protocol, id } = internet
  const { ports, bytes, kind, sequence } = transport
  const content = contentOf(packet, internet)
  return {
    from,
    to,
    protocol: NAMES[protocol] ?? `ip-${protocol}`,
    ...transport,
    key: `${from} ${to} ${protocol} ${ports?.join() ?? ''} ${id} ${sequence} ${bytes} ${kind} ${content}`,
  }
}
