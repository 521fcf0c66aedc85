import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/history.ts'
import type { Message } from '../api/message.ts'
import type { FaultRecord, Sample } from '../api/record.ts'
import { type RecordParts, recordOf } from '../testing/record.ts'
import { spaceTimeWindows, type WantedWindow, wantedWindows } from './messages.ts'

const MS = 1e6

const message = (sentMs: number, change: Partial<Message> = {}): Message => ({
  sentNs: sentMs * MS,
  receivedNs: (sentMs + 0.5) * MS,
  from: 'n1',
  to: 'n2',
  protocol: 'tcp',
  kind: 'data',
  ports: [40_000, 2380],
  bytes: 100,
  info: 'POST /raft',
  ...change,
})

const operation = (index: number, type: Operation['type'], atMs: number, value: unknown = 1): Operation => ({
  index,
  timeNs: atMs * MS,
  process: 3,
  type,
  f: 'read',
  value,
  node: 'n2',
})

const injection = (id: string, atMs: number): Operation => ({
  index: 0,
  timeNs: atMs * MS,
  process: 'nemesis',
  type: 'invoke',
  f: 'inject',
  value: { id },
})

const fault = (id: string, fromMs: number, toMs: number, effective = true): FaultRecord => ({
  planned: {
    id,
    nemesis: 'partition',
    kind: 'partition/one',
    label: 'partition',
    colour: 'red',
    atNs: 0,
    durationNs: 0,
    model: 'partition',
    intent: {},
  },
  victims: ['n1'],
  injectedAtNs: fromMs * MS,
  healingAtNs: (toMs - 10) * MS,
  healedAtNs: toMs * MS,
  effects: [],
  effective,
})

const lead = (atMs: number, node: string, term: number): Sample => ({
  timeNs: atMs * MS,
  node,
  status: { role: 'leader', term },
})

const WANTED: WantedWindow = {
  title: 'w',
  fromNs: 1000 * MS,
  toNs: 2000 * MS,
  focusNs: 1500 * MS,
  operations: [],
}

const windowOf = (parts: RecordParts, wanted: Partial<WantedWindow> = {}) => {
  const [window] = spaceTimeWindows(recordOf({ messageGaps: [], ...parts }), [{ ...WANTED, ...wanted }])
  if (window === undefined) throw new Error('no window')
  return window
}

describe('a window', () => {
  it('has its messages as columns, with lanes of nodes before clients before unknown addresses', () => {
    const { lanes, messages, omitted } = windowOf({
      messages: [
        message(999),
        message(1000, { from: '10.0.0.9', segments: 3 }),
        message(1001, { from: 'clients-0', receivedNs: null, isRetransmission: true }),
        message(2000),
      ],
      samples: [lead(0, 'n10', 1), lead(0, 'n2', 1)],
    })
    expect(lanes).toEqual(['n2', 'n10', 'clients-0', '10.0.0.9'])
    expect(messages).toMatchObject({
      sentUs: [0, 1000],
      tookUs: [500, -1],
      from: [3, 2],
      to: [0, 0],
      segments: [3, -1],
    })
    expect(messages.texts[messages.link[0] as number]).toBe('tcp 40000 to 2380')
    expect(messages.texts[messages.info[1] as number]).toBe('POST /raft')
    expect(omitted).toBe(0)
  })

  it('with too many messages is narrowed to those around its focus', () => {
    const many = Array.from({ length: 15_000 }, (_, i) => message(1000 + i / 20))
    const { fromMs, toMs, messages, omitted } = windowOf({ messages: many }, { focusNs: 1500 * MS })
    expect([messages.sentUs.length, omitted, messages.sentUs[0]]).toEqual([10_000, 5000, 0])
    expect([fromMs, Math.round(toMs)]).toEqual([1250, 1750])
  })

  it('says when messages are missing', () => {
    const gaps = [
      { fromNs: 0, toNs: 900 * MS, why: 'early' },
      { fromNs: 900 * MS, toNs: 1100 * MS, why: 'limit' },
    ]
    expect(windowOf({ messages: [], messageGaps: gaps }).gaps).toEqual([
      { fromMs: 900, toMs: 1100, why: 'limit' },
    ])
  })

  it('has the faults in force, from the beginning of their injection on', () => {
    const faults = [
      fault('a', 500, 900),
      fault('b', 900, 1400),
      fault('c', 1900, 9000, false),
      fault('d', 2000, 2500),
    ]
    const window = windowOf({ messages: [], faults, history: [injection('b', 700)] })
    expect(window.faults).toMatchObject([
      { id: 'b', beginsMs: 700, startMs: 900, healingMs: 1390, endMs: 1400, effective: true },
      { id: 'c', beginsMs: 1900, endMs: 2000, effective: false },
    ])
  })

  it('has a fault whose injection began in it and was complete later, but not one that waited for its moment', () => {
    const faults = [{ ...fault('a', 2100, 3000), injectingAtNs: 1900 * MS }]
    const waited = [{ ...fault('a', 2100, 3000), injectingAtNs: 2050 * MS }]
    const history = [injection('a', 700)]
    expect(windowOf({ messages: [], faults, history }).faults).toMatchObject([
      { id: 'a', beginsMs: 1900, startMs: 2100 },
    ])
    expect(windowOf({ messages: [], faults: waited, history }).faults).toEqual([])
  })

  it('has the wanted operations, and characters that hide or turn text are spelt out', () => {
    const history = [
      operation(0, 'invoke', 1100),
      operation(1, 'ok', 1200, 'a\u202eb\u001b'),
      operation(2, 'invoke', 1300),
    ]
    const { operations } = windowOf({ messages: [], history }, { operations: [0, 2] })
    expect(operations).toMatchObject([
      { index: 0, process: 3, node: 'n2', startMs: 1100, endMs: 1200, type: 'ok' },
      { index: 2, endMs: -1, type: 'info' },
    ])
    expect(operations[0]?.text).toBe(String.raw`read "a\u{202e}b\u001b"`)
  })

  it('has those who begin to lead, and the one who leads before', () => {
    const samples = [
      lead(1, 'n3', 1),
      lead(500, 'n1', 2),
      lead(1100, 'n1', 2),
      lead(1200, 'n2', 3),
      lead(1300, 'n1', 2),
    ]
    expect(windowOf({ messages: [], samples }).elections).toEqual([
      { atMs: 500, lane: 'n1', text: 'leads in term 2' },
      { atMs: 1200, lane: 'n2', text: 'leads in term 3' },
    ])
  })
})

describe('windows', () => {
  it('are around evidence, then at the beginnings of effective faults', () => {
    const record = recordOf({
      history: [operation(0, 'invoke', 5000), operation(1, 'ok', 5100)],
      faults: [fault('a', 500, 900), fault('b', 1000, 1400, false)],
    })
    expect(wantedWindows(record, [[0], []])).toMatchObject([
      { title: 'evidence', fromNs: 4750 * MS, toNs: 5350 * MS, focusNs: 5000 * MS, operations: [0] },
      { title: 'beginning of a', fromNs: 250 * MS, focusNs: 500 * MS },
    ])
  })

  it('are few', () => {
    const faults = Array.from({ length: 20 }, (_, i) => fault(`f${i}`, 1000 * i, 1000 * i + 10))
    expect(wantedWindows(recordOf({ faults }), [])).toHaveLength(6)
  })

  it('are none without a capture', () => expect(spaceTimeWindows(recordOf({}), [WANTED])).toEqual([]))
})
