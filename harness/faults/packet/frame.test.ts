import { describe, expect, it } from 'vitest'
import {
  destinationOf,
  headerBytesOf,
  ipv4DestinationOf,
  isForGroup,
  isNeighbourTalk,
  isProbe,
  sourceOf,
} from './frame.ts'
import { PROBE_PORTS } from './probe.ts'

const TO = '02000000000a'
const FROM = '02000000000b'

const frame = (type: string, rest: string): Buffer => Buffer.from(`${TO}${FROM}${type}${rest}`, 'hex')

const ipv4 = (protocol: string, rest: string): Buffer =>
  frame('0800', `4500004000000000 40${protocol}0000 c6120001 c6120002`.replaceAll(' ', '') + rest)
const ipv6 = (next: string, rest: string): Buffer =>
  frame('86dd', `60000000 0040${next}40 ${'00'.repeat(32)}`.replaceAll(' ', '') + rest)

const udpTo = (port: number): string => `1000${port.toString(16).padStart(4, '0')}00080000`
const PAYLOAD = 'abcd'.repeat(20)

const KINDS = {
  tcp: ipv4('06', PAYLOAD),
  udp: ipv4('11', udpTo(2379) + PAYLOAD),
  probe: ipv4('11', udpTo(PROBE_PORTS.first) + PAYLOAD),
  icmp: ipv4('01', PAYLOAD),
  tcp6: ipv6('06', PAYLOAD),
  udp6: ipv6('11', udpTo(PROBE_PORTS.last) + PAYLOAD),
  solicitation: ipv6('3a', `8700${PAYLOAD}`),
  echo6: ipv6('3a', `8000${PAYLOAD}`),
  arp: frame('0806', PAYLOAD),
  other: frame('88cc', PAYLOAD),
  short: frame('0800', '45'),
}

describe('a frame', () => {
  it('names its hosts', () => {
    expect([destinationOf(KINDS.tcp), sourceOf(KINDS.tcp)]).toEqual([TO, FROM])
    expect(ipv4DestinationOf(KINDS.tcp)).toBe('198.18.0.2')
    expect(ipv4DestinationOf(KINDS.tcp6)).toBeNull()
  })

  it('goes to one host or to several', () => {
    const group = Buffer.from(KINDS.udp)
    group[0] = 0x33
    expect([isForGroup(KINDS.udp), isForGroup(group)]).toEqual([false, true])
  })

  it.each([
    ['tcp', 14 + 20 + 20],
    ['udp', 14 + 20 + 8],
    ['icmp', 14 + 20],
    ['tcp6', 14 + 40 + 20],
    ['udp6', 14 + 40 + 8],
    ['arp', KINDS.arp.length],
    ['other', KINDS.other.length],
    ['short', KINDS.short.length],
  ] as const)('of %s has %i bytes that stay intact', (kind, bytes) =>
    expect(headerBytesOf(KINDS[kind])).toBe(bytes),
  )

  it('of our own probe, and of neighbours that look for each other, is told apart', () => {
    const kinds = Object.entries(KINDS)
    const which = (is: (each: Buffer) => boolean): readonly string[] =>
      kinds.filter(([, each]) => is(each)).map(([kind]) => kind)
    expect(which(isProbe)).toEqual(['probe', 'udp6'])
    expect(which(isNeighbourTalk)).toEqual(['solicitation', 'arp'])
  })
})
