/** What `--expect` may say: the promises that can be made of a vocabulary's calls. */
import { ISOLATION_MODELS } from '../../../checkers/transactions/consistency.ts'
import type { PromiseName } from '../../api/claims.ts'
import { EFFECTS } from '../../vocabularies/effects.ts'
import { JOB_QUEUE } from '../../vocabularies/job-queue.ts'
import { OUTBOX } from '../../vocabularies/outbox.ts'
import { SCHEDULE } from '../../vocabularies/schedule.ts'
import { LIST_APPEND, RW_REGISTER } from '../../vocabularies/transactions.ts'
import { unknownName } from '../unknown-name.ts'

const OF_OBJECTS: readonly PromiseName[] = ['linearizable', 'consistent-prefix']
const WITH_EFFECTS: readonly string[] = [EFFECTS, JOB_QUEUE, SCHEDULE, OUTBOX]
const OF_EFFECTS: readonly PromiseName[] = ['at-most-once', 'at-least-once', 'exactly-once']

const promisesFor = (vocabulary: string): readonly PromiseName[] => {
  if (vocabulary === LIST_APPEND || vocabulary === RW_REGISTER) return ISOLATION_MODELS
  return WITH_EFFECTS.includes(vocabulary) ? OF_EFFECTS : OF_OBJECTS
}

/** @throws UserError where it is no promise that can be made of the vocabulary */
export const parseExpect = (text: string | undefined, vocabulary: string): PromiseName | null => {
  if (text === undefined) return null
  const promises = promisesFor(vocabulary)
  const known = promises.find((candidate) => candidate === text)
  if (known === undefined) throw unknownName(`promise for ${vocabulary}`, text, promises)
  return known
}
