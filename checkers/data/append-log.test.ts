import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { oldReads } from '../../harness/testing/promises.ts'
import { done } from '../../harness/testing/steps.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { logOffsets, logOrder } from './append-log.ts'

const append = (value: number, offset: number) =>
  done(value, 'append', { key: 1, value }, { key: 1, value, offset })
const maybeAppend = (value: number) => inDoubt(value + 20, 'append', { key: 1, value })
const refusedAppend = (value: number) => refused(9, 'append', { key: 1, value })
const whole = (...values: number[]) => done(9, 'read', { key: 1 }, { key: 1, values })
cases(logOrder, [
  ['each where it was told', 'valid', append(5, 0), append(6, 1), whole(5, 6)],
  ['a stale read', 'invalid', append(5, 0), append(6, 1), whole(5)],
])
cases(logOffsets, [
  ['each where it was told', 'valid', append(5, 0), append(6, 1), whole(5, 6)],
  ['a stale read, which is not its business', 'valid', append(5, 0), append(6, 1), whole(5)],
  ['two reads that diverge', 'invalid', append(5, 0), append(6, 1), whole(5, 6), whole(6)],
  [
    'a shorter read first that diverges from a longer one',
    'invalid',
    append(5, 0),
    append(6, 1),
    whole(6),
    whole(5, 6),
  ],
  [
    'shorter and longer reads in turn',
    'valid',
    append(5, 0),
    whole(5),
    whole(),
    append(6, 1),
    whole(5, 6),
    whole(5),
  ],
  ['one twice', 'invalid', append(5, 0), whole(5, 5)],
  ['one lost', 'invalid', append(5, 0), append(6, 1), whole(6)],
  ['one elsewhere than it was told', 'invalid', append(5, 1), append(6, 0), whole(5, 6)],
  ['one that nobody appended', 'invalid', append(5, 0), whole(5, 7)],
  ['a value appended twice', 'valid', append(5, 0), append(5, 1), whole(5, 5)],
  ['a value appended twice, of which an older read shows one', 'valid', append(5, 0), append(5, 1), whole(5)],
  ['a value appended twice, once in doubt', 'valid', append(5, 0), maybeAppend(5), whole(5, 5)],
  ['a value appended twice is there three times', 'invalid', append(5, 0), append(5, 1), whole(5, 5, 5)],
  ['a value appended twice, once refused', 'valid', append(5, 0), refusedAppend(5), whole(5)],
  [
    'a value appended twice, once refused, is there twice',
    'invalid',
    append(5, 0),
    refusedAppend(5),
    whole(5, 5),
  ],
  ['a value appended twice is there once', 'invalid', append(5, 0), append(5, 1), append(6, 2), whole(5, 6)],
  [
    'a value appended twice is elsewhere than it was told',
    'invalid',
    append(5, 0),
    append(5, 2),
    whole(5, 5, 6),
  ],
  ['one offset for a value appended twice', 'invalid', append(5, 0), append(5, 0), whole(5)],
])

for (const given of oldReads(APPEND_LOG, 'read'))
  cases(
    logOrder,
    [
      ['a stale read', 'valid', append(5, 0), append(6, 1), whole(5), whole()],
      ['a read of what is only appended later', 'invalid', whole(5), append(5, 0)],
      ['a read in another order', 'invalid', append(5, 0), append(6, 1), whole(6)],
    ],
    given,
  )
