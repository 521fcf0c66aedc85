/**
 * Lists and transactions over them. A list is what the records of its key in one topic say; several lists share a topic. The appends
 * of a call are one transaction of Kafka. Its reads come before, since nobody reads what is undecided: neither what another transaction
 * has appended, nor what the own one has. So a read of a list to which the same call has appended before does not show that.
 */
import { parseJson, printJson } from '../../harness/support/json.ts'
import { type AppendOp, LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { crc32c } from './crc32c.ts'
import type { Act, Session } from './objects.ts'
import { readCommitted } from './reader.ts'

/** Lists are as many as a run is long, and a topic takes its time to make. */
const TOPICS = 8

const topicOf = (key: Scalar): string => `lists.${crc32c(Buffer.from(printJson(key))) % TOPICS}`

const elementsOf = async ({ brokers, reads, signal }: Session, key: Scalar): Promise<readonly Scalar[]> => {
  const records = await readCommitted(brokers, topicOf(key), reads, signal)
  return records.flatMap(({ text }) => {
    const [of, element] = parseJson(text) as readonly [Scalar, Scalar]
    return of === key ? [element] : []
  })
}

export const actOnLists: Act = async (session, raw) => {
  const { value } = asCall(LIST_APPEND, raw)
  const appends = value.flatMap(([f, key, element]) =>
    f === 'append' ? [{ topic: topicOf(key), text: printJson([key, element]) }] : [],
  )
  const { transactions, signal } = session
  // What it left open itself is then decided, and does not keep its reads waiting.
  if (appends.length > 0) await transactions.introduce(appends, signal)
  const done: AppendOp[] = []
  for (const op of value) done.push(op[0] === 'r' ? ['r', op[1], await elementsOf(session, op[1])] : op)
  if (appends.length > 0) await transactions.commit(appends, signal)
  return done
}
