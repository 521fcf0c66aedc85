import { describe, expect, it } from 'vitest'
import type { Message } from '../../api/message.ts'
import { beyondLimit, marksFrom, withinLimit, withoutSeams } from './bounds.ts'

const S = 1e9
const seconds = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ fromNs: i * S, toNs: (i + 1) * S, bytes: 10 }))
const gone = (count: number, marks: readonly number[], limit: number) =>
  beyondLimit(seconds(count), marks, limit).map(({ fromNs }) => fromNs / S)

describe('a limit', () => {
  it('takes nothing from what is within it', () => expect(gone(5, [], 50)).toEqual([]))

  it('takes the oldest first', () => {
    expect(gone(5, [], 35)).toEqual([0, 1])
    expect(gone(5, [], 0)).toEqual([0, 1, 2, 3, 4])
  })

  it('takes what is near faults last', () => {
    expect(gone(10, [2.5 * S], 60)).toEqual([0, 6, 7, 8])
    expect(gone(10, [2.5 * S], 20)).toEqual([0, 6, 7, 8, 9, 1, 2, 3])
    expect(gone(20, [16.5 * S, 2.5 * S], 120)).toEqual([0, 6, 7, 8, 9, 10, 11, 12])
  })

  it('needs no marks that nothing is near any more', () => {
    const marks = [16.5 * S, 2.5 * S, 9 * S]
    expect(marksFrom(marks, 5.5 * S)).toEqual(marks)
    expect(marksFrom(marks, 5.6 * S)).toEqual([16.5 * S, 9 * S])
    const late = seconds(20).slice(10)
    expect(beyondLimit(late, marksFrom(marks, 10 * S), 50)).toEqual(beyondLimit(late, marks, 50))
  })
})

const message = (sentNs: number): Message => ({
  sentNs,
  receivedNs: null,
  from: 'n1',
  to: 'n2',
  protocol: 'tcp',
  kind: 'data',
  ports: null,
  bytes: 1,
  info: '',
})

describe('messages beyond a limit', () => {
  const many = Array.from({ length: 1000 }, (_, i) => message(i * 1e7))
  const sizeOf = (messages: readonly Message[]) =>
    messages.reduce((sum, each) => sum + JSON.stringify(each).length + 1, 0)

  it('go by seconds, and it is told when', () => {
    const { messages, left } = withinLimit(many, [], sizeOf(many) * 0.75)
    expect(sizeOf(messages)).toBeLessThanOrEqual(sizeOf(many) * 0.75)
    expect(left.map(({ fromNs }) => fromNs / S)).toEqual([0, 1, 2])
    expect(messages).toEqual(many.slice(300))
  })

  it('are all kept within it', () =>
    expect(withinLimit(many, [], sizeOf(many))).toEqual({ messages: many, left: [] }))
})

it('gaps that touch for one reason are one', () => {
  const gap = (from: number, to: number, why = 'limit') => ({ fromNs: from, toNs: to, why })
  expect(withoutSeams([gap(2, 3), gap(1, 2), gap(5, 6), gap(2, 4, 'other')])).toEqual([
    gap(1, 3),
    gap(2, 4, 'other'),
    gap(5, 6),
  ])
})
