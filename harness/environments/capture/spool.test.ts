import { describe, expect, it } from 'vitest'
import { readSpool } from './spool.ts'

const START_NS = 5_000_000_000_000n
/** Both clocks when a record is written, one second after the start of the run. */
const MONOTONIC_NS = START_NS + 1_000_000_000n
const REAL_NS = 1_795_793_810_250_000_000n
const PLUG = 2

const PACKET = Buffer.from('450000218ded40004011867e0a0909020a09094da5260063000d267f68656c6c6f', 'hex')

const record = (kind: number, body: Buffer, place = 0): Buffer => {
  const head = Buffer.alloc(24)
  head[0] = kind
  head[1] = place
  head.writeUInt32LE(body.length, 4)
  head.writeBigInt64LE(MONOTONIC_NS, 8)
  head.writeBigInt64LE(REAL_NS, 16)
  return Buffer.concat([head, body])
}

const OUTGOING = 4
const TO_US = 0
const TO_OTHERS = 3

interface Seen {
  readonly direction: number
  readonly plug?: number
  /** Against the time of the record. */
  readonly atMs: number
  readonly packet?: Buffer
}

/** A packet in a block, with what the kernel writes before it (`tpacket3_hdr`, `sockaddr_ll`, Ethernet). */
const inBlock = ({ direction, plug = PLUG, atMs, packet = PACKET }: Seen, isLast: boolean): Buffer => {
  const length = 96 + packet.length + 7
  const whole = Buffer.alloc(length - (length % 8))
  const atNs = REAL_NS + BigInt(Math.round(atMs * 1e6))
  whole.writeUInt32LE(isLast ? 0 : whole.length, 0)
  whole.writeUInt32LE(Number(atNs / 1_000_000_000n), 4)
  whole.writeUInt32LE(Number(atNs % 1_000_000_000n), 8)
  whole.writeUInt32LE(14 + packet.length, 12)
  whole.writeUInt16LE(82, 24)
  whole.writeUInt16LE(96, 26)
  whole.writeUInt16BE(0x0800, 50)
  whole.writeInt32LE(plug, 52)
  whole[58] = direction
  packet.copy(whole, 96)
  return whole
}

const block = (...seen: readonly Seen[]): Buffer => {
  const head = Buffer.alloc(48)
  head.writeUInt32LE(seen.length, 12)
  head.writeUInt32LE(48, 16)
  return Buffer.concat([head, ...seen.map((each, i) => inBlock(each, i === seen.length - 1))])
}

const attribute = (type: number, body: Buffer): Buffer => {
  const whole = Buffer.alloc((4 + body.length + 3) & ~3)
  whole.writeUInt16LE(4 + body.length, 0)
  whole.writeUInt16LE(type, 2)
  body.copy(whole, 4)
  return whole
}

const timeOf = (atNs: bigint): Buffer => {
  const time = Buffer.alloc(16)
  time.writeBigUInt64BE(atNs / 1_000_000_000n, 0)
  time.writeBigUInt64BE((atNs % 1_000_000_000n) / 1000n, 8)
  return time
}

const refusal = (hook: number, ...more: readonly Buffer[]): Buffer => {
  const attributes = [attribute(1, Buffer.from([8, 0, hook, 0])), ...more, attribute(9, PACKET)]
  const body = Buffer.concat([Buffer.from([2, 0, 0, 0]), ...attributes])
  const head = Buffer.alloc(16)
  head.writeUInt32LE(16 + body.length, 0)
  head.writeUInt16LE(0x400, 4)
  return Buffer.concat([head, body])
}

const read = (file: Buffer) => readSpool(file, START_NS, [PLUG])
const seenIn = (file: Buffer) => read(file).sightings.map(({ what, atNs }) => [what, atNs / 1e6])

describe('blocks', () => {
  it('have packets with their times in the run', () => {
    const file = record(0, block({ direction: OUTGOING, atMs: -0.5 }, { direction: TO_US, atMs: 900 }))
    expect(seenIn(file)).toEqual([
      ['sent', 999.5],
      ['received', 1900],
    ])
    expect(read(file).sightings[0]?.packet).toMatchObject({ from: '10.9.9.2', to: '10.9.9.77', bytes: 5 })
  })

  it('have packets for others, and some that come in twice: once by a detour, once at the plug', () => {
    const seen = [
      { direction: TO_OTHERS, atMs: 0 },
      { direction: TO_US, atMs: 1, plug: 7 },
      { direction: TO_US, atMs: 2 },
      { direction: OUTGOING, atMs: 3, plug: 7 },
    ]
    expect(seenIn(record(0, block(...seen)))).toEqual([
      ['received', 1002],
      ['sent', 1003],
    ])
  })
})

describe('refusals', () => {
  it('of packets that are sent have the time at which they were read', () =>
    expect(seenIn(record(1, refusal(3)))).toEqual([['refused to send', 1000]]))

  it('of packets that arrive have the time of the kernel, if it tells', () => {
    const stamped = refusal(1, attribute(3, timeOf(REAL_NS - 7_000_000n)))
    expect(seenIn(record(1, stamped))).toEqual([['refused to receive', 993]])
    expect(seenIn(record(1, refusal(1)))).toEqual([['refused to receive', 1000]])
  })

  it('may come several at once', () =>
    expect(seenIn(record(1, Buffer.concat([refusal(3), refusal(1)])))).toHaveLength(2))
})

it('what the kernel missed is told with its place', () =>
  expect(read(record(2, Buffer.from([9, 0, 0, 0]), 3)).missed).toEqual([{ place: 3, atNs: 1e9, packets: 9 }]))

describe('damaged files', () => {
  const file = Buffer.concat([
    record(0, block({ direction: OUTGOING, atMs: 0 }, { direction: TO_US, atMs: 1 })),
    record(1, refusal(3)),
    record(2, Buffer.from([1, 0, 0, 0])),
  ])

  it('may end anywhere: what is whole before that is read', () => {
    expect(read(file).sightings).toHaveLength(3)
    expect(read(file.subarray(0, file.length - 30)).sightings).toHaveLength(2)
    for (let length = 0; length <= file.length; length++)
      expect(() => read(file.subarray(0, length))).not.toThrow()
  })

  it('may have any byte in any place', () => {
    for (let at = 0; at < file.length; at++)
      for (const value of [0x00, 0x01, 0x7f, 0xff]) {
        const changed = Buffer.from(file)
        changed[at] = value
        expect(read(changed).sightings.length).toBeLessThanOrEqual(3)
      }
  })
})
