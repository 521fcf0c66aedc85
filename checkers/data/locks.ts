/**
 * Locks and semaphores by linearizability: `mutex` (one holder at a time), `fencing` (and each token greater than all
 * before), `semaphore` (so many holders at most). What was refused must have been taken.
 */

import type { Pair } from '../../harness/api/history.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { LOCK, type LockCall, type LockResult, PERMITS, SEMAPHORE } from '../../harness/vocabularies/locks.ts'
import {
  fencingLock,
  type LockInput,
  type LockOutput,
  mutex as mutexModel,
  semaphore as semaphoreModel,
} from '../porcupine-ts/models/locks.ts'
import { usesOf } from '../promise.ts'
import { linearizableObject } from './objects.ts'

interface Meant {
  readonly input: LockInput
  readonly output: LockOutput | undefined
}

/** Null: what somebody does with what the lock protects is none of its business. */
const meant = ({ invocation, completion }: Pair): Meant | null => {
  if (invocation.f !== 'acquire' && invocation.f !== 'release') return null
  const call = { f: invocation.f, value: invocation.value } as LockCall
  const output = completion?.type === 'ok' ? (completion.value as LockResult) : undefined
  return { input: { f: call.f, ...call.value }, output }
}

/** Without its token. */
const holding = (pair: Pair): Meant | null => {
  const told = meant(pair)
  return told && { ...told, output: told.output && { done: told.output.done } }
}

/** @param vocabulary of locks, or of locks that protect something */
export const mutex = (vocabulary: Vocabulary): Checker =>
  linearizableObject('mutex', {
    finds: 'two holders of one lock',
    vocabulary,
    calls: usesOf(LOCK),
    holds: 'at most one holder at a time, by the word of the service',
    model: mutexModel,
    reference: { file: 'locks', name: 'mutex' },
    read: holding,
  })

/** @param vocabulary of locks, or of locks that protect something */
export const fencing = (vocabulary: Vocabulary): Checker =>
  linearizableObject('fencing', {
    finds: 'tokens that do not grow',
    vocabulary,
    calls: usesOf(LOCK),
    holds: 'each holder’s token is greater than all before it',
    model: fencingLock,
    reference: { file: 'locks', name: 'fencingLock' },
    read: meant,
  })

export const semaphore: Checker = linearizableObject('semaphore', {
  finds: 'more holders than there are permits',
  vocabulary: SEMAPHORE,
  holds: `at most ${PERMITS} holders at a time`,
  model: semaphoreModel(PERMITS),
  reference: { file: 'locks', name: 'semaphore', args: [PERMITS] },
  // To the model anyone may release: one that was refused, since that owner held nothing, tells nothing.
  read: (pair) => {
    const told = holding(pair)
    return told?.input.f === 'release' && told.output?.done === false ? null : told
  },
})
