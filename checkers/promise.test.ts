/** Who promised what: tests the rule, and that every checker of client calls follows it. */
import { describe, expect, it } from 'vitest'
import type { Claims, PromiseName } from '../harness/api/claims.ts'
import type { RunRecord } from '../harness/api/record.ts'
import type { Checker, Verdict } from '../harness/api/verdict.ts'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import { claiming, expecting } from '../harness/testing/promises.ts'
import { type RecordParts, recordOf } from '../harness/testing/record.ts'
import { ACCESS } from '../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../harness/vocabularies/append-log.ts'
import { BANK } from '../harness/vocabularies/bank.ts'
import { BARRIER } from '../harness/vocabularies/barrier.ts'
import { BOOKING } from '../harness/vocabularies/booking.ts'
import { COUNTER } from '../harness/vocabularies/counter.ts'
import { EFFECTS } from '../harness/vocabularies/effects.ts'
import { ELECTION } from '../harness/vocabularies/election.ts'
import { JOB_QUEUE } from '../harness/vocabularies/job-queue.ts'
import { LEASE } from '../harness/vocabularies/lease.ts'
import { LOCK, SEMAPHORE } from '../harness/vocabularies/locks.ts'
import { MULTI_REGISTER } from '../harness/vocabularies/multi-register.ts'
import { OUTBOX } from '../harness/vocabularies/outbox.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from '../harness/vocabularies/protected.ts'
import { PUBLICATION } from '../harness/vocabularies/publication.ts'
import { QUEUE } from '../harness/vocabularies/queue.ts'
import { REGISTER } from '../harness/vocabularies/register.ts'
import { SCHEDULE } from '../harness/vocabularies/schedule.ts'
import { SEARCH } from '../harness/vocabularies/search.ts'
import { SET } from '../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../harness/vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../harness/vocabularies/unique-ids.ts'
import { WATCH } from '../harness/vocabularies/watch.ts'
import { election } from './cluster/election.ts'
import { composeVerdict } from './compose.ts'
import { logOffsets, logOrder } from './data/append-log.ts'
import { bank } from './data/bank.ts'
import { barrier } from './data/barrier.ts'
import { booking } from './data/booking.ts'
import { causal } from './data/causal.ts'
import { counter } from './data/counter.ts'
import { lease } from './data/lease.ts'
import { linearizability } from './data/linearizability.ts'
import { fencing, mutex, semaphore } from './data/locks.ts'
import { multiRegister } from './data/multi-register.ts'
import { publication } from './data/publication.ts'
import { fifo, totalQueue } from './data/queue.ts'
import { revocation } from './data/revocation.ts'
import { search } from './data/search.ts'
import { sessions } from './data/sessions.ts'
import { setOfElements } from './data/set.ts'
import { uniqueIds } from './data/unique-ids.ts'
import { watch } from './data/watch.ts'
import { effects, jobQueue, outbox, scheduledJob } from './effects/effects.ts'
import { leaseResource, lockResource } from './effects/protected-resource.ts'
import { promiseOf } from './promise.ts'
import { listAppend, rwRegister } from './transactions/checker.ts'

const ASSUMED = 'assumed: nobody promised it'
const EXPECTED = '--expect on the command line'

const claims = (vocabulary: Vocabulary, call: string, name: string): Claims =>
  claiming(vocabulary, { [call]: name as PromiseName }).claims

const record = (parts: RecordParts): RunRecord =>
  recordOf({ samples: [], faults: [], services: {}, ...parts })

describe('the promise that a call is judged by', () => {
  it('is the expected one, otherwise the claimed one, otherwise the strongest, which is then assumed', () => {
    const claimed = claims(REGISTER, 'read', 'consistent-prefix')
    const of = (parts: RecordParts, call = 'read') => promiseOf(record(parts), REGISTER, call)
    expect(of({})).toEqual({ name: 'linearizable', source: ASSUMED, isAssumed: true })
    expect(of({ claims: claimed })).toEqual({
      name: 'consistent-prefix',
      source: 'its documentation',
      isAssumed: false,
    })
    expect(of({ claims: claimed }, 'write')).toEqual({
      name: 'linearizable',
      source: ASSUMED,
      isAssumed: true,
    })
    expect(of({ claims: claimed, ...expecting('linearizable') })).toEqual({
      name: 'linearizable',
      source: EXPECTED,
      isAssumed: false,
    })
  })

  it('cannot be one of another vocabulary', () => {
    const claimed = claims(SET, 'read', 'consistent-prefix')
    expect(promiseOf(record({ claims: claimed }), REGISTER, 'read').source).toBe(ASSUMED)
  })

  it.each([
    ['claimed', { claims: claims(REGISTER, 'read', 'best-effort') }],
    ['expected', expecting('serializable')],
  ] as const)('is never assumed instead of an unknown one that is %s', (_, parts) => {
    expect(() => promiseOf(record(parts), REGISTER, 'read')).toThrow(
      /(best-effort|serializable) was promised for read .* register has only the promises linearizable, sequential/,
    )
  })
})

