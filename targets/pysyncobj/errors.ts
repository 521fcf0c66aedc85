/**
 * The table of errors: which of PySyncObj's reasons for a failure prove that a command had no effect.
 *
 * Source: `FAIL_REASON` in its documentation, and where syncobj.py (0.3.12 to 0.3.17) gives each.
 */
interface Reason {
  readonly definite: boolean
  readonly meaning: string
}

const REASONS: Readonly<Record<string, Reason>> = {
  QUEUE_FULL: { definite: true, meaning: 'refused by the member that was asked' },
  MISSING_LEADER: { definite: true, meaning: 'nobody to send it to is known; it has reached no log' },
  NOT_LEADER: { definite: true, meaning: 'who was taken for the leader has put it into no log' },
  REQUEST_DENIED: { definite: true, meaning: 'refused by the leader; it has reached no log' },
  DISCARDED: { definite: true, meaning: 'another command is committed in its place of the log' },
  LEADER_CHANGED: { definite: false, meaning: 'sent to a former leader, whose answer is missing' },
  UNKNOWN_OUTCOME: {
    definite: false,
    meaning: 'its place was applied before this member knew that it is there',
  },
  TIMEOUT: { definite: false, meaning: 'our server has waited long enough' },
  UNKNOWN_CALL: { definite: true, meaning: 'our server has no such call' },
}

export const isDefinite = (reason: string): boolean => REASONS[reason]?.definite ?? false
