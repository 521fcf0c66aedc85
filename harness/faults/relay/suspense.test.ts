import { describe, expect, it } from 'vitest'
import type { Epochs, Stream } from '../../api/byzantine.ts'
import { Suspense } from './suspense.ts'

/** `p3`: a proposal of epoch 3. `s3`: said in epoch 3. Anything else tells nothing. */
const epochIn = (kind: string, message: unknown): number | null => {
  const text = String(message)
  return text.startsWith(kind) ? Number(text.slice(1)) : null
}
const epochs: Epochs = {
  proposedIn: (message) => epochIn('p', message),
  sayerIn: (message) => epochIn('s', message),
}

const streamOf = (connection: number, direction: Stream['direction'], peer: string): Stream => ({
  connection,
  direction,
  peer,
  port: 1,
  isOpenedByTraitor: false,
})
const fromN1 = streamOf(1, 'heard', 'n1')
const fromN2 = streamOf(2, 'heard', 'n2')
const toN1 = streamOf(1, 'said', 'n1')

const suspended = (isOn = true) => {
  const clock = { ms: 0 }
  const suspense = new Suspense(epochs, () => clock.ms)
  suspense.turn(isOn)
  const delivered: string[] = []
  const take = (stream: Stream, text: string): void =>
    suspense.take({ bytes: Buffer.from(text), message: text === '?' ? null : text }, stream, () => {
      delivered.push(`${stream.peer} ${text}`)
    })
  return { clock, suspense, delivered, take }
}

describe('a proposal in suspense', () => {
  it('waits, with all that follows it on its stream and nothing else', () => {
    const { suspense, delivered, take } = suspended()
    for (const text of ['vote', 'p1', 'vote', '?']) take(fromN1, text)
    take(fromN2, 'vote')
    take(toN1, 'p1')
    expect(delivered).toEqual(['n1 vote', 'n2 vote', 'n1 p1'])
    expect(suspense.counts).toMatchObject({ proposals: 1, messages: 3, epochs: [1] })
  })

  it('is delivered, in order, once the node has said that it is in a later epoch', () => {
    const { delivered, take } = suspended()
    for (const text of ['p1', 'vote', 'p1', 'last']) take(fromN1, text)
    take(toN1, 's1')
    expect(delivered).toEqual(['n1 s1'])
    take(toN1, 's2')
    expect(delivered.slice(1)).toEqual(['n1 p1', 'n1 vote', 'n1 p1', 'n1 last', 'n1 s2'])
    take(fromN1, 'p1')
    expect(delivered.at(-1)).toBe('n1 p1')
  })

  it('is delivered once somebody proposes in a later epoch', () => {
    const { delivered, take } = suspended()
    take(fromN1, 'p1')
    take(fromN2, 'p2')
    expect(delivered).toEqual(['n1 p1'])
    for (const text of ['p2', 'p3']) take(fromN1, text)
    expect(delivered).toEqual(['n1 p1', 'n2 p2', 'n1 p2'])
  })

  it('is told of later epochs also before anything has to wait', () => {
    const { suspense, delivered, take } = suspended(false)
    take(fromN1, 'p1')
    take(toN1, 's5')
    suspense.turn(true)
    take(fromN1, 'p4')
    take(fromN1, 'p5')
    expect(delivered).toEqual(['n1 p1', 'n1 s5', 'n1 p4'])
  })

  it('is delivered when suspense ends, and how long it waited is known before and after', () => {
    const { clock, suspense, delivered, take } = suspended()
    take(fromN1, 'p1')
    clock.ms = 40
    expect(suspense.counts.longestMs).toBe(40)
    suspense.turn(false)
    clock.ms = 90
    expect(delivered).toEqual(['n1 p1'])
    expect(suspense.counts).toMatchObject({ proposals: 1, longestMs: 40 })
  })

  it('is dropped with its connection', () => {
    const { suspense, delivered, take } = suspended()
    take(fromN1, 'p1')
    suspense.forget(fromN1)
    suspense.turn(false)
    expect(delivered).toEqual([])
  })
})
