import { describe, expect, it } from 'vitest'
import { type Blind, joinMessages } from './join.ts'
import type { Packet } from './packet.ts'
import type { Sighting } from './spool.ts'

const NAMES = {
  known: new Map([
    ['10.0.0.1', 'n1'],
    ['10.0.0.2', 'n2'],
  ]),
  harness: new Set(['10.0.0.250']),
}

let number = 0
const packet = (change: Partial<Packet> = {}): Packet => ({
  from: '10.0.0.1',
  to: '10.0.0.2',
  protocol: 'tcp',
  kind: 'data',
  ports: [1, 2],
  bytes: 10,
  info: '',
  sequence: 100,
  key: `${number++}`,
  ...change,
})

const MS = 1e6
const saw = (what: Sighting['what'], atMs: number, of: Packet): Sighting => ({
  what,
  atNs: atMs * MS,
  packet: of,
})
const arrived = (sentMs: number, receivedMs: number, of = packet()): readonly Sighting[] => [
  saw('sent', sentMs, of),
  saw('received', receivedMs, of),
]
const back = (change: Partial<Packet> = {}): Packet =>
  packet({ from: '10.0.0.2', to: '10.0.0.1', ports: [2, 1], ...change })

const join = (sightings: readonly Sighting[], blind: readonly Blind[] = []) =>
  joinMessages(sightings, NAMES, () => blind)
const times = (sightings: readonly Sighting[], blind: readonly Blind[] = []) =>
  join(sightings, blind).map(({ sentNs, receivedNs }) => [
    sentNs / MS,
    receivedNs === null ? null : receivedNs / MS,
  ])

describe('a message', () => {
  it('is sent by one host and received by another, in whatever order that was seen', () => {
    const [message] = join(arrived(5, 7).toReversed())
    expect(message).toMatchObject({
      from: 'n1',
      to: 'n2',
      sentNs: 5 * MS,
      receivedNs: 7 * MS,
      bytes: 10,
      ports: [1, 2],
    })
    expect(message).not.toHaveProperty('segments')
  })

  it('that looks like a hundred thousand others has its own arrival', () => {
    const same = packet({ sequence: null, protocol: 'udp' })
    const all = Array.from({ length: 100_000 }, (_, i) => arrived(10 * i, 10 * i + 1, same)).flat()
    const refused = Array.from({ length: 50_000 }, (_, i) => saw('refused to receive', 10 * i + 1, same))
    const found = times([...all, ...refused])
    expect(found.length).toBe(100_000)
    expect(found[49_999]).toEqual([499_990, null])
    expect(found[50_000]).toEqual([500_000, 500_001])
    expect(found.filter(([, receivedMs]) => receivedMs === null).length).toBe(50_000)
  })

  it('is lost if nobody saw it arrive', () => expect(times([saw('sent', 5, packet())])).toEqual([[5, null]]))

  it('is lost if a rule refused it, at either end', () => {
    const refused = packet()
    expect(times([saw('refused to send', 5, packet())])).toEqual([[5, null]])
    expect(times([...arrived(5, 6, refused), saw('refused to receive', 6, refused)])).toEqual([[5, null]])
  })

  it('that is sent twice and arrives once is the later one', () => {
    const twice = packet({ sequence: null, protocol: 'udp' })
    expect(times([saw('sent', 5, twice), saw('sent', 8, twice), saw('received', 9, twice)])).toEqual([
      [5, null],
      [8, 9],
    ])
  })

  it('that a network doubles is one message', () => {
    const doubled = packet()
    expect(times([...arrived(5, 6, doubled), saw('received', 7, doubled)])).toEqual([[5, 6]])
  })

  it('does not arrive before it is sent, although clocks are converted', () => {
    expect(times(arrived(5, 4.95))).toEqual([[5, 5]])
    expect(times(arrived(5, 4))).toEqual([[5, null]])
  })

  it('of which only the arrival was seen is left out, and so is what came before the run', () => {
    expect(times([saw('received', 5, packet())])).toEqual([])
    expect(times(arrived(-5, -4))).toEqual([])
  })

  it('of the harness is left out, and an unknown host is its address', () => {
    expect(times(arrived(1, 2, packet({ from: '10.0.0.250' })))).toEqual([])
    expect(times(arrived(1, 2, packet({ to: '10.0.0.250' })))).toEqual([])
    expect(join([saw('sent', 1, packet({ to: '10.0.0.99' }))])).toMatchObject([
      { to: '10.0.0.99', receivedNs: null },
    ])
  })
})

