/**
 * A consumer that joins its group, takes one record, commits the next offset and leaves. The record is delivered before the
 * commit: if that is lost, the next consumer takes the record again, so each is delivered at least once.
 */
import { sleep } from '../../harness/support/wait.ts'
import type { Asked, Cluster } from './brokers.ts'
import { coordinatorOf, NOT_YET } from './coordinator.ts'
import { InDoubtError, KafkaError, NOT_COORDINATOR, NoAnswerError } from './errors.ts'
import {
  commitOffset,
  fetchOffset,
  heartbeat,
  type Joined,
  joinGroup,
  leaveGroup,
  type Membership,
  syncGroup,
} from './group-messages.ts'
import type { Message } from './message.ts'
import { readOne } from './reader.ts'

/** A member that is gone keeps the others waiting for so long. */
const TIMES = { sessionMs: 2000, rebalanceMs: 2000 }
const HEARTBEAT_MS = 30
/** How long a consumer waits for a record before the queue counts as empty. */
const WAIT_MS = 250
const PAUSE_MS = 50

/** ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS: the members are counted again. */
const AGAIN: ReadonlySet<number> = new Set([22, 27])

const expectNone = (error: number, doing: string): void => {
  if (error !== 0) throw new KafkaError(error, doing)
}

/** Who gets the partition is the first member by name, said by the leader of the group. */
const ownerBy = ({ member, leader, members }: Joined): string | null =>
  member === leader ? (members.toSorted()[0] ?? null) : null

class Consumer {
  readonly #link: Asked
  readonly #signal: AbortSignal
  #of: Membership

  constructor(link: Asked, group: string, signal: AbortSignal) {
    this.#link = link
    this.#signal = signal
    this.#of = { group, generation: -1, member: '' }
  }

  /** Resolves when this member has the partition. */
  async own(): Promise<void> {
    while (!(await this.#join())) await this.#untilChange()
  }

  /** Whether it has the partition. */
  async #join(): Promise<boolean> {
    for (;;) {
      const joined = await this.#link.ask(joinGroup(this.#of, TIMES), this.#signal)
      if (NOT_YET.has(joined.error)) {
        await sleep(PAUSE_MS, this.#signal)
        continue
      }
      expectNone(joined.error, 'joining the group')
      this.#of = { ...this.#of, generation: joined.generation, member: joined.member }
      const synced = await this.#link.ask(syncGroup(this.#of, ownerBy(joined)), this.#signal)
      if (AGAIN.has(synced.error)) continue
      expectNone(synced.error, 'learning what it gets')
      return synced.isOwner
    }
  }

  async #untilChange(): Promise<void> {
    for (;;) {
      await sleep(HEARTBEAT_MS, this.#signal)
      const error = await this.#link.ask(heartbeat(this.#of), this.#signal)
      if (AGAIN.has(error)) return
      expectNone(error, 'staying in the group')
    }
  }

  async position(topic: string): Promise<number> {
    const { error, offset } = await this.#link.ask(fetchOffset(this.#of.group, topic), this.#signal)
    expectNone(error, 'asking for the offset')
    return Math.max(0, offset)
  }

  /** Nobody waits for the answer: without it, the record comes again. */
  commit(topic: string, offset: number): void {
    this.#tell(commitOffset(this.#of, topic, offset))
  }

  /** Without it, the others wait until its session ends. */
  leave(): void {
    if (this.#of.member !== '') this.#tell(leaveGroup(this.#of))
  }

  /** The coordinator does what it is told in this order. */
  #tell(message: Message<number>): void {
    if (this.#link.isOpen) this.#link.tell(message)
  }
}

const takeFrom = async (
  cluster: Cluster,
  topic: string,
  link: Asked,
  signal: AbortSignal,
): Promise<string | null> => {
  const consumer = new Consumer(link, topic, signal)
  try {
    await consumer.own()
    const offset = await consumer.position(topic)
    const record = await readOne(cluster, topic, offset, WAIT_MS, signal)
    if (record === null) return null
    consumer.commit(topic, record.offset + 1)
    return record.text
  } finally {
    consumer.leave()
  }
}

/**
 * The text of a record. Null: there is none.
 *
 * @throws InDoubtError if a request was not answered. Nothing was committed then, so nothing was taken, but only this file knows that.
 * @throws anything else if none was delivered
 */
export const takeOne = async (
  cluster: Cluster,
  topic: string,
  signal: AbortSignal,
): Promise<string | null> => {
  try {
    return await takeFromGroup(cluster, topic, signal)
  } catch (error) {
    throw error instanceof NoAnswerError ? new InDoubtError(error.message) : error
  }
}

const takeFromGroup = async (
  cluster: Cluster,
  topic: string,
  signal: AbortSignal,
): Promise<string | null> => {
  // So that there is one.
  await cluster.place(topic, signal)
  for (;;) {
    const link = await coordinatorOf(cluster, topic, 'group', signal)
    try {
      return await takeFrom(cluster, topic, link, signal)
    } catch (error) {
      if (!(error instanceof KafkaError && error.code === NOT_COORDINATOR)) throw error
      await sleep(PAUSE_MS, signal)
    }
  }
}
