/** Requests of a member of a consumer group, in the classic protocol: https://kafka.apache.org/protocol#protocol_messages. */
import { errorOfPartition, type Message, message, ofPartition, PARTITION } from './message.ts'
import type { Reader, Writer } from './wire.ts'

/** A member of a group in one of its generations. */
export interface Membership {
  readonly group: string
  readonly generation: number
  readonly member: string
}

const membership = (writer: Writer, { group, generation, member }: Membership): Writer =>
  writer.text(group).int32(generation).text(member)

/** After the time by which an answer was held back. */
const errorAlone = (reader: Reader): number => {
  reader.int32()
  return reader.int16()
}

export interface Joined {
  readonly error: number
  readonly generation: number
  readonly member: string
  /** Of the members, who decides what each gets. */
  readonly leader: string
  /** All members, for the leader; none for others. */
  readonly members: readonly string[]
}

export interface JoinTimes {
  readonly sessionMs: number
  readonly rebalanceMs: number
}

/** Of the members and of their protocol. Kafka would look into what a `consumer` says. */
const KIND = 'faultline'

/**
 * It is answered when all members have joined again, or their time is over. A new member has no name (`member`: '') and gets one.
 */
export const joinGroup = (
  { group, member }: Pick<Membership, 'group' | 'member'>,
  { sessionMs, rebalanceMs }: JoinTimes,
): Message<Joined> =>
  message(
    11,
    3,
    (writer) =>
      writer
        .text(group)
        .int32(sessionMs)
        .int32(rebalanceMs)
        .text(member)
        .text(KIND)
        .int32(1)
        .text(KIND)
        .bytes(Buffer.alloc(0)),
    (reader) => {
      const error = errorAlone(reader)
      const generation = reader.int32()
      reader.text()
      const leader = reader.name()
      const member = reader.name()
      const members = reader.array((from) => {
        const name = from.name()
        from.bytes()
        return name
      })
      return { error, generation, member, leader, members }
    },
  )

/** What a member has the one partition by. */
const ASSIGNED = Buffer.from('assigned')

/** @param owner who gets the partition, from the leader of the group; null: another member says so */
export const syncGroup = (
  of: Membership,
  owner: string | null,
): Message<{ readonly error: number; readonly isOwner: boolean }> =>
  message(
    14,
    1,
    (writer) =>
      membership(writer, of).array(owner === null ? [] : [owner], (to, member) =>
        to.text(member).bytes(ASSIGNED),
      ),
    (reader) => ({ error: errorAlone(reader), isOwner: reader.bytes().equals(ASSIGNED) }),
  )

export const heartbeat = (of: Membership): Message<number> =>
  message(12, 1, (writer) => membership(writer, of), errorAlone)

export const leaveGroup = ({ group, member }: Membership): Message<number> =>
  message(13, 1, (writer) => writer.text(group).text(member), errorAlone)

/** Up to where the group has consumed. -1: nothing yet. */
export const fetchOffset = (
  group: string,
  topic: string,
): Message<{ readonly error: number; readonly offset: number }> =>
  message(
    9,
    3,
    (writer) => writer.text(group).int32(1).text(topic).int32(1).int32(PARTITION),
    (reader) => {
      reader.int32()
      const partition = ofPartition(reader, (each) => {
        each.int32()
        const offset = each.int64()
        each.text()
        return { error: each.int16(), offset }
      })
      const error = reader.int16()
      return error === 0 && partition !== undefined
        ? partition
        : { error: error === 0 ? -1 : error, offset: -1 }
    },
  )

export const commitOffset = (of: Membership, topic: string, offset: number): Message<number> =>
  message(
    8,
    5,
    (writer) => membership(writer, of).int32(1).text(topic).int32(1).int32(PARTITION).int64(offset).text(''),
    (reader) => {
      reader.int32()
      return ofPartition(reader, errorOfPartition) ?? -1
    },
  )