describe('when a receiver could not be watched', () => {
  const blind: readonly Blind[] = [{ receivers: ['n2'], fromNs: 1000 * MS, toNs: 2000 * MS }]

  it('nothing is called lost that may have arrived', () => {
    expect(times([saw('sent', 1500, packet()), saw('sent', 900, packet())], blind)).toEqual([])
    expect(times(arrived(1500, 1501), blind)).toEqual([[1500, 1501]])
  })

  it('what others lost is still told, and what was lost at other times', () => {
    expect(times([saw('sent', 1500, back())], blind)).toEqual([[1500, null]])
    expect(times([saw('sent', 2500, packet())], blind)).toEqual([[2500, null]])
    expect(times([saw('sent', 1500, back())], [{ ...blind[0], receivers: null } as Blind])).toEqual([])
  })
})

describe('segments of TCP', () => {
  const next = (sequence: number, change: Partial<Packet> = {}) => packet({ sequence, ...change })

  it('that follow each other at once are one message', () => {
    const all = [...arrived(5, 6, next(100)), ...arrived(5.5, 6.5, next(110)), ...arrived(6, 8, next(120))]
    expect(join(all)).toMatchObject([{ sentNs: 5 * MS, receivedNs: 8 * MS, bytes: 30, segments: 3 }])
  })

  it('are several messages after a pause, an answer, or a loss, and on other connections', () => {
    expect(join([...arrived(5, 6, next(100)), ...arrived(7, 8, next(110))])).toHaveLength(2)
    const answered = [
      ...arrived(5, 5.1, next(100)),
      ...arrived(5.2, 5.3, back()),
      ...arrived(5.4, 5.5, next(110)),
    ]
    expect(join(answered)).toHaveLength(3)
    expect(join([...arrived(5, 6, next(100)), saw('sent', 5.5, next(110))])).toHaveLength(2)
    expect(
      join([...arrived(5, 6, next(100)), ...arrived(5.5, 6, next(110, { ports: [3, 2] }))]),
    ).toHaveLength(2)
    const datagrams = { sequence: null, protocol: 'udp' }
    expect(join([...arrived(5, 6, packet(datagrams)), ...arrived(5.5, 6, packet(datagrams))])).toHaveLength(2)
  })

  it('that TCP sends again are marked', () => {
    const [first, again] = join([saw('sent', 5, next(100)), ...arrived(5.5, 6, next(100))])
    expect(first).not.toHaveProperty('isRetransmission')
    expect(again).toMatchObject({ isRetransmission: true, bytes: 10 })
  })

  it('have numbers that wrap around', () => {
    const marks = (sequences: readonly number[]) =>
      join(sequences.flatMap((sequence, i) => arrived(10 * i, 10 * i + 1, next(sequence)))).map(
        ({ isRetransmission = false }) => isRetransmission,
      )
    expect(marks([2 ** 32 - 5, 5])).toEqual([false, false])
    expect(marks([2 ** 32 - 5, 5, 2 ** 32 - 5])).toEqual([false, false, true])
  })

  it('that open a connection begin its numbers anew', () => {
    const open = (sequence: number) => next(sequence, { kind: 'open', bytes: 0 })
    const marks = (packets: readonly Packet[]) =>
      join(packets.flatMap((each, i) => arrived(10 * i, 10 * i + 1, each))).map(
        ({ isRetransmission = false }) => isRetransmission,
      )
    expect(marks([open(499), next(500), open(99), next(100)])).toEqual([false, false, false, false])
    expect(marks([open(99), open(99)])).toEqual([false, true])
  })
})
