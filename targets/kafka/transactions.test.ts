/** A transactional producer against a coordinator and a leader of the test, which answer each request as they are told to. */
import { describe, expect, it } from 'vitest'
import {
  InDoubtError,
  KafkaError,
  NoAnswerError,
  NotSentError,
  outcomeOf,
  UncommittedError,
} from './errors.ts'
import type { Message } from './message.ts'
import { clusterOf } from './testing/cluster.ts'
import { Transactions } from './transactions.ts'
import { Reader, Writer } from './wire.ts'

const NEVER = new AbortController().signal
const APPENDS = ['a', 'b', 'a'].map((topic, at) => ({ topic, text: `r${at}` }))

const NAMES: Readonly<Record<number, string>> = { 0: 'produce', 10: 'find', 22: 'init', 24: 'add', 26: 'end' }

/** A code, or what happens instead of an answer. */
type Answer = number | Error

const answerTo = (kind: string, isFlexible: boolean, code: number, epoch: number): Buffer => {
  const writer = new Writer()
  if (kind === 'produce' && isFlexible) {
    const partitions = writer.unsigned(2).compactText('t').unsigned(2).int32(0)
    return partitions.int16(code).int64(-1).done()
  }
  if (kind === 'produce')
    return writer.int32(1).text('t').int32(1).int32(0).int16(code).int64(-1).int64(-1).int64(0).done()
  writer.int32(0)
  if (kind === 'add') return writer.int32(1).text('t').int32(1).int32(0).int16(code).done()
  writer.int16(code)
  if (kind === 'find') return writer.text(null).int32(1).done()
  return writer.int64(77).int16(epoch).done()
}

interface Played {
  /** What was sent, as `end commit`. */
  readonly sent: string[]
  readonly transactions: Transactions
}

/** @param script of each kind of request, its next answers; then all are well */
const playing = (
  script: Readonly<Record<string, readonly Answer[]>>,
  { hasEpochs = false, abortEvery = 0, onSent = (_kind: string): void => {} } = {},
): Played => {
  const sent: string[] = []
  const counts = new Map<string, number>()
  let epoch = 0
  const link = {
    isOpen: true,
    tell: () => {},
    ask: async <T>(message: Message<T>): Promise<T> => {
      const kind = NAMES[message.key] as string
      const writer = new Writer()
      message.write(writer)
      const isEnd = kind === 'end'
      const isCommit = writer.done().at(message.isFlexible ? -2 : -1) === 1
      sent.push(isEnd ? `end ${isCommit ? 'commit' : 'abort'}` : kind)
      const nth = counts.get(kind) ?? 0
      counts.set(kind, nth + 1)
      onSent(kind)
      const answer = script[kind]?.[nth] ?? 0
      if (answer instanceof Error) throw answer
      if (isEnd && answer === 0) epoch += 1
      return message.read(new Reader(answerTo(kind, message.isFlexible, answer, epoch)))
    },
  }
  const cluster = clusterOf(link)
  const options = { name: 'tx', hasEpochs, transactionTimeoutMs: 1000, requestTimeoutMs: 500, abortEvery }
  return { sent, transactions: new Transactions(cluster, options) }
}

const kindsSent = ({ sent }: Played): string => sent.filter((kind) => kind !== 'find').join(' ')

const NO_ANSWER = new NoAnswerError('no answer in time')
const [COORDINATOR_MOVED, FENCED, BEING_DECIDED] = [16, 47, 51]

