/** Reads a topic. */
import { sleep } from '../../harness/support/wait.ts'
import type { Cluster } from './brokers.ts'
import { isMoved, KafkaError } from './errors.ts'
import { type Fetched, fetch } from './messages.ts'
import { recordsFrom, type Stored } from './records.ts'

/** Who is asked: the leader; or the client's own broker, if it has a replica. */
export type Reads = 'leader' | 'replica'

const PAUSE_MS = 100
const MOST_MOVES = 3

const fetchFrom = async (
  brokers: Cluster,
  topic: string,
  offset: number,
  { reads, waitMs }: { readonly reads: Reads; readonly waitMs: number },
  signal: AbortSignal,
): Promise<Fetched> => {
  for (let moves = 0; ; moves += 1) {
    const { leader, replicas } = await brokers.place(topic, signal)
    const address = reads === 'replica' && replicas.includes(brokers.home) ? brokers.home : leader
    // Whatever goes wrong now, somebody else may lead the next time.
    brokers.forget(topic)
    const link = await brokers.linkTo(address, signal)
    const fetched = await link.ask(fetch(topic, offset, waitMs), signal)
    if (fetched.error === 0) {
      brokers.remember(topic, { leader, replicas })
      return fetched
    }
    if (!isMoved(fetched.error) || moves === MOST_MOVES)
      throw new KafkaError(fetched.error, `fetching from ${topic}`)
    await sleep(PAUSE_MS, signal)
  }
}

/** All records from an offset on that were committed when the first answer came. @throws if it does not learn them */
export const readFrom = async (
  brokers: Cluster,
  topic: string,
  first: number,
  reads: Reads,
  signal: AbortSignal,
): Promise<readonly Stored[]> => {
  const records: Stored[] = []
  let end: number | null = null
  for (let next = first; end === null || next < end; ) {
    const { highWatermark, bytes } = await fetchFrom(brokers, topic, next, { reads, waitMs: 0 }, signal)
    end ??= highWatermark
    const batch = recordsFrom(bytes, next)
    if (batch.next === next) break
    records.push(...batch.records)
    next = batch.next
  }
  return records
}

/** The record at an offset, for which it waits a moment. Null: there is none. @throws if it does not learn that */
export const readOne = async (
  brokers: Cluster,
  topic: string,
  offset: number,
  waitMs: number,
  signal: AbortSignal,
): Promise<Stored | null> => {
  const { bytes } = await fetchFrom(brokers, topic, offset, { reads: 'leader', waitMs }, signal)
  return recordsFrom(bytes, offset).records[0] ?? null
}
