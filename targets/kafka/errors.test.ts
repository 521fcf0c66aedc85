import { describe, expect, it } from 'vitest'
import { InDoubtError, isRefused, KafkaError, NoAnswerError, NotSentError, outcomeOf } from './errors.ts'

describe('an answer to a record', () => {
  it.each([3, 6, 19])('with code %d and no offset proves that nothing was appended', (error) =>
    expect(isRefused({ error, offset: -1 })).toBe(true),
  )

  it.each([
    ['of a leader that appended it and was deposed', 6, 41],
    ['of a leader that lost the topic', 3, 41],
    ['of a leader that waited in vain', 7, -1],
    ['after appending', 20, -1],
    ['of a broken disk', 56, -1],
    ['that nobody expects', 99, -1],
    ['of a leader that has another number in mind', 45, -1],
  ])('%s proves nothing', (_, error, offset) => expect(isRefused({ error, offset })).toBe(false))
})

describe('an outcome', () => {
  it('is in doubt only if a record is', () => {
    expect(outcomeOf(new InDoubtError('no answer'))).toEqual({ type: 'info', error: 'no answer' })
    expect(outcomeOf(new NotSentError('closed')).type).toBe('fail')
    // Of a question.
    expect(outcomeOf(new NoAnswerError('closed')).type).toBe('fail')
  })

  it('names a code', () => {
    expect(outcomeOf(new KafkaError(19, 'producing'))).toMatchObject({
      error: 'nothing was written: producing: NOT_ENOUGH_REPLICAS (19)',
    })
    expect(outcomeOf(new KafkaError(12345, 'producing'))).toMatchObject({
      error: 'nothing was written: producing: error (12345)',
    })
  })
})