describe('a transaction', () => {
  it('adds each topic once, and is committed by its last request', async () => {
    const played = playing({})
    await played.transactions.commit(APPENDS, NEVER)
    expect(kindsSent(played)).toBe('init add produce add produce produce end commit')
    expect([played.transactions.isSpent, played.transactions.attempts]).toEqual([false, 1])
    await played.transactions.commit(APPENDS.slice(0, 1), NEVER)
    expect(kindsSent(played)).toMatch(/end commit add produce end commit$/)
  })

  it('of a broker that gives epochs adds nothing by itself', async () => {
    const played = playing({}, { hasEpochs: true })
    await played.transactions.commit(APPENDS, NEVER)
    await played.transactions.commit(APPENDS, NEVER)
    expect(kindsSent(played)).toBe(
      'init produce produce produce end commit produce produce produce end commit',
    )
  })

  it('waits until the one before is decided everywhere', async () => {
    const played = playing({ add: [BEING_DECIDED, BEING_DECIDED] })
    await played.transactions.commit(APPENDS.slice(0, 1), NEVER)
    expect(kindsSent(played)).toBe('init add add add produce end commit')
  })

  it('is asked to commit again until there is an answer, and then another may follow', async () => {
    const played = playing({ end: [NO_ANSWER, COORDINATOR_MOVED, BEING_DECIDED] })
    await played.transactions.commit(APPENDS.slice(0, 1), NEVER)
    expect(kindsSent(played)).toBe('init add produce end commit end commit end commit end commit')
    expect([played.transactions.isSpent, played.transactions.attempts]).toEqual([false, 4])
  })

  it('is aborted on purpose, as often as it is to be', async () => {
    const played = playing({}, { abortEvery: 2 })
    await played.transactions.commit(APPENDS.slice(0, 1), NEVER)
    await expect(played.transactions.commit(APPENDS.slice(0, 1), NEVER)).rejects.toThrow('on purpose')
    expect(kindsSent(played)).toMatch(/end commit add produce end abort$/)
    expect(played.transactions.isSpent).toBe(false)
  })
})

/** What came of a commit, and whether the producer is still of use. */
const ended = async (script: Readonly<Record<string, readonly Answer[]>>, isOver: string | null = null) => {
  const time = new AbortController()
  const played = playing(script, { onSent: (kind) => kind === isOver && time.abort() })
  const error: unknown = await played.transactions.commit(APPENDS.slice(0, 1), time.signal).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return { error, isSpent: played.transactions.isSpent, sent: kindsSent(played) }
}

describe('an outcome', () => {
  it('is in doubt if nobody has answered to the commit', async () => {
    const { error, isSpent } = await ended({ end: [NO_ANSWER] }, 'end')
    expect(error).toBeInstanceOf(InDoubtError)
    expect(isSpent).toBe(true)
    expect(outcomeOf(error).type).toBe('info')
  })

  it.each([14, 15, 16, 51, -1])('is in doubt after code %d, if that is the last word', async (code) => {
    const { error } = await ended({ end: [code, code] }, 'end')
    expect(error).toBeInstanceOf(InDoubtError)
  })

  it('stays in doubt if what comes after no answer is a refusal', async () => {
    const { error } = await ended({ end: [NO_ANSWER, FENCED] })
    expect(error).toBeInstanceOf(InDoubtError)
    expect(String(error)).toContain(
      'no answer in time; then ending the transaction: INVALID_PRODUCER_EPOCH (47)',
    )
  })

  it.each([47, 48, 49, 90, 120])(
    'is certain if the coordinator turns it down with %d at once',
    async (code) => {
      const { error, isSpent } = await ended({ end: [code] })
      expect(error).toBeInstanceOf(UncommittedError)
      expect(isSpent).toBe(true)
      expect(outcomeOf(error)).toMatchObject({
        type: 'fail',
        error: expect.stringContaining('was not committed, and is aborted: ending the transaction'),
      })
    },
  )

  it('is certain if the request to commit was never sent', async () => {
    const { error } = await ended({ end: [new NotSentError('closed')] }, 'end')
    expect(error).toBeInstanceOf(UncommittedError)
  })

  it('is certain before that: what was appended is aborted, whatever comes of it', async () => {
    const { error, isSpent, sent } = await ended({ produce: [FENCED] })
    expect(error).toBeInstanceOf(UncommittedError)
    expect(sent).toBe('init add produce end abort')
    expect(isSpent).toBe(true)
    const silent = await ended({ produce: [NO_ANSWER], end: [NO_ANSWER] }, 'produce')
    expect(silent.error).toBeInstanceOf(UncommittedError)
  })

  it('is certain if it cannot begin', async () => {
    const { error, sent } = await ended({ init: [38] })
    expect(error).toBeInstanceOf(KafkaError)
    expect(sent).toBe('init')
    expect(outcomeOf(error).type).toBe('fail')
  })
})
