import { describe, expect, it } from 'vitest'
import { PROBE_PORTS } from '../../faults/packet/probe.ts'
import { IPV4, IPV6, readPacket } from './packet.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

const two = (value: number): string => value.toString(16).padStart(4, '0')

/** From 198.18.0.1 to 198.18.0.2; `flags` are those of fragments, with the offset. */
const ipv4 = (
  protocol: string,
  payload: string,
  { id = 7, flags = 0x4000, to = 'c6120002', options = '' } = {},
) => {
  const header = 20 + options.length / 2
  const total = two(header + hex(payload).length)
  return hex(
    `4${header / 4}00 ${total} ${two(id)} ${two(flags)} 40${protocol}0000 c6120001 ${to} ${options} ${payload}`,
  )
}

const V6_ENDS = `fd00${'00'.repeat(13)}01 fd00${'00'.repeat(13)}02`
const ipv6 = (next: string, payload: string) =>
  hex(`60000000 ${two(hex(payload).length)} ${next}40 ${V6_ENDS} ${payload}`)

const SYN = 0x02
const ACK = 0x10
const tcp = (flags: number, payload = '', options = '', sequence = '00000064') => {
  const offset = (5 + options.length / 8).toString(16)
  return `8d00 1f40 ${sequence} 00000000 ${offset}0${flags.toString(16).padStart(2, '0')} ffff 0000 0000 ${options}${payload}`
}
const udp = (to: number, payload = '') => `1000 ${two(to)} ${two(8 + payload.length / 2)} 0000 ${payload}`

const inHex = (text: string): string => Buffer.from(text, 'latin1').toString('hex')

const read = (packet: Buffer, type = IPV4) => readPacket(type, packet)

describe('a packet', () => {
  it('of TCP has its ends, its ports and the length of its payload, whatever its options', () => {
    const timestamps = '0101080a0000000100000002'
    expect(read(ipv4('06', tcp(ACK, inHex('GET /x HTTP/1.1\r\n'), timestamps)))).toMatchObject({
      from: '198.18.0.1',
      to: '198.18.0.2',
      protocol: 'tcp',
      kind: 'data',
      ports: [0x8d00, 8000],
      bytes: 17,
      sequence: 100,
      info: 'GET /x HTTP/1.1',
    })
  })

  it('of IPv4 may have options', () =>
    expect(read(ipv4('06', tcp(ACK, 'abcd'), { options: '01010101' }))).toMatchObject({ bytes: 2 }))

  it.each([
    ['open', SYN],
    ['accept', SYN | ACK],
    ['reset', 0x04],
    ['close', 0x01 | ACK],
  ] as const)('of TCP without a payload may %s a connection', (kind, flags) =>
    expect(read(ipv4('06', tcp(flags)))).toMatchObject({ kind, bytes: 0 }),
  )

  it('that only acknowledges is no message', () => expect(read(ipv4('06', tcp(ACK)))).toBeNull())

  it('of UDP is a message, unless it is one of our probes', () => {
    expect(read(ipv4('11', udp(53, 'abcdef')))).toMatchObject({
      protocol: 'udp',
      ports: [0x1000, 53],
      bytes: 3,
    })
    expect(read(ipv4('11', udp(PROBE_PORTS.first, 'abcdef')))).toBeNull()
    expect(read(ipv4('11', udp(PROBE_PORTS.last, 'abcdef')))).toBeNull()
  })

  it('of IPv6 is read behind its extension headers', () => {
    const hopByHop = `0601 ${'00'.repeat(14)}`
    expect(read(ipv6('06', tcp(ACK, 'abcd')), IPV6)).toMatchObject({
      from: 'fd00:0:0:0:0:0:0:1',
      to: 'fd00:0:0:0:0:0:0:2',
      bytes: 2,
    })
    expect(read(ipv6('00', hopByHop + tcp(ACK, 'abcd')), IPV6)).toMatchObject({ protocol: 'tcp', bytes: 2 })
  })

  it('may be a fragment: only the first one has ports', () => {
    const first = read(ipv4('11', udp(53, 'ab'.repeat(24)), { flags: 0x2000 }))
    const later = read(ipv4('11', 'cd'.repeat(16), { flags: 4 }))
    expect(first).toMatchObject({ ports: [0x1000, 53], bytes: 24 })
    expect(later).toMatchObject({
      protocol: 'udp',
      ports: null,
      bytes: 16,
      info: 'later fragment of a packet',
    })
    expect(first?.key).not.toBe(later?.key)
    const fragment6 = `1100 0019 0000002a ${'ef'.repeat(8)}`
    expect(read(ipv6('2c', fragment6), IPV6)).toMatchObject({ protocol: 'udp', ports: null, bytes: 8 })
  })

  it('of another protocol is named by its number', () => {
    expect(read(ipv4('84', 'abcd'))).toMatchObject({ protocol: 'ip-132', ports: null, bytes: 2 })
    expect(read(ipv4('01', '08000000'))).toMatchObject({ protocol: 'icmp' })
  })

  it('for a group, and of neighbours that look for each other, is no message', () => {
    expect(read(ipv4('11', udp(53), { to: 'e0000001' }))).toBeNull()
    expect(read(ipv4('11', udp(53), { to: 'c61200ff' }))).toBeNull()
    expect(read(ipv6('3a', '8700 0000 00000000'), IPV6)).toBeNull()
    expect(read(ipv6('3a', '8000 0000 00000000'), IPV6)).toMatchObject({ protocol: 'icmp' })
  })

  it('has a key of its own, and the same at both ends', () => {
    const keyOf = (id: number, sequence: string) =>
      read(ipv4('06', tcp(ACK, 'ab', '', sequence), { id }))?.key
    expect(keyOf(1, '00000001')).toBe(keyOf(1, '00000001'))
    expect(new Set([keyOf(1, '00000001'), keyOf(2, '00000001'), keyOf(1, '00000002')]).size).toBe(3)
  })

  it('of UDP has a key by its content if the sender does not number it, however much was captured', () => {
    const packet = (content: string, id = 0) => ipv4('11', udp(53, content), { id })
    const keyOf = (content: string, id?: number) => readPacket(IPV4, packet(content, id))?.key
    expect(keyOf('ab01')).toBe(keyOf('ab01'))
    expect(keyOf('ab01')).not.toBe(keyOf('ab02'))
    expect(keyOf('ab01', 7)).toBe(keyOf('ab02', 7))
    const long = packet('ab'.repeat(400))
    expect(readPacket(IPV4, long.subarray(0, 162))?.key).toBe(readPacket(IPV4, long.subarray(0, 176))?.key)
    const completed = Buffer.from(packet('ab01'))
    completed.writeUInt16BE(0x1234, 26)
    expect(readPacket(IPV4, completed)?.key).toBe(keyOf('ab01'))
  })
})

