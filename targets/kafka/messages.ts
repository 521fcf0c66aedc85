/**
 * The requests that clients send, each in one version that brokers of 3.9 to 4.1 speak, and their answers:
 * https://kafka.apache.org/protocol#protocol_messages.
 */
import { type Message, message, ofPartition, PARTITION } from './message.ts'
import type { Reader } from './wire.ts'

export interface Broker {
  readonly id: number
  readonly address: string
  /** The name of its node, which its settings have as its rack. */
  readonly rack: string | null
}

export interface Topic {
  readonly name: string
  /** 0: all is well; otherwise a code of `errors.ts`. */
  readonly error: number
  /** The id of the broker that leads; -1: nobody. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly inSync: readonly number[]
}

export interface Metadata {
  readonly brokers: readonly Broker[]
  readonly topics: readonly Topic[]
}

export const NO_LEADER = -1

/** @param topics null: all of them */
export const metadata = (topics: readonly string[] | null): Message<Metadata> =>
  message(
    3,
    7,
    (writer) => {
      if (topics === null) writer.int32(-1)
      else writer.array(topics, (to, name) => to.text(name))
      // It creates no topic.
      writer.int8(0)
    },
    (reader) => {
      reader.int32()
      const brokers = reader.array((from) => {
        const id = from.int32()
        const address = from.name()
        from.int32()
        return { id, address, rack: from.text() }
      })
      reader.text()
      reader.int32()
      return { brokers, topics: reader.array(topicFrom) }
    },
  )

const topicFrom = (reader: Reader): Topic => {
  const error = reader.int16()
  const name = reader.name()
  reader.int8()
  const [partition] = reader.array((from) => {
    const read = {
      error: from.int16(),
      index: from.int32(),
      leader: from.int32(),
      leaderEpoch: from.int32(),
      replicas: from.array((each) => each.int32()),
      inSync: from.array((each) => each.int32()),
    }
    from.array((each) => each.int32())
    return read
  })
  const { leader, leaderEpoch, replicas, inSync } = partition ?? {
    leader: NO_LEADER,
    leaderEpoch: -1,
    replicas: [],
    inSync: [],
  }
  return { name, error, leader, leaderEpoch, replicas, inSync }
}

export interface TopicSettings {
  readonly name: string
  readonly replicas: number
  readonly settings: Readonly<Record<string, string>>
}

/** The answer is an error's code, or 0. */
export const createTopic = (
  { name, replicas, settings }: TopicSettings,
  timeoutMs: number,
): Message<number> =>
  message(
    19,
    4,
    (writer) =>
      writer
        .int32(1)
        .text(name)
        .int32(1)
        .int16(replicas)
        .int32(0)
        .array(Object.entries(settings), (to, [setting, value]) => to.text(setting).text(value))
        .int32(timeoutMs)
        .int8(0),
    (reader) => {
      reader.int32()
      const [error] = reader.array((from) => {
        from.text()
        const code = from.int16()
        from.text()
        return code
      })
      return error ?? UNKNOWN
    },
  )

/** An answer that names no topic. */
const UNKNOWN = -1

export interface Produced {
  readonly error: number
  /** -1: the leader has appended nothing. */
  readonly offset: number
}

/** Without acknowledgements (0) nothing is answered. */
export type Acks = -1 | 0 | 1

/** @param transaction the transactional id; null: it is in no transaction */
export const produce = (
  topic: string,
  batch: Buffer,
  acks: Acks,
  timeoutMs: number,
  transaction: string | null = null,
): Message<Produced> =>
  message(
    0,
    7,
    (writer) =>
      writer
        .text(transaction)
        .int16(acks)
        .int32(timeoutMs)
        .int32(1)
        .text(topic)
        .int32(1)
        .int32(PARTITION)
        .bytes(batch),
    (reader) => {
      const [partitions] = reader.array((from) => {
        from.text()
        return from.array((each) => {
          each.int32()
          const produced = { error: each.int16(), offset: each.int64() }
          each.int64()
          each.int64()
          return produced
        })
      })
      return partitions?.[0] ?? { error: UNKNOWN, offset: -1 }
    },
  )

export interface Fetched {
  readonly error: number
  /** All before it is committed: it is on all replicas that are in sync. */
  readonly highWatermark: number
  /** All before it is decided: it is in no transaction, or in one that has ended. */
  readonly lastStable: number
  /** The transactions that were aborted, as far as `bytes` has records of them. None if what is undecided was asked for, too. */
  readonly aborted: readonly Aborted[]
  readonly bytes: Buffer
}

/** A transaction that was aborted, in one topic. */
export interface Aborted {
  readonly producer: number
  /** Where its records begin. */
  readonly first: number
}

/** Whether a reader is shown what is undecided, by the protocol's numbers (`isolation.level`). */
const READ_UNCOMMITTED = 0
export const READ_COMMITTED = 1
type Isolation = typeof READ_UNCOMMITTED | typeof READ_COMMITTED

const nothingFetched = (error: number): Fetched => ({
  error,
  highWatermark: -1,
  lastStable: -1,
  aborted: [],
  bytes: Buffer.alloc(0),
})

const MOST_BYTES = 1 << 20
const CONSUMER = -1

/**
 * Records from an offset on. Since version 11 any replica answers, up to what it knows to be committed.
 *
 * @param waitMs how long to wait for a record if there is none
 */
export const fetch = (
  topic: string,
  offset: number,
  waitMs: number,
  isolation: Isolation = READ_UNCOMMITTED,
): Message<Fetched> =>
  message(
    1,
    11,
    (writer) => {
      writer.int32(CONSUMER).int32(waitMs).int32(1).int32(MOST_BYTES).int8(isolation).int32(0).int32(-1)
      writer.int32(1).text(topic).int32(1)
      writer.int32(PARTITION).int32(-1).int64(offset).int64(-1).int32(MOST_BYTES)
      writer.int32(0).text('')
    },
    (reader) => {
      reader.int32()
      const error = reader.int16()
      reader.int32()
      const fetched = ofPartition(reader, fetchedFrom)
      return error === 0 ? (fetched ?? nothingFetched(UNKNOWN)) : nothingFetched(error)
    },
  )

const fetchedFrom = (reader: Reader): Fetched => {
  reader.int32()
  const error = reader.int16()
  const highWatermark = reader.int64()
  const lastStable = reader.int64()
  reader.int64()
  const aborted = reader.array((from) => ({ producer: from.int64(), first: from.int64() }))
  reader.int32()
  return { error, highWatermark, lastStable, aborted, bytes: reader.bytes() }
}

const LATEST = -1

export interface End {
  readonly error: number
  readonly offset: number
}

/**
 * Up to where a topic is committed, by its leader. One that was elected just now, and does not know yet what was committed before,
 * answers OFFSET_NOT_AVAILABLE (KIP-207), whereas to a fetch it shows what it knows.
 */
export const latestOffset = (topic: string): Message<End> =>
  message(
    2,
    5,
    (writer) =>
      writer.int32(CONSUMER).int8(0).int32(1).text(topic).int32(1).int32(PARTITION).int32(-1).int64(LATEST),
    (reader) => {
      reader.int32()
      const partition = ofPartition(reader, (each) => {
        each.int32()
        const error = each.int16()
        each.int64()
        const offset = each.int64()
        each.int32()
        return { error, offset }
      })
      return partition ?? { error: UNKNOWN, offset: -1 }
    },
  )

export interface NewProducer {
  readonly error: number
  readonly id: number
  readonly epoch: number
}

/**
 * Of an idempotent producer.
 *
 * @param transaction the transactional id, whose earlier owner is fenced by a new epoch: what it left open is aborted. Null: there
 *   are no transactions
 * @param timeoutMs after which a transaction that is still open is aborted
 */
export const initProducer = (transaction: string | null = null, timeoutMs = 0): Message<NewProducer> =>
  message(
    22,
    1,
    (writer) => writer.text(transaction).int32(timeoutMs),
    (reader) => {
      reader.int32()
      return { error: reader.int16(), id: reader.int64(), epoch: reader.int16() }
    },
  )

export interface Quorum {
  readonly error: number
  /** Of the controllers. -1: none. */
  readonly leader: number
  readonly epoch: number
}

const METADATA_TOPIC = '__cluster_metadata'

/** Who leads the controllers. Brokers pass it on to that one. */
export const describeQuorum = (): Message<Quorum> => ({
  key: 55,
  version: 0,
  isFlexible: true,
  write: (writer) => {
    writer
      .compactArray([METADATA_TOPIC], (to, name) =>
        to
          .compactText(name)
          .compactArray([PARTITION], (each, index) => each.int32(index).noTags())
          .noTags(),
      )
      .noTags()
  },
  read: (reader) => {
    const error = reader.int16()
    const none: Quorum = { error, leader: -1, epoch: -1 }
    if (error !== 0) return none
    const count = reader.unsigned() - 1
    if (count < 1) return none
    reader.compactText()
    if (reader.unsigned() - 1 < 1) return none
    reader.int32()
    // The rest is of no interest here.
    return { error: reader.int16(), leader: reader.int32(), epoch: reader.int32() }
  },
})
