/** What a replica holds of a topic, as hashes: replicas that have equally many committed records must have equal ones. */
import { createHash } from 'node:crypto'
import type { NodeStatus } from '../../harness/api/target.ts'
import type { Asked } from './brokers.ts'
import { fetch } from './messages.ts'
import { recordsFrom, type Stored } from './records.ts'

/** Lengths whose hashes a status repeats, so that replicas that are asked at different times have some in common. */
const REPEATED = 64
/** A longer log is not read for each status. */
const MOST_RECORDS = 20_000
const DIGITS = 16

export type Digest = Required<Pick<NodeStatus, 'digest' | 'digestAt' | 'digestBasis' | 'earlierDigests'>>

export const digestOf = (topic: string, records: readonly Stored[]): Digest => {
  const hash = createHash('sha256')
  const digestNow = (): string => hash.copy().digest('hex').slice(0, DIGITS)
  const earlierDigests: Record<string, string> = {}
  const firstRepeated = records.length - REPEATED
  records.forEach(({ offset, text }, at) => {
    if (at >= firstRepeated) earlierDigests[offset] = digestNow()
    hash.update(`${offset} ${text.length} ${text}\n`)
  })
  const digestAt = (records.at(-1)?.offset ?? -1) + 1
  return { digest: digestNow(), digestAt, digestBasis: topic, earlierDigests }
}

/** Null: the log is too long, or the broker has no replica of it now. */
export const askDigest = async (link: Asked, topic: string, signal: AbortSignal): Promise<Digest | null> => {
  const records: Stored[] = []
  for (let next = 0, end = 1; next < end; ) {
    const fetched = await link.ask(fetch(topic, next, 0), signal)
    if (fetched.error !== 0 || fetched.highWatermark > MOST_RECORDS) return null
    end = fetched.highWatermark
    const batch = recordsFrom(fetched.bytes, next)
    if (batch.next === next) break
    records.push(...batch.records)
    next = batch.next
  }
  return digestOf(topic, records)
}
