/** What counts as the same request. */
import { expect, it } from 'vitest'
import { Traffic } from './traffic.ts'

const FIRST = 'POST /write HTTP/1.1\r\nhost: 127.32.0.1\r\n\r\n{"key":1}'
const TO_ANOTHER = FIRST.replace('127.32.0.1', '127.32.0.12')

/** @param sent connection, time in ms, text */
const repeats = (...sent: readonly (readonly [number, number, string])[]): number => {
  const traffic = new Traffic(['127.32.0.1', '127.32.0.12'], 1)
  for (const [connection, atMs, text] of sent) traffic.send(connection, atMs, Buffer.from(text))
  return traffic.repeats
}

it.each([
  ['nothing', [], 0],
  ['one request', [[0, 0, FIRST]], 0],
  [
    'one request in two parts',
    [
      [0, 0, FIRST.slice(0, 30)],
      [0, 3, FIRST.slice(30)],
    ],
    0,
  ],
  [
    'a handshake of a new connection',
    [
      [0, 0, FIRST],
      [1, 900, 'HELLO'],
    ],
    0,
  ],
  [
    'the request again on its connection',
    [
      [0, 0, FIRST],
      [0, 900, FIRST],
    ],
    1,
  ],
  [
    'on another, after a handshake',
    [
      [0, 0, FIRST],
      [1, 900, 'HELLO'],
      [1, 901, FIRST],
    ],
    1,
  ],
  [
    'to another node',
    [
      [0, 0, FIRST],
      [1, 900, TO_ANOTHER],
      [2, 1800, FIRST],
    ],
    2,
  ],
  [
    'too short to tell',
    [
      [0, 0, 'PING'],
      [0, 900, 'PING'],
    ],
    0,
  ],
] as const)('%s', (_, sent, count) => expect(repeats(...sent)).toBe(count))

it('counts from the exchange on that it is to count from', () => {
  const traffic = new Traffic([], 2)
  traffic.send(0, 0, Buffer.from('read it first'))
  expect(traffic.isReached).toBe(false)
  traffic.receive(30)
  traffic.send(0, 1, Buffer.from('then '))
  traffic.send(0, 2, Buffer.from('write'))
  expect(traffic).toMatchObject({
    exchanges: 2,
    isReached: true,
    sentBytes: 10,
    receivedBytes: 0,
    repeats: 0,
  })
})
