/** What stays within a limit of bytes: the seconds around faults first, then the latest. */
import type { Message, MessageGap } from '../../api/message.ts'

export interface Bucket {
  readonly fromNs: number
  readonly toNs: number
  readonly bytes: number
}

/** Around a fault's injection and its heal. */
const BEFORE_NS = 1e9
const AFTER_NS = 3e9

/** @param marks ascending */
const isNear = ({ fromNs, toNs }: Bucket, marks: readonly number[]): boolean => {
  let [low, high] = [0, marks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((marks[middle] as number) + AFTER_NS < fromNs) low = middle + 1
    else high = middle
  }
  const first = marks[low]
  return first !== undefined && toNs >= first - BEFORE_NS
}

/** Those of the marks near which there can be something of that time or later. */
export const marksFrom = (marks: readonly number[], fromNs: number): readonly number[] =>
  marks.filter((atNs) => atNs + AFTER_NS >= fromNs)

/**
 * @param marks times of faults
 * @returns those of the buckets that have to go, in the order in which they do: the oldest first, and those near a mark last
 */
export const beyondLimit = <T extends Bucket>(
  buckets: readonly T[],
  marks: readonly number[],
  limitBytes: number,
): readonly T[] => {
  let bytes = buckets.reduce((sum, bucket) => sum + bucket.bytes, 0)
  if (bytes <= limitBytes) return []
  const sorted = marks.toSorted((a, b) => a - b)
  const { near = [], far = [] } = Object.groupBy(
    buckets.toSorted((a, b) => a.fromNs - b.fromNs),
    (bucket) => (isNear(bucket, sorted) ? 'near' : 'far'),
  )
  const gone: T[] = []
  for (const bucket of [...far, ...near]) {
    if (bytes <= limitBytes) break
    bytes -= bucket.bytes
    gone.push(bucket)
  }
  return gone
}

const SECOND_NS = 1e9

const sizeOf = (message: Message): number => Buffer.byteLength(JSON.stringify(message)) + 1

/** @param messages by the time at which they were sent */
export const withinLimit = (
  messages: readonly Message[],
  marks: readonly number[],
  limitBytes: number,
): { readonly messages: readonly Message[]; readonly left: readonly Bucket[] } => {
  const bytes: number[] = []
  for (const message of messages) {
    const second = Math.floor(message.sentNs / SECOND_NS)
    bytes[second] = (bytes[second] ?? 0) + sizeOf(message)
  }
  const seconds = Object.entries(bytes).map(([second, size]) => ({
    fromNs: Number(second) * SECOND_NS,
    toNs: (Number(second) + 1) * SECOND_NS,
    bytes: size,
  }))
  const left = beyondLimit(seconds, marks, limitBytes)
  const gone = new Set(left.map(({ fromNs }) => fromNs / SECOND_NS))
  return { messages: messages.filter(({ sentNs }) => !gone.has(Math.floor(sentNs / SECOND_NS))), left }
}

/** Gaps that follow each other for one reason, as one. */
export const withoutSeams = (gaps: readonly MessageGap[]): readonly MessageGap[] => {
  const joined: MessageGap[] = []
  for (const { fromNs, toNs, why } of gaps.toSorted((a, b) => a.fromNs - b.fromNs)) {
    const at = joined.findLastIndex((gap) => gap.why === why && gap.toNs >= fromNs)
    const before = joined[at]
    if (before === undefined) joined.push({ fromNs, toNs, why })
    else joined[at] = { ...before, toNs: Math.max(before.toNs, toNs) }
  }
  return joined
}
