/** What the switch needs to know of an Ethernet frame (IEEE 802.3) and of the packet in it. */
import { PROBE_PORTS } from './probe.ts'

export const ETHERNET_BYTES = 14
const IPV6_BYTES = 40
const TCP_BYTES = 20
const UDP_BYTES = 8
const IPV4 = 0x0800
const ARP = 0x0806
const IPV6 = 0x86dd
const TCP = 6
const UDP = 17
const ICMPV6 = 58
/** Solicitation and advertisement (RFC 4861). */
const NEIGHBOUR_DISCOVERY = [135, 136]

/** Twelve hexadecimal digits. */
export const destinationOf = (frame: Buffer): string => frame.toString('hex', 0, 6)
/** Twelve hexadecimal digits. */
export const sourceOf = (frame: Buffer): string => frame.toString('hex', 6, 12)

/** Whether it goes to several hosts: multicast or broadcast. */
export const isForGroup = (frame: Buffer): boolean => ((frame[0] as number) & 1) === 1

const typeOf = (frame: Buffer): number => frame.readUInt16BE(12)

/** The protocol above IP, and where its header begins; null: there is none. */
const transportOf = (frame: Buffer): { readonly protocol: number; readonly at: number } | null => {
  const type = typeOf(frame)
  if (type === IPV4 && frame.length > ETHERNET_BYTES + TCP_BYTES)
    return {
      protocol: frame[ETHERNET_BYTES + 9] as number,
      at: ETHERNET_BYTES + ((frame[ETHERNET_BYTES] as number) & 15) * 4,
    }
  if (type === IPV6 && frame.length > ETHERNET_BYTES + IPV6_BYTES)
    return { protocol: frame[ETHERNET_BYTES + 6] as number, at: ETHERNET_BYTES + IPV6_BYTES }
  return null
}

/** The address that an IPv4 packet goes to; null: it is none. */
export const ipv4DestinationOf = (frame: Buffer): string | null =>
  typeOf(frame) === IPV4 ? frame.subarray(ETHERNET_BYTES + 16, ETHERNET_BYTES + 20).join('.') : null

/**
 * The bytes that must stay intact, because a packet that goes elsewhere proves nothing: Ethernet and IP addresses, and the
 * ports of the protocol above. All of a frame in which nothing is known to be payload.
 */
export const headerBytesOf = (frame: Buffer): number => {
  const transport = transportOf(frame)
  if (transport === null) return frame.length
  const { protocol, at } = transport
  if (protocol === TCP) return at + TCP_BYTES
  return protocol === UDP ? at + UDP_BYTES : at
}

/** Whether hosts find each other's Ethernet addresses by it (ARP, neighbour discovery): it belongs to no program. */
export const isNeighbourTalk = (frame: Buffer): boolean => {
  if (typeOf(frame) === ARP) return true
  const transport = transportOf(frame)
  return transport?.protocol === ICMPV6 && NEIGHBOUR_DISCOVERY.includes(frame[transport.at] ?? 0)
}

/** Whether it is a datagram of our own probe, which proves nothing about what the cluster felt. */
export const isProbe = (frame: Buffer): boolean => {
  const transport = transportOf(frame)
  if (transport?.protocol !== UDP || frame.length < transport.at + UDP_BYTES) return false
  const port = frame.readUInt16BE(transport.at + 2)
  return port >= PROBE_PORTS.first && port <= PROBE_PORTS.last
}
