import { describe, expect, it } from 'vitest'
import type { LoggedMessage } from '../../api/message.ts'
import type { LogLine } from './align.ts'
import { loggedMessages } from './logged-messages.ts'

const MS = 1e6

const line = (node: string, atMs: number | null, text: string): LogLine => ({
  node,
  number: 1,
  text,
  timeNs: atMs === null ? null : atMs * MS,
  placeNs: null,
  raw: null,
  aheadMs: 0,
  isUnsure: false,
  frozenMs: 0,
  level: 'none',
})

/** `> n2 vote` and `< n1 vote`. */
const read = (text: string): LoggedMessage | null => {
  const [sign, peer = '', info = ''] = text.split(' ')
  if (sign !== '>' && sign !== '<') return null
  return { did: sign === '>' ? 'sent' : 'received', peer, info }
}

const told = (...lines: readonly LogLine[]) =>
  loggedMessages(lines, read).map(({ from, to, info, sentNs, receivedNs }) => [
    `${from}>${to} ${info}`,
    sentNs / MS,
    receivedNs === null ? null : receivedNs / MS,
  ])

describe('a message that logs tell of', () => {
  it('has its sender and its receiver, by the lines of both', () => {
    expect(told(line('n1', 5, '> n2 vote'), line('n2', 7, '< n1 vote'))).toEqual([['n1>n2 vote', 5, 7]])
    expect(loggedMessages([line('n1', 5, '> n2 vote')], read)).toMatchObject([{ protocol: 'log', bytes: 0 }])
  })

  it('is not known to have arrived if no line says so', () =>
    expect(told(line('n1', 5, '> n2 vote'), line('n2', 7, '< n1 other'))).toEqual([['n1>n2 vote', 5, null]]))

  it('is told apart from others with its text by time: the first one was lost, or the second one', () => {
    const twice = [line('n1', 5, '> n2 vote'), line('n1', 15, '> n2 vote')]
    expect(told(...twice, line('n2', 17, '< n1 vote')).map(([, , at]) => at)).toEqual([null, 17])
    expect(told(...twice, line('n2', 7, '< n1 vote')).map(([, , at]) => at)).toEqual([7, null])
  })

  it('does not arrive before it was sent, by clocks that are known to a millisecond', () => {
    expect(told(line('n1', 5, '> n2 vote'), line('n2', 4, '< n1 vote'))).toEqual([['n1>n2 vote', 5, 5]])
    expect(told(line('n1', 50, '> n2 vote'), line('n2', 4, '< n1 vote'))).toEqual([['n1>n2 vote', 50, null]])
    expect(told(line('n1', 5, '> n2 vote'), line('n2', 40_005, '< n1 vote'))[0]?.[2]).toBeNull()
  })

  it('is left out if its line has no time, or was written before the run, or nobody says that it was sent', () =>
    expect(
      told(line('n1', null, '> n2 a'), line('n1', -5, '> n2 b'), line('n2', 7, '< n1 c'), line('n1', 8, 'x')),
    ).toEqual([]))
})
