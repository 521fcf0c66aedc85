/** A request, and how its answer is read. Every topic here has the one partition 0. */
import type { Reader, Writer } from './wire.ts'

export interface Message<Answer> {
  readonly key: number
  readonly version: number
  /** Its headers have tags, and its lengths are variable. */
  readonly isFlexible: boolean
  write(writer: Writer): void
  read(reader: Reader): Answer
}

export const message = <Answer>(
  key: number,
  version: number,
  write: Message<Answer>['write'],
  read: Message<Answer>['read'],
): Message<Answer> => ({ key, version, isFlexible: false, write, read })

export const PARTITION = 0

/** What an answer tells of the only partition of its only topic. Undefined: nothing. */
export const ofPartition = <Told>(reader: Reader, read: (reader: Reader) => Told): Told | undefined => {
  const [partitions] = reader.array((from) => {
    from.text()
    return from.array(read)
  })
  return partitions?.[0]
}

/** The partition's number, and an error. */
export const errorOfPartition = (reader: Reader): number => {
  reader.int32()
  return reader.int16()
}
