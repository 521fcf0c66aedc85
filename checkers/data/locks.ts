/**
 * Locks and semaphores: `mutex` (one holder at a time), `fencing` (also, each token is greater than all earlier tokens),
 * `semaphore` (a limited number of holders). If they are linearizable, a refusal is correct only if nothing was free. The
 * weaker promises, `exclusive` and `fenced`, are about one of holders and tokens, and say nothing about refusals.
 */

import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { UserError } from '../../harness/support/assert.ts'
import { LOCK, type LockCall, type LockResult, SEMAPHORE } from '../../harness/vocabularies/locks.ts'
import {
  fencingLock,
  type LockInput,
  type LockOutput,
  mutex as mutexModel,
  semaphore as semaphoreModel,
} from '../porcupine-ts/models/locks.ts'
import { usesOf } from '../promise.ts'
import { conclude, type Judged } from '../verdict.ts'
import { HOLDING, holdsOf, staleTokens, tooManyHolders } from './holds.ts'
import { allowsHold, withoutTokens } from './lease.ts'
import { linearizableObject } from './objects.ts'

interface Meant {
  readonly input: LockInput
  readonly output: LockOutput | undefined
}

/** Null for calls on the resource that the lock protects: they do not concern the lock. */
const meant = ({ invocation, completion }: Pair): Meant | null => {
  if (invocation.f !== 'acquire' && invocation.f !== 'release') return null
  const call = { f: invocation.f, value: invocation.value } as LockCall
  const output = completion?.type === 'ok' ? (completion.value as LockResult) : undefined
  return { input: { f: call.f, ...call.value }, output }
}

/** The same without the token. */
const holding = (pair: Pair): Meant | null => {
  const told = meant(pair)
  return told && { ...told, output: told.output && { done: told.output.done } }
}

/** What is certain in a history that no order explains: who held it at once, or a token that is not greater. */
const anomalyIn =
  (permits: number, hasTokens: boolean) =>
  (pairs: Sequence<Pair>): string | undefined => {
    const holds = holdsOf(pairs, () => Number.POSITIVE_INFINITY)
    return [...tooManyHolders(holds, permits), ...(hasTokens ? staleTokens(holds) : [])][0]?.kind
  }

/** Mutual exclusion alone: whatever was refused, and whatever tokens were told. */
const exclusive =
  (permits: number) =>
  ({ pairs }: RunRecord): Judged => {
    const holds = holdsOf(pairs, () => Number.POSITIVE_INFINITY)
    return conclude(tooManyHolders(holds, permits), {
      seen: `${holds.length} acquired`,
      clean: permits === 1 ? 'never two holders at once' : `never more than ${permits} holders at once`,
      unproven: holds.length === 0 ? 'none was acquired' : null,
      ...HOLDING,
      details: { acquired: holds.length },
    })
  }

/** Tokens alone: the service may replace a holder that does not know of it. */
const fenced = ({ pairs }: RunRecord): Judged => {
  const holds = holdsOf(pairs, () => Number.POSITIVE_INFINITY)
  return conclude([...tooManyHolders(holds), ...staleTokens(holds)], {
    seen: `${holds.length} acquired`,
    clean: 'every token is greater than all earlier tokens',
    unproven: holds.length === 0 ? 'none was acquired' : withoutTokens('fenced', holds),
    ...HOLDING,
    allows: (kind) => allowsHold('fenced', kind),
    details: { acquired: holds.length },
  })
}

/** @param vocabulary of locks, or of locks that protect something */
export const mutex = (vocabulary: Vocabulary): Checker =>
  linearizableObject('mutex', {
    finds: 'two holders of one lock',
    vocabulary,
    calls: usesOf(LOCK),
    holds: 'at most one holder at a time, according to the service',
    model: mutexModel,
    reference: { file: 'locks', name: 'mutex' },
    read: holding,
    anomaly: anomalyIn(1, false),
    weaker: { exclusive: exclusive(1) },
    leaves: ['fenced'],
  })

/** @param vocabulary of locks, or of locks that protect something */
export const fencing = (vocabulary: Vocabulary): Checker =>
  linearizableObject('fencing', {
    finds: 'tokens that do not increase',
    vocabulary,
    calls: usesOf(LOCK),
    holds: 'each token is greater than all earlier tokens',
    model: fencingLock,
    reference: { file: 'locks', name: 'fencingLock' },
    read: meant,
    anomaly: anomalyIn(1, true),
    weaker: { fenced },
    leaves: ['exclusive'],
  })

/** @throws UserError if that is not a number of permits */
export const semaphore = (permits: number): Checker => {
  if (!Number.isInteger(permits) || permits < 1)
    throw new UserError(`permits=${permits} is not a number of permits: a whole number from 1 on is.`)
  return linearizableObject('semaphore', {
    finds: 'more holders than there are permits',
    vocabulary: SEMAPHORE,
    holds: `at most ${permits} holders at a time`,
    model: semaphoreModel(permits),
    reference: { file: 'locks', name: 'semaphore', args: [permits] },
    // In the model anyone may release. A release that was refused because its owner held nothing restricts nothing.
    read: (pair) => {
      const told = holding(pair)
      return told?.input.f === 'release' && told.output?.done === false ? null : told
    },
    anomaly: anomalyIn(permits, false),
    weaker: { exclusive: exclusive(permits) },
  })
}
