/** Adds the messages that the logs of a run tell of to those that were captured, while the target can still be asked. */
import path from 'node:path'
import type { Log } from '../../api/log.ts'
import type { MessageGap } from '../../api/message.ts'
import type { RunRecord, RunSpec } from '../../api/record.ts'
import type { Target } from '../../api/target.ts'
import { withinLimit } from '../../environments/capture/bounds.ts'
import { localEastMs } from '../../report/data.ts'
import { alignLogs, type LogLine } from '../../report/logs/align.ts'
import { loggedMessages } from '../../report/logs/logged-messages.ts'
import { writeMessages } from '../../store/message-file.ts'
import { FILES, loadRun } from '../../store/run-store.ts'
import { messageOf } from '../../support/assert.ts'

/** Of those from logs, as lines of JSON. */
const MESSAGES_BYTES = 32 * 2 ** 20

/** Only the end of a long log is read: what its node sent before is not told. */
const unreadOf = ({ logs }: RunRecord, lines: readonly LogLine[]): readonly MessageGap[] =>
  (logs ?? []).flatMap(({ node, leftOutBytes }) => {
    if (leftOutBytes === undefined) return []
    const toNs = lines.find((line) => line.node === node && line.timeNs !== null)?.timeNs ?? 0
    return [{ fromNs: 0, toNs, why: `only the end of the log of ${node} is read` }]
  })

/** Does nothing if the nodes do not log them. Without them, the run is judged as well. */
export const keepLoggedMessages = (dir: string, target: Target, spec: RunSpec, log: Log): void => {
  const read = target.loggedMessages?.(spec.targetOptions) ?? null
  if (read === null) return
  try {
    const { record } = loadRun(dir)
    const marks = (record.faults ?? []).flatMap(({ injectedAtNs, healedAtNs }) => [
      ...(injectedAtNs === undefined ? [] : [injectedAtNs]),
      ...(healedAtNs === undefined ? [] : [healedAtNs]),
    ])
    const { lines } = alignLogs(record, localEastMs(record))
    const { messages, left } = withinLimit(loggedMessages(lines, read), marks, MESSAGES_BYTES)
    const why = `the record holds ${MESSAGES_BYTES / 2 ** 20} MB of messages from logs`
    const gaps = [
      ...(record.messageGaps ?? []),
      ...left.map(({ fromNs, toNs }) => ({ fromNs, toNs, why })),
      ...unreadOf(record, lines),
    ]
    const all = [...(record.messages ?? []), ...messages].sort((a, b) => a.sentNs - b.sentNs)
    writeMessages(path.join(dir, FILES.messages), record.faultline ?? '', all, gaps)
    log.info('messages of logs kept', { messages: messages.length })
  } catch (error) {
    log.warn('the messages of the logs could not be kept', { error: messageOf(error) })
  }
}