describe('hostile packets', () => {
  const whole = [
    [IPV4, ipv4('06', tcp(SYN | ACK, 'abcdef', '0101080a0000000100000002'))],
    [IPV4, ipv4('11', udp(53, 'abcdef'))],
    [IPV6, ipv6('00', `0600 0000 0000 0000${tcp(ACK, 'abcd')}`)],
    [IPV6, ipv6('2c', `1100 0019 0000002a ${'ef'.repeat(8)}`)],
  ] as const

  it.each(whole)('of type %i may be cut off anywhere', (type, packet) => {
    for (let length = 0; length <= packet.length; length++)
      expect(() => readPacket(type, packet.subarray(0, length))).not.toThrow()
    expect(readPacket(type, packet)).not.toBeNull()
    expect(readPacket(type, packet.subarray(0, 12))).toBeNull()
  })

  it.each(whole)('of type %i may have any byte in any place', (type, packet) => {
    for (let at = 0; at < packet.length; at++)
      for (const value of [0x00, 0x0f, 0x7f, 0xf0, 0xff]) {
        const changed = Buffer.from(packet)
        changed[at] = value
        const seen = readPacket(type, changed)
        if (seen !== null) expect(seen.bytes).toBeGreaterThanOrEqual(0)
      }
  })

  it('show nothing but printable ASCII, and not much of it', () => {
    const payload = `\x1b[31m<script>alert(1)</script>\x1b[0m\u202e${'x'.repeat(200)}`
    const info = read(ipv4('06', tcp(ACK, Buffer.from(payload).toString('hex'))))?.info ?? ''
    expect(info).toMatch(/^[ -~]{6,60}$/)
    expect(info).toContain('<script>')
    expect(read(ipv4('06', tcp(ACK, 'ff'.repeat(90) + inHex('readable text'))))?.info).toBe('')
  })

  it('of other kinds are no messages', () => {
    expect(readPacket(0x0806, ipv4('06', tcp(SYN)))).toBeNull()
    expect(readPacket(IPV6, ipv4('06', tcp(SYN)))).toBeNull()
    expect(readPacket(IPV4, ipv6('06', tcp(SYN)))).toBeNull()
  })
})
