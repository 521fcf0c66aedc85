/**
 * Messages between nodes, as the nodes' own logs tell of them. One line tells that a message was sent and another one, in the
 * log of its receiver, that it arrived. Neither log has to be whole: a node that is killed loses lines.
 */
import type { LoggedMessage, Message } from '../../api/message.ts'
import { latestBefore } from '../../support/latest-before.ts'
import { NS_PER_MS } from '../../support/time.ts'
import type { LogLine } from './align.ts'

/** Logs have whole milliseconds, and clocks of nodes are known about as well. */
const SLACK_NS = 2 * NS_PER_MS
/** A message that is on its way for longer than this counts as another one. */
const LONGEST_WAY_NS = 30e9

/** Lines about messages with one text, in one direction. */
interface Told {
  readonly from: string
  readonly to: string
  readonly info: string
  readonly sentNs: number[]
  readonly receivedNs: number[]
}

const collect = (lines: readonly LogLine[], read: (line: string) => LoggedMessage | null): Iterable<Told> => {
  const all = new Map<string, Told>()
  for (const { node, text, timeNs } of lines) {
    const message = timeNs === null ? null : read(text)
    if (timeNs === null || message === null) continue
    const { did, peer, info } = message
    const [from, to] = did === 'sent' ? [node, peer] : [peer, node]
    const key = JSON.stringify([from, to, info])
    const told = all.get(key) ?? { from, to, info, sentNs: [], receivedNs: [] }
    all.set(key, told)
    if (did === 'sent') told.sentNs.push(timeNs)
    else told.receivedNs.push(timeNs)
  }
  return all.values()
}

/** Each arrival belongs to the latest message before it that has none. One that no log tells to be sent is left out. */
const join = ({ from, to, info, sentNs, receivedNs }: Told): readonly Message[] => {
  const ascending = (a: number, b: number): number => a - b
  const [sent, received] = [sentNs.toSorted(ascending), receivedNs.toSorted(ascending)]
  const arrivals = new Map(latestBefore(sent, received, SLACK_NS).map((at, i) => [at, received[i] as number]))
  return sent.map((atNs, i): Message => {
    const arrivedNs = arrivals.get(i)
    const isNear = arrivedNs !== undefined && arrivedNs - atNs < LONGEST_WAY_NS
    return {
      sentNs: atNs,
      receivedNs: isNear ? Math.max(atNs, arrivedNs) : null,
      from,
      to,
      protocol: 'log',
      kind: 'data',
      ports: null,
      bytes: 0,
      info,
    }
  })
}

/**
 * @param lines of the logs of all nodes, with times of the run
 * @param read of the target
 * @returns messages by the time at which they were sent, none from before the run
 */
export const loggedMessages = (
  lines: readonly LogLine[],
  read: (line: string) => LoggedMessage | null,
): readonly Message[] =>
  [...collect(lines, read)]
    .flatMap(join)
    .filter(({ sentNs }) => sentNs >= 0)
    .sort((a, b) => a.sentNs - b.sentNs)