/** Checkers of client calls, the vocabulary, and a call whose promise they judge. */
const CHECKERS: readonly (readonly [Checker, Vocabulary, string])[] = [
  [linearizability({ initial: null }), REGISTER, 'read'],
  [causal({ initial: null }), REGISTER, 'read'],
  [setOfElements, SET, 'read'],
  [counter, COUNTER, 'read'],
  [fifo, QUEUE, 'dequeue'],
  [totalQueue, QUEUE, 'dequeue'],
  [uniqueIds, UNIQUE_IDS, 'generate'],
  [logOrder, APPEND_LOG, 'read'],
  [logOffsets, APPEND_LOG, 'read'],
  [mutex(LOCK), LOCK, 'acquire'],
  [fencing(LOCK), LOCK, 'acquire'],
  [mutex(PROTECTED_LOCK), PROTECTED_LOCK, 'acquire'],
  [semaphore(2), SEMAPHORE, 'acquire'],
  [lease(LEASE), LEASE, 'acquire'],
  [lease(PROTECTED_LEASE), PROTECTED_LEASE, 'acquire'],
  [lockResource, PROTECTED_LOCK, 'acquire'],
  [leaseResource, PROTECTED_LEASE, 'acquire'],
  [multiRegister(null), MULTI_REGISTER, 'txn'],
  [bank({ accounts: 0, total: 0 }), BANK, 'read'],
  [booking, BOOKING, 'read'],
  [revocation, ACCESS, 'check'],
  [publication, PUBLICATION, 'read'],
  [search, SEARCH, 'query'],
  [barrier, BARRIER, 'enter'],
  [watch, WATCH, 'watch'],
  [election, ELECTION, 'leader'],
  [sessions, LIST_APPEND, 'txn'],
  [listAppend, LIST_APPEND, 'txn'],
  [rwRegister('nothing'), RW_REGISTER, 'txn'],
  [effects, EFFECTS, 'submit'],
  [jobQueue, JOB_QUEUE, 'submit'],
  [scheduledJob, SCHEDULE, 'schedule'],
  [outbox, OUTBOX, 'update'],
]

describe.each(CHECKERS.map(([checker, vocabulary, call]) => ({ checker, vocabulary, call })))(
  '$checker.name of $vocabulary.name',
  ({ checker, vocabulary, call }) => {
    const [strongest] = vocabulary.promises
    const weaker = vocabulary.promises.at(-1) as PromiseName
    const promised = async (parts: RecordParts): Promise<Verdict['promise']> =>
      (await checker.check(record(parts), new AbortController().signal)).promise

    it('names what was expected', async () => {
      const { text, source } = await promised({
        ...expecting(weaker),
        claims: claims(vocabulary, call, strongest),
      })
      expect(text).toContain(`${call}: ${weaker}`)
      expect(source).toBe(EXPECTED)
    })

    it('names what is claimed', async () => {
      const { text, source } = await promised({ claims: claims(vocabulary, call, weaker) })
      expect(text).toContain(`${call}: ${weaker}`)
      expect(source).toContain('its documentation')
    })

    it('says that nobody promised what it assumes', async () => {
      const unrelated = claims(vocabulary === SET ? REGISTER : SET, 'read', 'consistent-prefix')
      const { text, source } = await promised({ claims: unrelated })
      expect(text).toContain(`${call}: ${vocabulary.assumes ?? strongest}`)
      expect(source).toBe(ASSUMED)
    })

    it('judges nothing by an unknown promise', async () => {
      const unknown = record({ claims: claims(vocabulary, call, 'best-effort') })
      const { verdicts } = await composeVerdict([checker], unknown, new AbortController().signal)
      expect(verdicts[0]).toMatchObject({
        status: 'unknown',
        summary: expect.stringMatching(/^Not judged: best-effort was promised for/),
      })
    })
  },
)

it('says who made which promise if there are several sources', async () => {
  const claimed = claims(REGISTER, 'read', 'consistent-prefix')
  const checker = linearizability({ initial: null })
  const { promise } = await checker.check(record({ claims: claimed }), new AbortController().signal)
  expect(promise).toEqual({
    text: 'read: consistent-prefix, write: linearizable, cas: linearizable',
    source: `read: its documentation; write, cas: ${ASSUMED}`,
  })
})
