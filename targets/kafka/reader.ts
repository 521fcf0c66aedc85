/** Reads a topic. */
import { sleep } from '../../harness/support/wait.ts'
import type { Asked, Cluster } from './brokers.ts'
import { isMoved, KafkaError, OFFSET_NOT_AVAILABLE } from './errors.ts'
import type { Message } from './message.ts'
import { type Fetched, fetch, latestOffset, READ_COMMITTED } from './messages.ts'
import { batchesFrom, recordsFrom, type Stored } from './records.ts'

/** Who is asked: the leader; or the client's own broker, if it has a replica. */
export type Reads = 'leader' | 'replica'

const PAUSE_MS = 100
const MOST_MOVES = 3
const UNDECIDED_PAUSE_MS = 20

/** Asks again if another broker leads by now, and for as long as the leader does not know what was committed. */
const askAbout = async <Answer extends { readonly error: number }>(
  cluster: Cluster,
  topic: string,
  message: Message<Answer>,
  reads: Reads,
  signal: AbortSignal,
): Promise<Answer> => {
  for (let moves = 0; ; ) {
    const place = await cluster.place(topic, signal)
    const address = reads === 'replica' && place.replicas.includes(cluster.home) ? cluster.home : place.leader
    // Whatever goes wrong now, somebody else may lead the next time.
    cluster.forget(topic)
    const link: Asked = await cluster.linkTo(address, signal)
    const answer = await link.ask(message, signal)
    if (answer.error === 0) {
      cluster.remember(topic, place)
      return answer
    }
    if (isMoved(answer.error)) moves += 1
    else if (answer.error !== OFFSET_NOT_AVAILABLE) moves = Number.POSITIVE_INFINITY
    if (moves > MOST_MOVES) throw new KafkaError(answer.error, `reading ${topic}`)
    await sleep(PAUSE_MS, signal)
  }
}

/** The leader is asked for what is committed by now; a replica shows what it knows to be. */
const endOf = async (
  cluster: Cluster,
  topic: string,
  reads: Reads,
  signal: AbortSignal,
): Promise<number | null> => {
  if (reads === 'replica') return null
  const { offset } = await askAbout(cluster, topic, latestOffset(topic), reads, signal)
  return offset
}

/** All records from an offset on that were committed when the first answer came. @throws if it does not learn them */
export const readFrom = async (
  cluster: Cluster,
  topic: string,
  first: number,
  reads: Reads,
  signal: AbortSignal,
): Promise<readonly Stored[]> => {
  const records: Stored[] = []
  let end = await endOf(cluster, topic, reads, signal)
  for (let next = first; end === null || next < end; ) {
    const message: Message<Fetched> = fetch(topic, next, 0)
    const { highWatermark, bytes } = await askAbout(cluster, topic, message, reads, signal)
    end ??= highWatermark
    const batch = recordsFrom(bytes, next)
    // Another leader, who shows less.
    if (batch.next === next && next < end)
      throw new Error(`${topic} ends at ${next}, and was said to end at ${end}`)
    records.push(...batch.records)
    next = batch.next
  }
  return records
}

/** What is read of a topic, of transactions as a whole. */
class WholeTransactions {
  readonly records: Stored[] = []
  /** Where to read on. */
  next = 0
  /** Producers of what was read, whose transactions go on. */
  readonly #open = new Set<number>()
  /** All that must be read is before it. Null: it is not known yet. */
  #stable: number | null = null

  get isWhole(): boolean {
    return this.#stable !== null && this.next >= this.#stable && this.#open.size === 0
  }

  /** @param end up to where there was something when it was asked for. Whether anything was read */
  take({ lastStable, bytes, aborted }: Fetched, end: number): boolean {
    const from = this.next
    if (lastStable >= end) this.#stable ??= lastStable
    for (const { next, records, producer, isTransactional, ends } of batchesFrom(bytes, from, aborted)) {
      if (this.isWhole) break
      this.records.push(...records)
      this.next = next
      if (ends !== null) this.#open.delete(producer)
      else if (isTransactional) this.#open.add(producer)
    }
    return this.next > from
  }
}

/**
 * What transactions have committed, of all that was in the topic when the first answer came: it waits until each transaction that
 * was open then is decided. The last stable offset alone does not tell that a transaction was read as a whole: a broker may sometimes
 * give one within what a transaction has committed just now, and the rest with the next answer. So it reads on until no transaction
 * goes on, which their markers tell.
 *
 * @throws if it does not learn them
 */
export const readCommitted = async (
  cluster: Cluster,
  topic: string,
  reads: Reads,
  signal: AbortSignal,
): Promise<readonly Stored[]> => {
  const read = new WholeTransactions()
  let end = await endOf(cluster, topic, reads, signal)
  while (!read.isWhole) {
    const message: Message<Fetched> = fetch(topic, read.next, 0, READ_COMMITTED)
    const fetched: Fetched = await askAbout(cluster, topic, message, reads, signal)
    end ??= fetched.highWatermark
    if (read.take(fetched, end) || read.isWhole) continue
    await sleep(UNDECIDED_PAUSE_MS, signal).catch(() => {
      throw new Error(`what follows in ${topic} from ${read.next} on is not decided`)
    })
  }
  return read.records
}

/** The record at an offset, for which it waits a moment. Null: there is none. @throws if it does not learn that */
export const readOne = async (
  cluster: Cluster,
  topic: string,
  offset: number,
  waitMs: number,
  signal: AbortSignal,
): Promise<Stored | null> => {
  const { bytes } = await askAbout(cluster, topic, fetch(topic, offset, waitMs), 'leader', signal)
  const [record] = recordsFrom(bytes, offset).records
  if (record !== undefined) return record
  const [late] = await readFrom(cluster, topic, offset, 'leader', signal)
  return late ?? null
}
